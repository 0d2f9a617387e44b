namespace Lxd.Daemon.Storage;

/// <summary>One thing at a time for each volume.</summary>
internal sealed class VolumeLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Holder> _holders = [];

    /// <summary>Waits for all the volumes, always in the same order, so that two that want the same never wait for each other.</summary>
    public async Task<IDisposable> TakeAsync(CancellationToken ct, params IEnumerable<VolumeRecord> volumes)
    {
        var lease = new Lease(this);
        try
        {
            foreach (var key in volumes.Select(v => $"{v.Pool}/{v.Type}/{v.Project}/{v.Name}").Distinct().Order(StringComparer.Ordinal))
            {
                var gate = Enter(key);
                try
                {
                    await gate.WaitAsync(ct).ConfigureAwait(false);
                }
                catch
                {
                    Leave(key, held: false);
                    throw;
                }

                lease.Held.Add(key);
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        return lease;
    }

    private SemaphoreSlim Enter(string key)
    {
        lock (_gate)
        {
            if (!_holders.TryGetValue(key, out var holder))
            {
                _holders[key] = holder = new Holder();
            }

            holder.Users++;
            return holder.Gate;
        }
    }

    private void Leave(string key, bool held)
    {
        lock (_gate)
        {
            var holder = _holders[key];
            if (held)
            {
                holder.Gate.Release();
            }

            if (--holder.Users == 0)
            {
                _holders.Remove(key);
            }
        }
    }

    private sealed class Holder
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Lease(VolumeLocks locks) : IDisposable
    {
        public List<string> Held { get; } = [];

        public void Dispose()
        {
            foreach (var key in Held)
            {
                locks.Leave(key, held: true);
            }

            Held.Clear();
        }
    }
}
