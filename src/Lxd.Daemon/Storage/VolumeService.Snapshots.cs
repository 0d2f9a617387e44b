using System.Globalization;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    public Task<List<VolumeSnapshotRecord>> SnapshotsAsync(VolumeRecord volume, CancellationToken ct) => store.SnapshotsAsync(volume.Id, ct);

    public async Task<VolumeSnapshotRecord> SnapshotAsync(VolumeRecord volume, string name, CancellationToken ct) =>
        (await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Find(s => s.Name == name) ?? throw ApiException.NotFound("Storage volume snapshot not found");

    /// <summary>A snapshot made ready: its name chosen where none is given, its end by the volume's <c>snapshots.expiry</c>.</summary>
    public async Task<VolumeSnapshotRecord> PrepareSnapshotAsync(VolumeRecord volume, StorageVolumeSnapshotsPost post, CancellationToken ct)
    {
        CheckCustom(volume);
        var known = await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false);
        var name = post.Name.Length > 0 ? post.Name : NextName(volume.Config.GetValueOrDefault("snapshots.pattern", "snap%d"), known);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Snapshot name cannot contain forward slash");
        }

        Names.CheckPathSegment(name, "snapshot");
        if (known.Exists(s => s.Name == name))
        {
            throw ApiException.Conflict($"Snapshot \"{name}\" already in use");
        }

        var now = DateTime.UtcNow;
        var expires = post.ExpiresAt != default ? post.ExpiresAt : SnapshotKeys.Expiry(now, volume.Config.GetValueOrDefault("snapshots.expiry", ""));
        var description = post.Description.Length > 0 ? post.Description : volume.Description;
        return new VolumeSnapshotRecord(0, volume.Id, name, description, now, expires) { Config = new(volume.Config) { ["volatile.uuid"] = Guid.NewGuid().ToString() } };
    }

    public async Task CreateSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct)
    {
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
        if (next.Contains('/', StringComparison.Ordinal))
        {
            throw ApiException.BadRequest("Snapshot name cannot contain forward slash");
        }

        Names.CheckPathSegment(next, "snapshot");
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        var renamed = snapshot with { Name = next };
        await store.UpdateSnapshotAsync(renamed, ct).ConfigureAwait(false);
        rollback.Add(() => store.UpdateSnapshotAsync(snapshot, CancellationToken.None));
        await driver.Snapshots.RenameAsync(volume.Ref.Snapshot(snapshot.Name), next, ct).ConfigureAwait(false);
        rollback.Commit();
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-renamed", volume.Project, renamed.Url(volume), requestor, new() { ["old_name"] = snapshot.Name }, next);
    }

    public async Task DeleteSnapshotAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        await store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        await Changed(volume, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("storage-volume-snapshot-deleted", volume.Project, snapshot.Url(volume), requestor, name: snapshot.Name);
    }

    /// <summary>Removes the snapshots whose time has come; each on its own, the others go on.</summary>
    public async Task ExpireAsync(CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        foreach (var volume in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(v => v.Type == VolumeType.Custom))
        {
            foreach (var snapshot in (await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Where(s => s.Expires != default && s.Expires <= now))
            {
                try
                {
                    await DeleteSnapshotAsync(volume, snapshot, new OperationRequestor(), ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or ApiException)
                {
                    log.ExpiryFailed(volume.Name, snapshot.Name, e);
                }
            }
        }
    }

    private async Task RestoreAsync(VolumeRecord volume, string name, OperationRequestor requestor, CancellationToken ct)
    {
        CheckCustom(volume);
        await CheckNotRunningAsync(volume, ct).ConfigureAwait(false);
        var snapshot = await SnapshotAsync(volume, name, ct).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.RestoreAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        events.Lifecycle("storage-volume-restored", volume.Project, volume.Url, requestor, new() { ["snapshot"] = name }, volume.Name);
    }

    /// <summary>The next name by a pattern: <c>%d</c> is the first free number after the ones taken.</summary>
    private static string NextName(string pattern, List<VolumeSnapshotRecord> known)
    {
        if (!pattern.Contains("%d", StringComparison.Ordinal))
        {
            pattern = known.Exists(s => s.Name == pattern) ? pattern + "-%d" : pattern;
        }

        var at = pattern.IndexOf("%d", StringComparison.Ordinal);
        if (at < 0)
        {
            return pattern;
        }

        var (before, after) = (pattern[..at], pattern[(at + 2)..]);
        var next = known.Where(s => s.Name.Length > before.Length + after.Length && s.Name.StartsWith(before, StringComparison.Ordinal) && s.Name.EndsWith(after, StringComparison.Ordinal))
            .Select(s => int.TryParse(s.Name[before.Length..^after.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number + 1 : 0).DefaultIfEmpty().Max();
        return before + next.ToString(CultureInfo.InvariantCulture) + after;
    }
}
