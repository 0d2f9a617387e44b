namespace Lxd.Storage;

/// <summary>Snapshots that are directories beside the volumes: <c>containers-snapshots/NAME/SNAP</c>.</summary>
internal sealed class FolderSnapshots(PoolLayout layout, IVolumeTrees trees, FolderVolumes volumes) : ISnapshotDriver
{
    public Task CreateAsync(VolumeRef snapshot, CancellationToken ct) => CreateFromAsync(snapshot, snapshot.Parent, ct);

    public Task CreateFromAsync(VolumeRef snapshot, VolumeRef source, CancellationToken ct) =>
        BuildAsync(snapshot, path => trees.CloneAsync(volumes.Existing(source), path, ct), ct);

    public Task CreateFilledAsync(VolumeRef snapshot, VolumeFill fill, CancellationToken ct, VolumeRef? basis = null) => BuildAsync(
        snapshot,
        async path =>
        {
            await volumes.BeginAsync(path, snapshot, basis, ct).ConfigureAwait(false);
            await fill(PoolLayout.PlaceOf(snapshot, path), ct).ConfigureAwait(false);
        },
        ct);

    public async Task DeleteAsync(VolumeRef snapshot, CancellationToken ct)
    {
        await volumes.RemoveAsync(layout.PathOf(snapshot), ct).ConfigureAwait(false);
        DropEmptyFolder(snapshot);
    }

    public Task RenameAsync(VolumeRef snapshot, string newSnapshotName, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Linux.Disks.Renames.Move(volumes.Existing(snapshot), layout.PathOf(snapshot.Snapshot(newSnapshotName)));
        return Task.CompletedTask;
    }

    public Task RestoreAsync(VolumeRef snapshot, CancellationToken ct) => volumes.ReplaceAsync(snapshot, snapshot.Parent, ct);

    private async Task BuildAsync(VolumeRef snapshot, Func<string, Task> build, CancellationToken ct)
    {
        PoolLayout.MakeFolder(layout.SnapshotsOf(snapshot));
        try
        {
            await volumes.BuildAsync(
                layout.PathOf(snapshot),
                async path =>
                {
                    await build(path).ConfigureAwait(false);
                    trees.SetReadOnly(path, true);
                },
                ct).ConfigureAwait(false);
        }
        catch
        {
            DropEmptyFolder(snapshot);
            throw;
        }
    }

    private void DropEmptyFolder(VolumeRef snapshot)
    {
        var folder = layout.SnapshotsOf(snapshot);
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }
}
