using Lxd.Linux.Btrfs;
using Lxd.Linux.Disks;

namespace Lxd.Storage.Btrfs;

/// <summary>A subvolume for each volume and snapshot; limits by qgroups.</summary>
internal sealed class BtrfsTrees : IVolumeTrees
{
    /// <summary>Begins the names of the directories in which streams are received.</summary>
    public const string CornerPrefix = "receive-";

    public void Create(string path, bool disk)
    {
        Subvolumes.Create(path);
        if (disk)
        {
            // Inherited by what is made in it: a disk that is copied on each write falls to pieces.
            FileFlags.StopCopyOnWrite(path);
        }
    }

    public Task CloneAsync(string source, string target, CancellationToken ct) => Task.Run(() => Subvolumes.Snapshot(source, target), ct);

    public Task CloneOverAsync(string source, string target, string current, CancellationToken ct) => CloneAsync(source, target, ct);

    public async Task DeleteAsync(string path, CancellationToken ct)
    {
        if (Subvolumes.IsSubvolume(path))
        {
            await Task.Run(() => Subvolumes.Delete(path), ct).ConfigureAwait(false);
            return;
        }

        foreach (var corner in Directory.Exists(path) ? new DirectoryInfo(path).GetDirectories(CornerPrefix + "*") : [])
        {
            foreach (var received in corner.LinkTarget is null ? corner.GetDirectories().Where(d => d.LinkTarget is null && Subvolumes.IsSubvolume(d.FullName)) : [])
            {
                await Task.Run(() => Subvolumes.Delete(received.FullName), ct).ConfigureAwait(false);
            }
        }

        await TreeDelete.DeleteAsync(path, ct).ConfigureAwait(false);
    }

    public void SetReadOnly(string path, bool readOnly) => Subvolumes.SetReadOnly(path, readOnly);

    public void Limit(string path, long bytes, CancellationToken ct) => Subvolumes.SetLimit(path, bytes);

    public VolumeUsage Usage(string path) => Subvolumes.Usage(path) is { } usage ? new VolumeUsage(usage.Used, usage.Limit) : new VolumeUsage(-1, 0);
}
