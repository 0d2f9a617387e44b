namespace Lxd.Daemon.Http;

/// <summary>What an identity's groups were granted.</summary>
internal interface IRights
{
    /// <summary>Everything, everywhere.</summary>
    bool IsAdmin { get; }

    /// <summary>Whether the right was granted on the thing, or follows from one that was: on the thing, its project or the server.</summary>
    bool Has(Entity entity, string entitlement);
}
