using Lxd.Linux.IdMaps;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>What instances need of storage pools.</summary>
internal interface IInstancePools
{
    bool IsOpen(string pool);

    /// <summary>The driver of a mounted pool; not-found in LXD's words for one there is not.</summary>
    Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct);

    /// <inheritdoc cref="IInstanceVolumes.CheckCustomAsync"/>
    Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct);

    /// <inheritdoc cref="IInstanceVolumes.AttachCustomAsync"/>
    Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct);
}
