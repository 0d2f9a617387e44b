using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Linux.Archives;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>An image of a container: a root file system with what describes it.</summary>
internal sealed class TreeImage(ImageFolder folder, string fingerprint) : IImageContent
{
    public long DiskSize => 0;

    /// <summary>Unpacks a unified image whole, a split one in two steps.</summary>
    public async Task UnpackAsync(VolumePlace place, Action<string> progress, CancellationToken ct)
    {
        var archive = folder.Meta(fingerprint);
        var rootfs = Path.Combine(place.Directory, "rootfs");
        if (!folder.IsSplit(fingerprint))
        {
            await Unpacker.UnpackAsync(archive, place.Directory, ImageUnpacking.Options(archive, progress), ct).ConfigureAwait(false);
        }
        else
        {
            await Unpacker.UnpackAsync(archive, place.Directory, new UnpackOptions(), ct).ConfigureAwait(false);
            if (new FileInfo(rootfs).LinkTarget is not null)
            {
                throw ApiException.BadRequest("The image's metadata has a link in place of the rootfs");
            }

            Directory.CreateDirectory(rootfs);
            await Unpacker.UnpackAsync(folder.Root(fingerprint), rootfs, ImageUnpacking.Options(folder.Root(fingerprint), progress), ct).ConfigureAwait(false);
        }

        ImageUnpacking.CheckFiles(place.Directory);
        if (!Directory.Exists(rootfs))
        {
            throw ApiException.BadRequest("Image is missing a rootfs");
        }
    }

    public void Dispose()
    {
        // nothing is laid beside it
    }
}
