using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Linux.Archives;
using Lxd.Linux.Files;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>Opens the files of images, to be brought into volumes.</summary>
internal sealed class ImageUnpacking(ImageFiles files)
{
    /// <param name="content">What the volumes are that it is for.</param>
    public async Task<IImageContent> OpenAsync(string fingerprint, ContentType content, CancellationToken ct)
    {
        var folder = files.Find(fingerprint) ?? throw ApiException.NotFound($"Image \"{fingerprint}\" is missing on disk");
        return content == ContentType.Filesystem ? new TreeImage(folder, fingerprint) : await DiskImage.OpenAsync(folder, fingerprint, ct).ConfigureAwait(false);
    }

    /// <summary>These are read and written with the rights of the host's root later on.</summary>
    public static void CheckFiles(string directory)
    {
        using var root = new ConfinedRoot(directory);
        foreach (var name in (string[])["metadata.yaml", "backup.yaml"])
        {
            if (root.Stat(name) is { IsFile: false })
            {
                throw ApiException.BadRequest($"File \"{name}\" in the image is not a regular file");
            }
        }
    }

    public static UnpackOptions Options(string file, Action<string> progress)
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
