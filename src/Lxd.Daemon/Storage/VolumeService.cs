using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Projects;
using Lxd.Linux.Disks;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

/// <summary>Custom volumes: made, copied, moved, changed, removed; all volumes for reading.</summary>
internal sealed partial class VolumeService(VolumeStore store, PoolService pools, PoolDrivers drivers, ProjectService projects, ProjectQuota quota, EventHub events, ILogger log)
{
    /// <summary>Told of every change of a volume and its snapshots; set by a domain that keeps a copy of what volumes are.</summary>
    public Func<VolumeRecord, CancellationToken, Task> Changed { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>The project a type's volumes belong to: images to the default one, custom volumes to it unless the project has its own.</summary>
    public async Task<string> OwnerAsync(string project, VolumeType type, CancellationToken ct) => type switch
    {
        VolumeType.Image => "default",
        VolumeType.Custom => await projects.EffectiveAsync(project, "features.storage.volumes", ct).ConfigureAwait(false),
        _ => project,
    };

    /// <summary>Volumes of a pool (all pools for null) that a project sees; all projects' for null.</summary>
    public async Task<List<VolumeRecord>> ListAsync(string? pool, string? project, VolumeType? type, CancellationToken ct)
    {
        if (pool is not null)
        {
            await pools.GetAsync(pool, ct).ConfigureAwait(false);
        }

        var owner = project is null ? null : await OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false);
        return (await store.ListAsync(pool, ct).ConfigureAwait(false)).FindAll(v => (type is null || v.Type == type)
            && (project is null || v.Project == (v.Type switch { VolumeType.Custom => owner, VolumeType.Image => "default", _ => project })));
    }

    public async Task<VolumeRecord> GetAsync(string pool, string project, VolumeType type, string name, CancellationToken ct)
    {
        await pools.GetAsync(pool, ct).ConfigureAwait(false);
        return await store.GetAsync(pool, await OwnerAsync(project, type, ct).ConfigureAwait(false), type, name, ct).ConfigureAwait(false);
    }

    public async Task<StorageVolumeState> StateAsync(VolumeRecord volume, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        var usage = driver.Volumes.Usage(volume.Ref);
        return new StorageVolumeState { Usage = new() { Used = (ulong)Math.Max(0, usage.UsedBytes), Total = usage.TotalBytes } };
    }

    /// <summary>Checks a new volume and fills in what the pool says for new ones.</summary>
    public async Task<VolumeRecord> PrepareAsync(string pool, string project, StorageVolumesPost post, CancellationToken ct)
    {
        CheckName(post.Name);
        if (VolumeWords.TypeOf(post.Type) is not VolumeType.Custom)
        {
            throw ApiException.BadRequest($"Currently not allowed to create storage volumes of type \"{post.Type}\"");
        }

        var content = VolumeWords.ContentOf(post.ContentType) ?? throw ApiException.BadRequest($"Invalid content type \"{post.ContentType}\"");
        var record = await pools.GetAsync(pool, ct).ConfigureAwait(false);
        var owner = await OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false);
        if ((await store.ListAsync(pool, ct).ConfigureAwait(false)).Exists(v => v.Type == VolumeType.Custom && v.Project == owner && v.Name == post.Name))
        {
            throw ApiException.Conflict("Volume by that name already exists");
        }

        var keys = StorageDrivers.Get(record.Driver).VolumeKeys(VolumeType.Custom, content);
        keys.Validate(post.Config, "Invalid option for volume");
        var config = new Dictionary<string, string>(post.Config);
        foreach (var (key, value) in record.Config.Where(c => c.Key.StartsWith("volume.", StringComparison.Ordinal) && keys.Find(c.Key["volume.".Length..]) is not null))
        {
            config.TryAdd(key["volume.".Length..], value);
        }

        if (content == ContentType.Block)
        {
            config.TryAdd("size", "10GiB");
        }

