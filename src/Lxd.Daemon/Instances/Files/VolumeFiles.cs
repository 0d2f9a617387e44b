using Lxd.Core;
using Lxd.Linux.Files;

namespace Lxd.Daemon.Instances.Files;

/// <summary>The files beside a rootfs: <c>metadata.yaml</c> and the templates. They come with images and are made by hand, so they may be anything.</summary>
internal static class VolumeFiles
{
    /// <summary>Where the root file system of a volume is; refused where it is a symlink.</summary>
    public static string Rootfs(string volume)
    {
        var path = Path.Combine(volume, "rootfs");
        return new FileInfo(path).LinkTarget is null ? path : throw ApiException.Internal("openat rootfs: path escapes from parent");
    }

    /// <summary>Refuses a file that is a symlink: it would be followed to where its maker wanted.</summary>
    public static void Check(ConfinedRoot volume, string file)
    {
        if (volume.Stat(file) is { IsFile: false, IsDirectory: false })
        {
            throw ApiException.Internal($"openat {file}: path escapes from parent");
        }
    }
}
