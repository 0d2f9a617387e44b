using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>The snapshots of all volumes, by the volume's number, oldest first.</summary>
    public Task<ILookup<long, VolumeSnapshotRecord>> AllSnapshotsAsync(CancellationToken ct) => store.AllSnapshotsAsync(ct);

    public Task<List<VolumeSnapshotRecord>> SnapshotsAsync(VolumeRecord volume, CancellationToken ct) => store.SnapshotsAsync(volume.Id, ct);

    public async Task<VolumeSnapshotRecord> SnapshotAsync(VolumeRecord volume, string name, CancellationToken ct) =>
        (await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Find(s => s.Name == name) ?? throw ApiException.NotFound("Storage volume not found");

    /// <summary>A snapshot made ready: its name chosen where none is given, its end by the volume's <c>snapshots.expiry</c>.</summary>
    public async Task<VolumeSnapshotRecord> PrepareSnapshotAsync(VolumeRecord volume, StorageVolumeSnapshotsPost post, CancellationToken ct)
    {
        CheckCustom(volume);
        if (IsDaemons(volume))
        {
            throw ApiException.BadRequest("Volumes used by LXD itself cannot have snapshots");
        }

        if (volume.Content == ContentType.Iso)
        {
            throw ApiException.BadRequest("Snapshots of custom ISO volumes are not supported");
        }

        ProjectRules.CheckSnapshots(volume.Project, await projects.ConfigAsync(volume.Project, ct).ConfigureAwait(false));
        var known = await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false);
        var now = DateTime.UtcNow;
        var name = post.Name.Length > 0 ? post.Name : SnapshotNames.Next(volume.Config.GetValueOrDefault("snapshots.pattern", ""), known.Select(s => s.Name), now);
        SnapshotNames.Check(name);
        if (known.Exists(s => s.Name == name))
        {
            throw ApiException.Conflict($"Snapshot \"{name}\" already in use");
        }

        var expires = post.ExpiresAt ?? Expiry.After(volume.Config.GetValueOrDefault("snapshots.expiry", ""), now) ?? default(Moment);
        var description = post.Description.Length > 0 ? post.Description : volume.Description;
        return new VolumeSnapshotRecord(0, volume.Id, name, description, now, expires) { Config = WithNewUuid(volume.Config) };
    }

    public async Task CreateSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct)
    {
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        var id = await store.InsertSnapshotAsync(snapshot, ct).ConfigureAwait(false);
        rollback.Add(() => store.DeleteSnapshotAsync(id, CancellationToken.None));
        await driver.Snapshots.CreateAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        rollback.Commit();
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-created", volume.Project, snapshot.Url(volume), requestor, new() { ["type"] = volume.Type.Word() }, snapshot.Name);
    }

    public async Task UpdateSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, StorageVolumeSnapshotPut put, OperationRequestor requestor, CancellationToken ct)
    {
        await store.UpdateSnapshotAsync(snapshot with { Description = put.Description, Expires = put.ExpiresAt }, ct).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-updated", volume.Project, snapshot.Url(volume), requestor, name: snapshot.Name);
    }

    public async Task RenameSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, string next, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        SnapshotNames.Check(next);
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        var renamed = snapshot with { Name = next };
        if ((await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Exists(s => s.Name == next))
        {
            throw ApiException.Conflict($"Storage volume snapshot \"{next}\" already exists for volume \"{volume.Name}\"");
        }

        await store.UpdateSnapshotAsync(renamed with { Config = Marked(renamed.Config, "rename " + snapshot.Name) }, ct).ConfigureAwait(false);
        rollback.Add(() => store.UpdateSnapshotAsync(snapshot, CancellationToken.None));
        await driver.Snapshots.RenameAsync(volume.Ref.Snapshot(snapshot.Name), next, ct).ConfigureAwait(false);
        await store.UpdateSnapshotAsync(renamed, CancellationToken.None).ConfigureAwait(false);
        rollback.Commit();
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-renamed", volume.Project, renamed.Url(volume), requestor, new() { ["old_name"] = snapshot.Name }, next);
    }

    public async Task DeleteSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        await store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-deleted", volume.Project, snapshot.Url(volume), requestor, name: snapshot.Name);
    }

    /// <summary>Makes the volume what it was at a snapshot. Its configuration stays, but for what tells the owners of its files.</summary>
    public async Task RestoreAsync(VolumeRecord volume, string name, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
        var snapshot = await SnapshotAsync(volume, name, ct).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.RestoreAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        if (volume.Config.GetValueOrDefault(IdMapLast) != snapshot.Config.GetValueOrDefault(IdMapLast))
        {
            await store.SetConfigAsync(volume.Id, new Dictionary<string, string?> { [IdMapLast] = snapshot.Config.GetValueOrDefault(IdMapLast) }, CancellationToken.None).ConfigureAwait(false);
        }

        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-restored", volume.Project, volume.Url, requestor, new() { ["snapshot"] = name }, volume.Name);
    }
}
