using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>What a copy keeps of a configuration: all but what names the volume itself. The id map tells the owners of the files, which are copied as they are.</summary>
    public static Dictionary<string, string> Copied(IReadOnlyDictionary<string, string> config) =>
        config.Where(c => !c.Key.StartsWith("volatile.", StringComparison.Ordinal) || c.Key.StartsWith("volatile.idmap.", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    /// <summary>A copy of a custom volume, or of a snapshot of it, in this or another pool; with the volume's snapshots unless told otherwise.</summary>
    public async Task CopyAsync(VolumeRecord source, string? snapshot, VolumeRecord volume, bool volumeOnly, OperationRequestor requestor, CancellationToken ct)
    {
        using var held = await _locks.TakeAsync(ct, source, volume).ConfigureAwait(false);
        await CopyHeldAsync(source, snapshot, volume, volumeOnly, requestor, ct).ConfigureAwait(false);
    }

    /// <summary>Makes an existing volume equal to another: its snapshots become the source's, which are told apart by name and time, then its content; its configuration stays.</summary>
    public async Task RefreshAsync(VolumeRecord source, string? snapshot, VolumeRecord volume, bool volumeOnly, OperationRequestor requestor, CancellationToken ct)
    {
        if (source.Content != volume.Content || volume.Content == ContentType.Iso)
        {
            throw ApiException.BadRequest(source.Content == ContentType.Iso || volume.Content == ContentType.Iso ? "Refreshing custom ISO volumes is not supported" : "Content types of source and target volume differ");
        }

        using var held = await _locks.TakeAsync(ct, source, volume).ConfigureAwait(false);
        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
        var (from, to) = (await drivers.OpenAsync(source.Pool, ct).ConfigureAwait(false), await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false));
        if (!volumeOnly && snapshot is null)
        {
            await RefreshSnapshotsAsync(from, source, to, volume, ct).ConfigureAwait(false);
        }

        var origin = snapshot is null ? source.Ref : source.Ref.Snapshot(snapshot);
        await (source.Pool == volume.Pool
            ? to.Volumes.RefreshAsync(origin, volume.Ref, ct)
            : to.Volumes.RefreshFilledAsync(volume.Ref, VolumeTransfer.Of(from, origin), ct)).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-updated", volume.Project, volume.Url, requestor, name: volume.Name);
    }

    public async Task RenameAsync(VolumeRecord volume, string next, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        CheckName(next);
        var renamed = volume with { Name = next };
        using var held = await _locks.TakeAsync(ct, volume, renamed).ConfigureAwait(false);
        await CheckMovableAsync(volume, ct).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        await store.SetConfigAsync(volume.Id, new Dictionary<string, string?> { [Unfinished] = "rename " + volume.Name }, ct).ConfigureAwait(false);
        rollback.Add(() => store.SetConfigAsync(volume.Id, Done, CancellationToken.None));
        await store.RenameAsync(volume, next, ct).ConfigureAwait(false);
        rollback.Add(() => store.RenameAsync(renamed, volume.Name, CancellationToken.None));
        await driver.Volumes.RenameAsync(volume.Ref, renamed.Ref.Name, ct).ConfigureAwait(false);
        Renamed.ForEach(follow => follow(volume, renamed));
        await store.SetConfigAsync(volume.Id, Done, ct).ConfigureAwait(false);
        rollback.Commit();
        await Changed(renamed, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-renamed", volume.Project, renamed.Url, requestor, new() { ["old_name"] = volume.Name }, next);
    }

    /// <summary>To another pool or project: a copy, then the removal of the old one. Devices of stopped instances follow to another pool.</summary>
    public async Task MoveAsync(VolumeRecord volume, VolumeRecord target, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        using var held = await _locks.TakeAsync(ct, volume, target).ConfigureAwait(false);
        await CheckMovableAsync(volume, ct).ConfigureAwait(false);
        if (volume.Project != target.Project && (await store.UsersAsync(volume, ct).ConfigureAwait(false)).Count > 0)
        {
            throw ApiException.BadRequest("The storage volume is still in use");
        }

        await CopyHeldAsync(volume, null, target, false, requestor, ct).ConfigureAwait(false);
        await store.MoveUsersAsync(volume, target, CancellationToken.None).ConfigureAwait(false);
        await RemoveAsync(volume, requestor, CancellationToken.None).ConfigureAwait(false);
        await Changed(target, CancellationToken.None).ConfigureAwait(false);
    }

    private async Task CheckMovableAsync(VolumeRecord volume, CancellationToken ct)
    {
        if (IsDaemons(volume))
        {
            throw ApiException.BadRequest("Volume is used by LXD itself and cannot be renamed");
        }

        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
    }

    private Task CopyHeldAsync(VolumeRecord source, string? snapshot, VolumeRecord volume, bool volumeOnly, OperationRequestor requestor, CancellationToken ct) => MakeHeldAsync(
        volume,
        requestor,
        async (driver, id, token) =>
        {
            var from = await drivers.OpenAsync(source.Pool, token).ConfigureAwait(false);
            var origin = snapshot is null ? source.Ref : source.Ref.Snapshot(snapshot);
            await (source.Pool == volume.Pool
                ? driver.Volumes.CopyAsync(origin, volume.Ref, SizeOf(volume), token)
                : driver.Volumes.CreateAsync(volume.Ref, SizeOf(volume), VolumeTransfer.Of(from, origin), token)).ConfigureAwait(false);
            if (volumeOnly || snapshot is not null)
            {
                return;
            }

            foreach (var one in await store.SnapshotsAsync(source.Id, token).ConfigureAwait(false))
            {
                await CopySnapshotAsync(from, source, one, driver, volume with { Id = id }, token).ConfigureAwait(false);
            }
        },
        ct);

    private async Task CopySnapshotAsync(IStorageDriver from, VolumeRecord source, VolumeSnapshotRecord snapshot, IStorageDriver to, VolumeRecord volume, CancellationToken ct)
    {
        var origin = source.Ref.Snapshot(snapshot.Name);
        var target = volume.Ref.Snapshot(snapshot.Name);
        var id = await store.InsertSnapshotAsync(snapshot with { VolumeId = volume.Id, Config = WithNewUuid(snapshot.Config) }, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        rollback.Add(() => store.DeleteSnapshotAsync(id, CancellationToken.None));
        await (source.Pool == volume.Pool ? to.Snapshots.CreateFromAsync(target, origin, ct) : to.Snapshots.CreateFilledAsync(target, VolumeTransfer.Of(from, origin), ct)).ConfigureAwait(false);
        rollback.Commit();
    }

    private async Task RefreshSnapshotsAsync(IStorageDriver from, VolumeRecord source, IStorageDriver to, VolumeRecord volume, CancellationToken ct)
    {
        var wanted = await store.SnapshotsAsync(source.Id, ct).ConfigureAwait(false);
        var present = await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false);
        foreach (var old in present.Where(p => !wanted.Exists(w => w.IsSame(p))))
        {
            await to.Snapshots.DeleteAsync(volume.Ref.Snapshot(old.Name), ct).ConfigureAwait(false);
            await store.DeleteSnapshotAsync(old.Id, ct).ConfigureAwait(false);
        }

        foreach (var one in wanted.Where(w => !present.Exists(p => w.IsSame(p))))
        {
            await CopySnapshotAsync(from, source, one, to, volume, ct).ConfigureAwait(false);
        }
    }
}
