using System.Collections.Concurrent;
using Lxd.Daemon.Http;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities;

/// <summary>The known identities in memory, so that a request costs no query; read anew after every change. What groups were granted is read when somebody whose rights come
/// from groups asks and the database was written since.</summary>
internal sealed class IdentityCache(IdentityStore store, GroupStore groups, IDatabase database)
{
    private volatile Known _known = new([]);
    private volatile Granted? _granted;

    public IReadOnlyList<IdentityRecord> All => _known.All;

    public async Task ReloadAsync(CancellationToken ct) => _known = new Known(await store.ListAsync(ct).ConfigureAwait(false));

    /// <summary>The identity of a certificate; pending ones have none.</summary>
    public IdentityRecord? ByFingerprint(string fingerprint) => _known.ByFingerprint.GetValueOrDefault(fingerprint);

    public IdentityRecord? ByIdentifier(int method, string identifier) => _known.ByIdentifier.GetValueOrDefault((method, identifier));

    /// <param name="providerGroups">What the identity provider says.</param>
    public async ValueTask<Rights> RightsAsync(IdentityRecord identity, IReadOnlyList<string> providerGroups, CancellationToken ct)
    {
        var generation = database.Generation;
        if (_granted is not { } granted || granted.Generation != generation)
        {
            _granted = granted = new Granted(generation, await groups.ListAsync(ct).ConfigureAwait(false));
        }

        return granted.Cached.GetOrAdd((identity.Id, string.Join('\n', providerGroups)), _ => granted.Compute(identity, providerGroups));
    }

    private sealed class Known(List<IdentityRecord> all)
    {
        public IReadOnlyList<IdentityRecord> All { get; } = all;

        public Dictionary<string, IdentityRecord> ByFingerprint { get; } = all.Where(i => i.Type is { AuthMethod: IdentityType.TlsMethod, IsPending: false }).ToDictionary(i => i.Identifier);

        public Dictionary<(int, string), IdentityRecord> ByIdentifier { get; } = all.ToDictionary(i => (i.Type.AuthMethod, i.Identifier));
    }

    private sealed class Granted(long generation, List<GroupRecord> groups)
    {
        public long Generation => generation;

        public ConcurrentDictionary<(long, string), Rights> Cached { get; } = new();

        public Rights Compute(IdentityRecord identity, IReadOnlyList<string> providerGroups)
        {
            var own = groups.FindAll(g => g.Members.Contains((identity.Type.MethodName, identity.Identifier)) || g.ProviderGroups.Any(providerGroups.Contains));
            return new Rights(own.SelectMany(g => g.Permissions).Select(p => (p.Entity.Url, p.Entitlement)).ToHashSet(), identity.Entity, own.ConvertAll(g => g.Name));
        }
    }
}