        config["volatile.uuid"] = Guid.NewGuid().ToString();
        await quota.CheckVolumeAsync(owner, new(pool, post.Name, config.GetValueOrDefault("size", "")), ct).ConfigureAwait(false);
        return new VolumeRecord(0, pool, owner, post.Name, VolumeType.Custom, content, post.Description, DateTime.UtcNow) { Config = config };
    }

    public Task CreateAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct) =>
        MakeAsync(volume, requestor, (driver, _, token) => driver.Volumes.CreateAsync(volume.Ref, SizeOf(volume), null, token), ct);

    /// <summary>A copy of a custom volume of this or another pool, with its snapshots unless told otherwise.</summary>
    public Task CopyAsync(VolumeRecord source, VolumeRecord volume, bool volumeOnly, OperationRequestor requestor, CancellationToken ct) => MakeAsync(
        volume,
        requestor,
        async (driver, id, token) =>
        {
            var from = await drivers.OpenAsync(source.Pool, token).ConfigureAwait(false);
            await TransferAsync(from, source.Ref, driver, volume.Ref, SizeOf(volume), token).ConfigureAwait(false);
            if (volumeOnly || source.Ref.IsSnapshot)
            {
                return;
            }

            foreach (var snapshot in await store.SnapshotsAsync(source.Id, token).ConfigureAwait(false))
            {
                await store.InsertSnapshotAsync(snapshot with { VolumeId = id }, token).ConfigureAwait(false);
                await TransferSnapshotAsync(from, source.Ref.Snapshot(snapshot.Name), driver, volume.Ref.Snapshot(snapshot.Name), token).ConfigureAwait(false);
            }
        },
        ct);

    public async Task UpdateAsync(VolumeRecord volume, StorageVolumePut put, OperationRequestor requestor, CancellationToken ct)
    {
        if (put.Restore.Length > 0)
        {
            await RestoreAsync(volume, put.Restore, requestor, ct).ConfigureAwait(false);
            return;
        }

        var pool = await pools.GetAsync(volume.Pool, ct).ConfigureAwait(false);
        StorageDrivers.Get(pool.Driver).VolumeKeys(volume.Type, volume.Content).Validate(put.Config, "Invalid option for volume");
        var config = new Dictionary<string, string>(put.Config);
        foreach (var (key, value) in volume.Config.Where(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal)))
        {
            config.TryAdd(key, value);
        }

        var size = config.GetValueOrDefault("size", "");
        if (size != volume.Config.GetValueOrDefault("size", ""))
        {
            await quota.CheckVolumeAsync(volume.Project, new(volume.Pool, volume.Name, size), ct).ConfigureAwait(false);
            var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
            await driver.Volumes.ResizeAsync(volume.Ref, Units.ParseBytes(size), ct).ConfigureAwait(false);
        }

        await store.UpdateAsync(volume.Id, put.Description, config, ct).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-updated", volume.Project, volume.Url, requestor, name: volume.Name);
    }

    public async Task RenameAsync(VolumeRecord volume, string next, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        CheckName(next);
        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        var renamed = volume with { Name = next };
        await store.RenameAsync(volume, next, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        rollback.Add(() => store.RenameAsync(renamed, volume.Name, CancellationToken.None));
        await driver.Volumes.RenameAsync(volume.Ref, renamed.Ref.Name, ct).ConfigureAwait(false);
        rollback.Commit();
        await Changed(renamed, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-renamed", volume.Project, renamed.Url, requestor, new() { ["old_name"] = volume.Name }, next);
    }

    /// <summary>To another pool or project: a copy, then the removal of the old one.</summary>
    public async Task MoveAsync(VolumeRecord volume, VolumeRecord target, bool volumeOnly, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
        await CopyAsync(volume, target, volumeOnly, requestor, ct).ConfigureAwait(false);
        await RemoveAsync(volume, requestor, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Throws for volumes that are not removed by this way, or in use.</summary>
    public static void CheckRemovable(VolumeRecord volume)
    {
        if (volume.Type is not (VolumeType.Custom or VolumeType.Image))
        {
            throw ApiException.BadRequest($"Storage volumes of type \"{volume.Type.Word()}\" cannot be deleted with the storage API");
        }

        if (volume.Type == VolumeType.Custom && volume.UsedBy.Count > 0)
        {
            throw ApiException.BadRequest("The storage volume is still in use");
        }
    }

    public Task DeleteAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct)
    {
        CheckRemovable(volume);
        return RemoveAsync(volume, requestor, ct);
    }

    public static void CheckCustom(VolumeRecord volume)
    {
        if (volume.Type != VolumeType.Custom)
        {
            throw ApiException.BadRequest($"Invalid storage volume type \"{volume.Type.Word()}\"");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("No name provided");
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Storage volume names may not contain slashes");
        }

        Names.CheckPathSegment(name, "volume");
    }

    private static long SizeOf(VolumeRecord volume) => Units.ParseBytes(volume.Config.GetValueOrDefault("size", ""));

    private async Task CheckNotRunningAsync(VolumeRecord volume, CancellationToken ct)
    {
        if (await store.IsUsedByRunningAsync(volume, ct).ConfigureAwait(false))
        {
            throw ApiException.BadRequest("Volume is still in use by running instances");
        }
    }

    private async Task MakeAsync(VolumeRecord volume, OperationRequestor requestor, Func<IStorageDriver, long, CancellationToken, Task> make, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        var id = await store.InsertAsync(volume, ct).ConfigureAwait(false);
        rollback.Add(() => RemoveFilesAsync(driver, volume with { Id = id }, CancellationToken.None));
        await make(driver, id, ct).ConfigureAwait(false);
        rollback.Commit();
        events.Lifecycle("storage-volume-created", volume.Project, volume.Url, requestor, new() { ["type"] = volume.Type.Word() }, volume.Name);
    }

    private async Task RemoveAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await RemoveFilesAsync(driver, volume, ct).ConfigureAwait(false);
        events.Lifecycle("storage-volume-deleted", volume.Project, volume.Url, requestor, name: volume.Name);
    }

    private async Task RemoveFilesAsync(IStorageDriver driver, VolumeRecord volume, CancellationToken ct)
    {
        foreach (var snapshot in await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false))
        {
            await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
            await store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        }

        await driver.Volumes.DeleteAsync(volume.Ref, ct).ConfigureAwait(false);
        await store.DeleteAsync(volume.Id, ct).ConfigureAwait(false);
    }

    /// <summary>Within a pool the driver's own way, between pools file by file.</summary>
    private static Task TransferAsync(IStorageDriver from, VolumeRef source, IStorageDriver to, VolumeRef target, long size, CancellationToken ct) => from.Pool.Name == to.Pool.Name
        ? to.Volumes.CopyAsync(source, target, size, ct)
        : to.Volumes.CreateAsync(target, size, (path, token) => TreeCopy.CopyAsync(from.Volumes.MountPath(source), path, null, token), ct);

    private static Task TransferSnapshotAsync(IStorageDriver from, VolumeRef source, IStorageDriver to, VolumeRef target, CancellationToken ct) => from.Pool.Name == to.Pool.Name
        ? to.Snapshots.CreateFromAsync(target, source, ct)
        : to.Snapshots.CreateFilledAsync(target, (path, token) => TreeCopy.CopyAsync(from.Volumes.MountPath(source), path, null, token), ct);
}
