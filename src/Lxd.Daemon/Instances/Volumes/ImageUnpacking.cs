using Lxd.Core;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Brings the files of an image into a volume.</summary>
internal sealed class ImageUnpacking(string imagesDirectory)
{
    /// <summary>Unpacks a unified image whole, a split one in two steps, into an empty directory.</summary>
    public async Task UnpackAsync(string fingerprint, string directory, Action<string> progress, CancellationToken ct)
    {
        var archive = Path.Combine(imagesDirectory, fingerprint);
        if (!File.Exists(archive))
        {
            throw ApiException.NotFound($"Image \"{fingerprint}\" is missing on disk");
        }

        var rootfs = Path.Combine(directory, "rootfs");
        var separate = archive + ".rootfs";
        if (!File.Exists(separate))
        {
            await Unpacker.UnpackAsync(archive, directory, Options(archive, progress), ct).ConfigureAwait(false);
        }
        else
        {
            await Unpacker.UnpackAsync(archive, directory, new UnpackOptions(), ct).ConfigureAwait(false);
            Directory.CreateDirectory(rootfs);
            await Unpacker.UnpackAsync(separate, rootfs, Options(separate, progress), ct).ConfigureAwait(false);
        }

        if (!Directory.Exists(rootfs))
        {
            throw ApiException.BadRequest("Image is missing a rootfs");
        }
    }

    private static UnpackOptions Options(string file, Action<string> progress)
    {
        var total = Math.Max(1, new FileInfo(file).Length);
        var last = -1L;
        return new UnpackOptions
        {
            Progress = read =>
            {
                var percent = Math.Min(100, 100 * read / total);
                if (percent != last)
                {
                    last = percent;
                    progress($"Unpack: {percent}%");
                }
            },
        };
    }
}
