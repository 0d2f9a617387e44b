using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage;

/// <summary>Custom volumes: made, copied, moved, changed, removed; all volumes for reading.</summary>
internal sealed partial class VolumeService(VolumeStore store, PoolService pools, PoolDrivers drivers, ProjectService projects, ProjectQuota quota, EventHub events, ILogger log)
{
    /// <summary>The identity that made a volume from inside an instance.</summary>
    public const string GuestOwner = "volatile.devlxd.owner";

    private const string Uuid = "volatile.uuid";
    private readonly VolumeLocks _locks = new();

    /// <summary>Told of every change of a volume and its snapshots; set by a domain that keeps a copy of what volumes are.</summary>
    public Func<VolumeRecord, CancellationToken, Task> Changed { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Whether the daemon itself keeps something in the volume; set by the domain that does.</summary>
    public Func<VolumeRecord, bool> IsDaemons { get; set; } = _ => false;

    /// <summary>What others keep for a volume follows it to its new name (the first is the old one, the second the new).</summary>
    public List<Action<VolumeRecord, VolumeRecord>> Renamed { get; } = [];

    /// <summary>What others keep for a volume goes with it.</summary>
    public List<Action<VolumeRecord>> Removed { get; } = [];

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

    /// <summary>A custom volume a project sees; null where there is none.</summary>
    public async Task<VolumeRecord?> FindCustomAsync(string pool, string project, string name, CancellationToken ct) =>
        await store.FindAsync(pool, await OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false), VolumeType.Custom, name, ct).ConfigureAwait(false);

    public async Task<VolumeRecord> GetAsync(string pool, string project, VolumeType type, string name, CancellationToken ct)
    {
        await pools.GetAsync(pool, ct).ConfigureAwait(false);
        return await store.GetAsync(pool, await OwnerAsync(project, type, ct).ConfigureAwait(false), type, name, ct).ConfigureAwait(false);
    }

    public Task<List<VolumeUser>> UsersAsync(VolumeRecord volume, CancellationToken ct) => store.UsersAsync(volume, ct);

    public async Task<StorageVolumeState> StateAsync(VolumeRecord volume, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        var usage = driver.Volumes.Usage(volume.Ref);
        return new StorageVolumeState { Usage = new() { Used = (ulong)Math.Max(0, usage.UsedBytes), Total = usage.TotalBytes } };
    }

    /// <summary>Throws for volumes that are not removed by this way, or in use.</summary>
    public void CheckRemovable(VolumeRecord volume)
    {
        if (volume.Type is not (VolumeType.Custom or VolumeType.Image))
        {
            throw ApiException.BadRequest($"Storage volumes of type \"{volume.Type.Word()}\" cannot be deleted with the storage API");
        }

        if (volume.Type == VolumeType.Custom && (volume.UsedBy.Count > 0 || IsDaemons(volume)))
        {
            throw ApiException.BadRequest("The storage volume is still in use");
        }
    }

    public async Task DeleteAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct)
    {
        CheckRemovable(volume);
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        await RemoveAsync(volume, requestor, ct).ConfigureAwait(false);
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

    /// <summary>Throws for keys the driver does not know and values that cannot be.</summary>
    private async Task CheckConfigAsync(string pool, VolumeType type, ContentType content, IReadOnlyDictionary<string, string> config, CancellationToken ct)
    {
        var record = await pools.GetAsync(pool, ct).ConfigureAwait(false);
        StorageDrivers.Get(record.Driver).VolumeKeys(type, content).Validate(config, "Invalid option for volume");
        SnapshotSchedule.Check(config.GetValueOrDefault("snapshots.schedule", ""));
    }

    private static long SizeOf(VolumeRecord volume) => Units.ParseBytes(volume.Config.GetValueOrDefault("size", ""));

    private static Dictionary<string, string> WithNewUuid(IEnumerable<KeyValuePair<string, string>> config) => new(config.Where(c => c.Key != Unfinished), StringComparer.Ordinal) { [Uuid] = Guid.NewGuid().ToString() };

    private async Task CheckNotRunningAsync(VolumeRecord volume, CancellationToken ct)
    {
        if ((await store.UsersAsync(volume, ct).ConfigureAwait(false)).Exists(u => u.IsRunning))
        {
            throw ApiException.BadRequest("Volume is still in use by running instances");
        }
    }

    private async Task RemoveAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await store.SetConfigAsync(volume.Id, new Dictionary<string, string?> { [Unfinished] = "delete" }, ct).ConfigureAwait(false);
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

        foreach (var snapshot in driver.Volumes.SnapshotsOf(volume.Ref))
        {
            // A backup's come before their records.
            await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot), ct).ConfigureAwait(false);
        }

        await driver.Volumes.DeleteAsync(volume.Ref, ct).ConfigureAwait(false);
        Removed.ForEach(follow => follow(volume));
        await store.DeleteAsync(volume.Id, ct).ConfigureAwait(false);
    }
}
