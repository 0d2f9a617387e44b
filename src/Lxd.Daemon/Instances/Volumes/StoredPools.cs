using Lxd.Core;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Pools as the database has them, opened and mounted when first needed.</summary>
internal sealed class StoredPools(IDatabase db, PoolDrivers drivers, ProjectService projects) : IInstancePools
{
    public Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct) => drivers.OpenAsync(pool, ct);

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
}
