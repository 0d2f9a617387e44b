using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>A group of identities.</summary>
internal sealed record GroupRecord(long Id, string Name, string Description)
{
    /// <summary>What it was granted.</summary>
    public IReadOnlyList<(Entity Entity, string Entitlement)> Permissions { get; init; } = [];

    /// <summary>Method and identifier of its members.</summary>
    public IReadOnlyList<(string Method, string Identifier)> Members { get; init; } = [];

    /// <summary>Groups of the identity provider that stand for it.</summary>
    public IReadOnlyList<string> ProviderGroups { get; init; } = [];
}
