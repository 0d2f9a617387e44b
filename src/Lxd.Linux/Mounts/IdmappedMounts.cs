namespace Lxd.Linux.Mounts;

/// <summary>Whether a file system can be mounted with an id map, so that no file needs other owners.</summary>
public static class IdmappedMounts
{
    /// <summary>The kernels that taught each file system; from the kernel's changelogs.</summary>
    private static readonly Dictionary<long, Version> Since = new()
    {
        [MountedFileSystem.Ext4] = new(5, 12),
        [MountedFileSystem.Xfs] = new(5, 12),
        [MountedFileSystem.Btrfs] = new(5, 15),
        [MountedFileSystem.Tmpfs] = new(6, 3),
    };

    /// <summary>By the kernel's version and the file system's type; never where <c>LXD_IDMAPPED_MOUNTS_DISABLE</c> is set.</summary>
    public static bool Available(string path)
    {
        if (Environment.GetEnvironmentVariable("LXD_IDMAPPED_MOUNTS_DISABLE") is { Length: > 0 } off && off is not ("0" or "false"))
        {
            return false;
        }

        var magic = HostMounts.Describe(path).Magic;
        // ZFS says it by its own version: 2.2 has them.
        return magic == MountedFileSystem.Zfs ? Zfs() >= new Version(2, 2) : Since.TryGetValue(magic, out var since) && Environment.OSVersion.Version >= since;
    }

    private static Version Zfs() =>
        File.Exists("/sys/module/zfs/version") && Version.TryParse(File.ReadAllText("/sys/module/zfs/version").Split('-')[0].Trim(), out var version) ? version : new Version(0, 0);
}
