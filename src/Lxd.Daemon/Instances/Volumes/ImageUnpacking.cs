using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Linux.Archives;
using Lxd.Linux.Files;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Brings the files of an image into a volume.</summary>
internal sealed class ImageUnpacking(ImageFiles files)
{
    /// <summary>Unpacks a unified image whole, a split one in two steps, into an empty directory.</summary>
    public async Task UnpackAsync(string fingerprint, string directory, Action<string> progress, CancellationToken ct)
    {
        var folder = files.Find(fingerprint) ?? throw ApiException.NotFound($"Image \"{fingerprint}\" is missing on disk");
        var archive = folder.Meta(fingerprint);
        var rootfs = Path.Combine(directory, "rootfs");
        var separate = folder.Root(fingerprint);
        if (!File.Exists(separate))
        {
            await Unpacker.UnpackAsync(archive, directory, Options(archive, progress), ct).ConfigureAwait(false);
        }
        else
        {
            await Unpacker.UnpackAsync(archive, directory, new UnpackOptions(), ct).ConfigureAwait(false);
            if (new FileInfo(rootfs).LinkTarget is not null)
            {
                throw ApiException.BadRequest("The image's metadata has a link in place of the rootfs");
            }

            Directory.CreateDirectory(rootfs);
            await Unpacker.UnpackAsync(separate, rootfs, Options(separate, progress), ct).ConfigureAwait(false);
        }

        foreach (var name in (string[])["metadata.yaml", "backup.yaml"])
        {
            CheckRegular(directory, name);
        }

        if (!Directory.Exists(rootfs))
        {
            throw ApiException.BadRequest("Image is missing a rootfs");
        }
    }

    /// <summary>These are read and written with the rights of the host's root later on.</summary>
    private static void CheckRegular(string directory, string name)
    {
        using var root = new ConfinedRoot(directory);
        if (root.Stat(name) is { IsFile: false })
        {
            throw ApiException.BadRequest($"File \"{name}\" in the image is not a regular file");
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
