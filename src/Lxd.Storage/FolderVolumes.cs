using Lxd.Core;
using Lxd.Linux.Disks;

namespace Lxd.Storage;

/// <summary>Volumes that are directories. Everything is built under a temporary name beside its place and renamed when complete; what is removed
/// is renamed away first. So a volume is there whole or not at all.</summary>
internal sealed class FolderVolumes(PoolLayout layout, IVolumeTrees trees) : IVolumeDriver
{
    private const UnixFileMode CustomMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public string MountPath(VolumeRef volume) => layout.PathOf(volume);

    public string DiskPath(VolumeRef volume) => DiskFile.Checked(PoolLayout.DiskIn(layout.PathOf(volume), volume.Content));

    public bool Exists(VolumeRef volume) => Directory.Exists(layout.PathOf(volume));

    public IReadOnlyList<VolumeRef> List() => [.. layout.Volumes()];

    public IReadOnlyList<string> SnapshotsOf(VolumeRef volume) => layout.SnapshotNames(volume);

    public Task CreateAsync(VolumeRef volume, VolumeSize size, VolumeFill? fill, CancellationToken ct, VolumeRef? basis = null) => BuildAsync(
        layout.PathOf(volume),
        async path =>
        {
            await BeginAsync(path, volume, basis, ct).ConfigureAwait(false);
            File.SetUnixFileMode(path, CustomMode);
            if (!volume.HasDisk)
            {
                trees.Limit(path, size.Bytes, ct);
            }

            if (fill is not null)
            {
                await fill(PoolLayout.PlaceOf(volume, path), ct).ConfigureAwait(false);
            }

            if (volume.HasDisk)
            {
                SetSize(volume, path, size, ct);
            }

            SetMode(volume, path);
        },
        ct);

    public Task CopyAsync(VolumeRef source, VolumeRef target, VolumeSize size, CancellationToken ct) => BuildAsync(
        layout.PathOf(target),
        async path =>
        {
            await trees.CloneAsync(Existing(source), path, ct).ConfigureAwait(false);
            SetSize(target, path, size, ct);
            SetMode(target, path);
        },
        ct);

    public Task RefreshAsync(VolumeRef source, VolumeRef target, CancellationToken ct) => ReplaceAsync(source, target, ct);

    public Task RefreshFilledAsync(VolumeRef volume, VolumeFill fill, CancellationToken ct, VolumeRef? basis = null) => ReplaceAsync(
        volume,
        async path =>
        {
            await BeginAsync(path, volume, basis, ct).ConfigureAwait(false);
            await fill(PoolLayout.PlaceOf(volume, path), ct).ConfigureAwait(false);
        },
        ct);

    public async Task DeleteAsync(VolumeRef volume, CancellationToken ct)
    {
        await RemoveAsync(layout.PathOf(volume), ct).ConfigureAwait(false);
        var snapshots = layout.SnapshotsOf(volume);
        if (Directory.Exists(snapshots) && !Directory.EnumerateFileSystemEntries(snapshots).Any())
        {
            Directory.Delete(snapshots);
        }
    }

    public async Task RenameAsync(VolumeRef volume, string newName, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var target = volume.Parent with { Name = newName };
        await using var rollback = new Rollback();
        var path = Existing(volume);
        if (Directory.Exists(layout.SnapshotsOf(volume)))
        {
            // First: as long as the volume has its old name, a repeat does what is left.
            Renames.Move(layout.SnapshotsOf(volume), layout.SnapshotsOf(target));
            rollback.Add(() => Renames.Move(layout.SnapshotsOf(target), layout.SnapshotsOf(volume)));
        }

        Renames.Move(path, layout.PathOf(target));
        rollback.Commit();
    }

    public Task ResizeAsync(VolumeRef volume, VolumeSize size, CancellationToken ct)
    {
        var path = Existing(volume);
        return Task.Run(() => SetSize(volume, path, size, ct), ct);
    }

