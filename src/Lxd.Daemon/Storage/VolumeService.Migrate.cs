using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Backups;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Daemon.Transfers;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>Throws unless volumes may come into the project this way.</summary>
    public async Task CheckMigrationAsync(string project, string mode, CancellationToken ct) => ProjectRules.CheckMigration(mode, await projects.ConfigAsync(project, ct).ConfigureAwait(false));

    /// <summary>Gives a volume, or one snapshot of it, to another server; it stays what it is here.</summary>
    public async Task SendAsync(VolumeRecord volume, VolumeSnapshotRecord? snapshot, bool volumeOnly, MigrationLink link, OperationProgress progress, CancellationToken ct)
    {
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        var snapshots = volumeOnly || snapshot is not null ? [] : await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false);
        var offer = new MigrationOffer(
            await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false),
            snapshot is null ? volume.Ref : volume.Ref.Snapshot(snapshot.Name),
            snapshots.ConvertAll(s => new MigrationSnapshot(s.Name) { Created = s.Created, Expires = s.Expires.Utc }),
            (names, _) => Task.FromResult(VolumeDocuments.Old(volume, snapshots.FindAll(s => names.Contains(s.Name)))))
        {
            AllowInconsistent = true,
        };
        await new MigrationSender(link, Progress(volume, progress)).RunAsync(offer, ct).ConfigureAwait(false);
    }

    /// <summary>Makes a volume out of one of another server.</summary>
    public Task ReceiveAsync(VolumeRecord volume, MigrationLink link, OperationRequestor requestor, OperationProgress progress, CancellationToken ct)
    {
        var receiver = new MigrationReceiver(link, false, Progress(volume, progress));
        return receiver.RunAsync(token => MakeAsync(volume, requestor, async (driver, id, t) =>
        {
            var index = await receiver.AgreeAsync(driver, volume.Ref, receiver.Offer.Snapshots, false, t).ConfigureAwait(false);
            var snapshots = Arriving(receiver.Offer.Snapshots, index);
            await receiver.FillAsync(driver, volume.Ref, SizeOf(volume), t).ConfigureAwait(false);
            await RecordSnapshotsAsync(driver, volume with { Id = id }, snapshots, t).ConfigureAwait(false);
        }, token), ct);
    }

    /// <summary>Makes a volume that is there already equal to one of another server; its configuration stays.</summary>
    public Task RefreshFromAsync(VolumeRecord volume, bool volumeOnly, MigrationLink link, OperationRequestor requestor, OperationProgress progress, CancellationToken ct)
    {
        var receiver = new MigrationReceiver(link, false, Progress(volume, progress));
        return receiver.RunAsync(async token =>
        {
            using var held = await _locks.TakeAsync(token, volume).ConfigureAwait(false);
            await CheckNotRunningAsync(volume, token).ConfigureAwait(false);
            var driver = await drivers.OpenAsync(volume.Pool, token).ConfigureAwait(false);
            var present = await store.SnapshotsAsync(volume.Id, token).ConfigureAwait(false);
            var offered = volumeOnly ? [] : receiver.Offer.Snapshots;
            foreach (var old in volumeOnly ? [] : present.FindAll(p => !offered.Any(o => o.IsSame(p.Name, p.Created))))
            {
                await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(old.Name), token).ConfigureAwait(false);
                await store.DeleteSnapshotAsync(old.Id, token).ConfigureAwait(false);
            }

            List<MigrationSnapshot> wanted = [.. offered.Where(o => !present.Exists(p => o.IsSame(p.Name, p.Created)))];
            var index = await receiver.AgreeAsync(driver, volume.Ref, wanted, true, token).ConfigureAwait(false);
            var snapshots = Arriving(wanted, index);

            // Their rows come first: a daemon that dies now leaves no snapshot that nobody knows of.
            await using var undo = new Rollback(e => log.UndoFailed(volume.Name, e));
            undo.Add(() => ForgetAsync(volume, snapshots));
            await RecordSnapshotsAsync(driver, volume, snapshots, token).ConfigureAwait(false);
            await receiver.FillAsync(driver, volume.Ref, SizeOf(volume), token).ConfigureAwait(false);
            undo.Commit();
            await Changed(volume, CancellationToken.None).ConfigureAwait(false);
            events.Lifecycle("storage-volume-updated", volume.Project, volume.Url, requestor, name: volume.Name);
        }, ct);
    }

    private async Task ForgetAsync(VolumeRecord volume, IReadOnlyList<StorageVolumeSnapshot> snapshots)
    {
        foreach (var snapshot in (await store.SnapshotsAsync(volume.Id, CancellationToken.None).ConfigureAwait(false)).Where(s => snapshots.Any(n => n.Name == s.Name)))
        {
            await store.DeleteSnapshotAsync(snapshot.Id, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static Action<long> Progress(VolumeRecord volume, OperationProgress progress) => BackupProgress.Of(progress, "fs_progress", volume.Name + ": ");

    /// <summary>The snapshots of an offer as they are described, with the time of the header where the description has none.</summary>
    private static List<StorageVolumeSnapshot> Arriving(IEnumerable<MigrationSnapshot> offered, BackupConfig index) => [.. offered.Select(offer =>
    {
        SnapshotNames.Check(offer.Name);
        var told = index.Own()?.Snapshots.Find(s => s!.Name == offer.Name) ?? new StorageVolumeSnapshot { Name = offer.Name, ExpiresAt = offer.Expires };
        return told.CreatedAt > DateTime.UnixEpoch ? told : told with { CreatedAt = offer.Created };
    })];
}
