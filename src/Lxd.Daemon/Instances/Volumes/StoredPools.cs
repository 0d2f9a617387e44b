using Lxd.Daemon.Storage;
using Lxd.Linux.IdMaps;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Pools as the database has them, opened and mounted when first needed.</summary>
internal sealed class StoredPools(PoolDrivers drivers, VolumeService volumes) : IInstancePools
{
    public bool IsOpen(string pool) => drivers.IsOpen(pool);

    public Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct) => drivers.OpenAsync(pool, ct);

    public Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct) =>
        volumes.CheckAttachAsync(instance.Project, pool, volume, snapshot, path, instance.Id, instance.Type != "virtual-machine", ct);

    public async Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct) =>
        await volumes.AttachAsync(await volumes.CheckAttachAsync(instance.Project, pool, volume, snapshot, "/", instance.Id, instance.IsContainer, ct).ConfigureAwait(false), snapshot, instance.Id, map, mapOf, ct).ConfigureAwait(false);
}