    public VolumeUsage Usage(VolumeRef volume)
    {
        var path = Existing(volume);
        if (!volume.HasDisk)
        {
            return trees.Usage(path);
        }

        var (length, stored) = DiskFile.Sizes(DiskPath(volume));
        return new VolumeUsage(stored, length);
    }

    /// <summary>Makes a volume equal to another or to a snapshot; the old content goes only when the new one is complete. The limit stays.</summary>
    internal Task ReplaceAsync(VolumeRef source, VolumeRef target, CancellationToken ct) => ReplaceAsync(target, path => trees.CloneOverAsync(Existing(source), path, Existing(target), ct), ct);

    /// <summary>A directory with the content of a volume or snapshot, or without any.</summary>
    internal Task BeginAsync(string path, VolumeRef volume, VolumeRef? basis, CancellationToken ct)
    {
        if (basis is not null)
        {
            return trees.CloneAsync(Existing(basis), path, ct);
        }

        trees.Create(path, volume.HasDisk);
        return Task.CompletedTask;
    }

    /// <summary>The same with content that is built under a temporary name.</summary>
    internal async Task ReplaceAsync(VolumeRef target, Func<string, Task> build, CancellationToken ct)
    {
        var path = Existing(target);
        var limit = target.HasFiles ? trees.Usage(path).TotalBytes : 0;
        var temporary = PoolLayout.TemporaryBeside(path);
        await using var rollback = new Rollback();
        rollback.Add(() => DropAsync(temporary));
        await build(temporary).ConfigureAwait(false);
        if (limit > 0)
        {
            trees.Limit(temporary, limit, ct);
        }

        Renames.Exchange(temporary, path);
        rollback.Commit();
        await DropAsync(temporary).ConfigureAwait(false);
    }

    /// <summary>Builds something under a temporary name and puts it in its place; undone where any of it fails.</summary>
    internal async Task BuildAsync(string path, Func<string, Task> build, CancellationToken ct)
    {
        if (Directory.Exists(path))
        {
            throw ApiException.Conflict($"Volume \"{Path.GetFileName(path)}\" already exists on storage");
        }

        var temporary = PoolLayout.TemporaryBeside(path);
        await using var rollback = new Rollback();
        rollback.Add(() => DropAsync(temporary));
        await build(temporary).ConfigureAwait(false);
        ct.ThrowIfCancellationRequested();
        Renames.Move(temporary, path);
        rollback.Commit();
    }

    /// <summary>Takes something out of its place and removes it.</summary>
    internal async Task RemoveAsync(string path, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!Directory.Exists(path))
        {
            return;
        }

        var temporary = PoolLayout.TemporaryBeside(path);
        Renames.Move(path, temporary);
        await DropAsync(temporary).ConfigureAwait(false);
    }

    internal string Existing(VolumeRef volume)
    {
        var path = layout.PathOf(volume);
        return Directory.Exists(path) ? path : throw ApiException.NotFound($"Volume \"{volume.Name}\" doesn't exist on storage");
    }

    private async Task DropAsync(string path)
    {
        if (Directory.Exists(path))
        {
            await trees.DeleteAsync(path, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The host's users have no business in an instance's volume; a custom volume keeps the mode its users gave it.</summary>
    internal static void SetMode(VolumeRef volume, string path)
    {
        if (volume.Type != VolumeType.Custom)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserExecute);
        }
    }

    /// <summary>Limits the files of a volume at this path, and makes its disk as large as it has to be. A quota counts the disk too, which lies among the files.</summary>
    internal void SetSize(VolumeRef volume, string path, VolumeSize size, CancellationToken ct)
    {
        if (!volume.HasDisk)
        {
            trees.Limit(path, size.Bytes, ct);
            return;
        }

        var disk = PoolLayout.DiskIn(path, volume.Content);
        var length = volume.Content == ContentType.Block ? DiskFile.Grow(disk, size.Bytes, VolumeSize.DefaultDisk) : 0;
        if (volume.HasFiles)
        {
            trees.Limit(path, size.State > 0 ? length + size.State : 0, ct);
        }
    }
}
