using System.Globalization;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Linux.Disks;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>Takes up a custom volume that lies in a pool, as somebody described it or, where nobody did, as it lies there. On failure only rows go, never the volume.</summary>
    public async Task RecoverAsync(string pool, VolumeRef volume, string project, string name, IReadOnlyList<string> snapshots, BackupVolume? described, OperationRequestor requestor, CancellationToken ct)
    {
        CheckName(name);
        var driver = await drivers.OpenAsync(pool, ct).ConfigureAwait(false);
        var keys = driver.Factory.VolumeKeys(VolumeType.Custom, volume.Content);
        var config = Kept(described?.Config);
        if (volume.Content == ContentType.Block)
        {
            config.TryAdd("size", DiskFile.Sizes(driver.Volumes.DiskPath(volume)).Length.ToString(CultureInfo.InvariantCulture));
        }

        var record = new VolumeRecord(0, pool, project, name, VolumeType.Custom, volume.Content, described?.Description ?? "", described?.CreatedAt > DateTime.UnixEpoch ? described.CreatedAt : DateTime.UtcNow) { Config = config };
        await using var undo = new Rollback(e => log.UndoFailed(name, e));
        var id = await store.InsertAsync(record, ct).ConfigureAwait(false);
        undo.Add(() => store.DeleteAsync(id, CancellationToken.None));
        foreach (var snapshot in snapshots)
        {
            Names.CheckPathSegment(snapshot, "snapshot");
            var own = described?.Snapshots.Find(s => s!.Name == snapshot);
            var created = own?.CreatedAt > DateTime.UnixEpoch ? own.CreatedAt : DateTime.UtcNow;
            await store.InsertSnapshotAsync(new VolumeSnapshotRecord(0, id, snapshot, own?.Description ?? "", created, own?.ExpiresAt ?? default) { Config = Kept(own?.Config) }, ct).ConfigureAwait(false);
        }

        undo.Commit();
        events.Lifecycle("storage-volume-created", project, record.Url, requestor, new() { ["type"] = record.Type.Word() }, name);

        // It is the same volume: it keeps its UUID where that is known.
        Dictionary<string, string> Kept(Dictionary<string, string>? from)
        {
            var kept = (from ?? []).Where(c => c.Value is { Length: > 0 } && keys.Find(c.Key) is not null).ToDictionary();
            kept.TryAdd("volatile.uuid", Guid.NewGuid().ToString());
            return kept;
        }
    }
}
