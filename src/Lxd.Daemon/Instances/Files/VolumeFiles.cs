using Lxd.Core;
using Lxd.Linux.Files;

namespace Lxd.Daemon.Instances.Files;

/// <summary>The files beside a rootfs: <c>metadata.yaml</c> and the templates. They come with images and are made by hand, so they may be anything.</summary>
internal static class VolumeFiles
{
    /// <summary>Refuses a file that is a symlink: it would be followed to where its maker wanted.</summary>
    public static void Check(ConfinedRoot volume, string file)
    {
        if (volume.Stat(file) is { IsFile: false, IsDirectory: false })
        {
            throw ApiException.Internal($"openat {file}: path escapes from parent");
        }
    }
}
