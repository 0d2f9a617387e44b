using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>What instances need of storage pools.</summary>
internal interface IInstancePools
{
    /// <summary>The driver of a mounted pool; not-found in LXD's words for one there is not.</summary>
    Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct);

    /// <summary>Where a custom volume (<c>VOLUME</c> or <c>VOLUME/SNAPSHOT</c>) of a project is reached; not-found where there is none.</summary>
    Task<string> CustomPathAsync(string project, string pool, string volume, CancellationToken ct);
}
