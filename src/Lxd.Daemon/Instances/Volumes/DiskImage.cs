using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Daemon.Storage.Backups;
using Lxd.Linux.Archives;
using Lxd.Linux.Disks;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>An image of a virtual machine: a qcow2 disk with what describes it.</summary>
/// <param name="disk">The disk; in a unified image it is within the archive.</param>
/// <param name="scratch">Whether the disk goes with this.</param>
internal sealed class DiskImage(string archive, string disk, bool scratch) : IImageContent
{
    private const string Packed = "rootfs.img";

    /// <summary>What a volume takes of an image beside its disk; anything else could pass for a file of the server's.</summary>
    private static readonly string[] Kept = ["metadata.yaml", "templates"];

    public long DiskSize { get; } = Qcow2.ReadSize(disk);

    /// <summary>Finds the disk of an image, and takes it out of an archive into the folder of images.</summary>
    public static async Task<DiskImage> OpenAsync(ImageFolder folder, string fingerprint, CancellationToken ct)
    {
        var archive = folder.Meta(fingerprint);
        if (folder.IsSplit(fingerprint))
        {
            return new DiskImage(archive, folder.Root(fingerprint), false);
        }

        var disk = folder.Scratch();
        await using var undo = new Rollback();
        undo.Add(() => File.Delete(disk));
        await using (var file = new SparseFile(disk))
        {
            if (!await Unpacker.StreamFileAsync(archive, Packed, file, ct).ConfigureAwait(false))
            {
                throw ApiException.BadRequest("Image is missing a rootfs.img");
            }
        }

        var image = new DiskImage(archive, disk, true);
        undo.Commit();
        return image;
    }

    public async Task UnpackAsync(VolumePlace place, Action<string> progress, CancellationToken ct)
    {
        progress("Unpack: 0%");
        await Unpacker.UnpackAsync(archive, place.Directory, new UnpackOptions { Map = name => Kept.Contains(name.Split('/')[0]) ? name : null }, ct).ConfigureAwait(false);
        await DropOthersAsync(place.Directory, ct).ConfigureAwait(false);
        ImageUnpacking.CheckFiles(place.Directory);
        await Qcow2.UnpackAsync(disk, place.Disk, ct).ConfigureAwait(false);
        File.SetUnixFileMode(place.Disk, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        progress("Unpack: 100%");
    }

    public void Dispose()
    {
        if (scratch)
        {
            File.Delete(disk);
        }
    }

    /// <summary>A squashfs is unpacked whole.</summary>
    private static async Task DropOthersAsync(string directory, CancellationToken ct)
    {
        foreach (var path in Directory.GetFileSystemEntries(directory).Where(p => !Kept.Contains(Path.GetFileName(p))))
        {
            if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            {
                await TreeDelete.DeleteAsync(path, ct).ConfigureAwait(false);
            }
            else
            {
                File.Delete(path);
            }
        }
    }
}
