using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Pools as the database has them, opened and mounted when first needed.</summary>
internal sealed class StoredPools(IDatabase db, DaemonPaths paths, ProjectService projects) : IInstancePools
{
    private readonly ConcurrentDictionary<string, IStorageDriver> _open = new();

    public async Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct)
    {
        var (id, kind) = await db.ReadAsync(tx => tx.FirstAsync("SELECT id, driver FROM storage_pools WHERE name = ?", r => (r.Long(0), r.Text(1)), pool), ct).ConfigureAwait(false);
        if (id == 0)
        {
            throw ApiException.NotFound("Storage pool not found");
        }

        if (_open.TryGetValue(pool, out var open))
        {
            return open;
        }

        var config = await db.ReadAsync(tx => tx.MapAsync("SELECT key, value FROM storage_pools_config WHERE storage_pool_id = ?", id), ct).ConfigureAwait(false);
        var driver = StorageDrivers.Get(kind).Open(new PoolSpec(pool, Path.Combine(paths.StoragePools, pool), paths.Disks, config));
        await driver.MountAsync(ct).ConfigureAwait(false);
        return _open.GetOrAdd(pool, driver);
    }

    public async Task<string> CustomPathAsync(string project, string pool, string volume, CancellationToken ct)
    {
        var owner = await projects.EffectiveAsync(project, "features.storage.volumes", ct).ConfigureAwait(false);
        var (name, snapshot) = Names.SplitSnapshot(volume);
        var (found, content) = await db.ReadAsync(
            tx => tx.FirstAsync(
                "SELECT v.id, v.content_type FROM storage_volumes v JOIN storage_pools sp ON sp.id = v.storage_pool_id JOIN projects p ON p.id = v.project_id WHERE sp.name = ? AND p.name = ? AND v.name = ? AND v.type = 2",
                r => (r.Long(0), r.Long(1)), pool, owner, name), ct).ConfigureAwait(false);
        if (found == 0)
        {
            throw ApiException.NotFound("Storage volume not found");
        }

        var reference = new VolumeRef(VolumeType.Custom, $"{owner}_{name}" + (snapshot is null ? "" : "/" + snapshot), (ContentType)content);
        var driver = await OpenAsync(pool, ct).ConfigureAwait(false);
        return content == 0 ? driver.Volumes.MountPath(reference) : throw ApiException.BadRequest("Custom block volumes cannot be used on containers");
    }

    /// <summary>Forgets a pool that was changed or removed.</summary>
    public void Forget(string pool) => _open.TryRemove(pool, out _);
}
