using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Storage.Backups;
using Lxd.Linux.Archives;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>The custom volume a backup holds, as it is to be made in a pool.</summary>
    /// <param name="name">Empty for the name it has.</param>
    public async Task<VolumeRecord> PrepareImportAsync(string pool, string project, BackupArchive archive, string name, CancellationToken ct)
    {
        if (archive.Index.Type != "custom")
        {
            throw ApiException.BadRequest($"The backup is not of a custom volume but of type \"{archive.Index.Type}\"");
        }

        var described = archive.Config.Own()!;
        var content = VolumeWords.ContentOf(described.ContentType) ?? throw ApiException.BadRequest($"Invalid content type \"{described.ContentType}\"");
        var keys = StorageDrivers.Get((await pools.GetAsync(pool, ct).ConfigureAwait(false)).Driver).VolumeKeys(VolumeType.Custom, content);
        var volume = await PrepareAsync(pool, project, new StorageVolumesPost
        {
            Name = name.Length > 0 ? name : archive.Index.Name.Length > 0 ? archive.Index.Name : described.Name,
            Type = "custom",
            ContentType = described.ContentType,
            Description = described.Description,
            Config = Known(described.Config, keys),
        }, ct).ConfigureAwait(false);
        return described.CreatedAt > DateTime.UnixEpoch ? volume with { Created = described.CreatedAt } : volume;
    }

    /// <summary>Makes a volume with its snapshots out of a backup.</summary>
    public Task ImportAsync(VolumeRecord volume, BackupArchive archive, DevicePolicy devices, OperationRequestor requestor, CancellationToken ct) => MakeAsync(
        volume,
        requestor,
        async (driver, id, token) =>
        {
            await archive.RestoreAsync(driver, volume.Ref, SizeOf(volume), devices, token).ConfigureAwait(false);
            await RecordSnapshotsAsync(driver, volume with { Id = id }, archive.Config.Own()!.Snapshots, token).ConfigureAwait(false);
        },
        ct);

    /// <summary>The rows of snapshots that lie in the pool already; where that fails the snapshots go.</summary>
    private async Task RecordSnapshotsAsync(IStorageDriver driver, VolumeRecord volume, IReadOnlyList<StorageVolumeSnapshot?> snapshots, CancellationToken ct)
    {
        await using var undo = new Rollback(e => log.UndoFailed(volume.Name, e));
        var keys = driver.Factory.VolumeKeys(volume.Type, volume.Content);
        foreach (var snapshot in snapshots)
        {
            undo.Add(() => driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot!.Name), CancellationToken.None));
        }

        foreach (var snapshot in snapshots)
        {
            var created = snapshot!.CreatedAt > DateTime.UnixEpoch ? snapshot.CreatedAt : DateTime.UtcNow;
            var config = Known(snapshot.Config, keys);
            config["volatile.uuid"] = Guid.NewGuid().ToString();
            await store.InsertSnapshotAsync(new VolumeSnapshotRecord(0, volume.Id, snapshot.Name, snapshot.Description, created, snapshot.ExpiresAt) { Config = config }, ct).ConfigureAwait(false);
        }

        undo.Commit();
    }

    /// <summary>What a volume of this kind may have of a configuration made for another pool.</summary>
    private static Dictionary<string, string> Known(Dictionary<string, string> config, Core.Config.ConfigSchema keys) =>
        config.Where(c => c.Value is { Length: > 0 } && keys.Find(c.Key) is not null && !c.Key.StartsWith("volatile.", StringComparison.Ordinal)).ToDictionary();
}
