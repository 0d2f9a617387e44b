namespace Lxd.Network.Bgp;

/// <summary>The prefixes that are told, and the sessions that hear of them.</summary>
internal sealed class BgpTable
{
    private readonly Lock _lock = new();
    private readonly HashSet<BgpSession> _sessions = [];
    private Dictionary<string, BgpPrefix> _prefixes = [];

    /// <summary>Tells what is new or different and takes back what is gone.</summary>
    public void Replace(IEnumerable<BgpPrefix> prefixes)
    {
        lock (_lock)
        {
            // Two owners may tell the same network: it is told once.
            var next = prefixes.GroupBy(Key).ToDictionary(g => g.Key, g => g.First());
            foreach (var session in _sessions)
            {
                foreach (var gone in _prefixes.Where(p => !next.ContainsKey(p.Key)))
                {
                    session.Withdraw(gone.Value);
                }

                foreach (var told in next.Where(p => !_prefixes.TryGetValue(p.Key, out var old) || !old.NextHop.Equals(p.Value.NextHop)))
                {
                    session.Announce(told.Value);
                }
            }

            _prefixes = next;
        }
    }

    /// <summary>A session is up: it gets all there is, and every change from now on.</summary>
    public void Join(BgpSession session)
    {
        lock (_lock)
        {
            _sessions.Add(session);
            foreach (var prefix in _prefixes.Values)
            {
                session.Announce(prefix);
            }
        }
    }

    public void Leave(BgpSession session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
        }
    }

    private static string Key(BgpPrefix prefix) => $"{prefix.Network.Masked().Address}/{prefix.Network.Prefix}";
}
