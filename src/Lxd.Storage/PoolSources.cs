using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;

namespace Lxd.Storage;

/// <summary>Checks of where a pool is to lie.</summary>
internal static class PoolSources
{
    /// <summary>Whether a pool that lies at the source already is taken up as it is, with all in it.</summary>
    public const string RecoverKey = "source.recover";

    public static bool Recovers(PoolSpec pool) => Core.Config.Checks.IsTrue(pool.Get(RecoverKey));

    /// <summary>Throws where something is in the directory that the pool does not take up. The <c>lost+found</c> at the root of a file system is nobody's.</summary>
    public static void CheckEmpty(string path, PoolSpec pool)
    {
        if (!Recovers(pool) && Directory.EnumerateFileSystemEntries(path).Any(e => Path.GetFileName(e) != "lost+found" || !HostMounts.IsMountPoint(path)))
        {
            throw ApiException.BadRequest($"Source path \"{path}\" isn't empty");
        }
    }

    /// <summary>The daemon's own folder is no place for a pool's source, the pool's mount path excepted.</summary>
    public static void CheckOutside(string source, PoolSpec pool)
    {
        var own = Path.GetDirectoryName(Path.GetDirectoryName(pool.MountPath)!)!;
        if (!Path.IsPathRooted(source))
        {
            throw ApiException.BadRequest($"Source path \"{source}\" must be absolute");
        }

        if ((Path.GetFullPath(source) + "/").StartsWith(own + "/", StringComparison.Ordinal) && Path.GetFullPath(source) != pool.MountPath)
        {
            throw ApiException.BadRequest($"Source path \"{source}\" is within the LXD directory");
        }
    }

    public static void CheckUnchanged(PoolSpec pool, IReadOnlyDictionary<string, string> config, string key)
    {
        if (config.GetValueOrDefault(key, "") != pool.Get(key))
        {
            throw ApiException.BadRequest($"The \"{key}\" property cannot be changed");
        }
    }

    /// <summary>Takes a pool's mount away. Where something still holds a file there (a process being started holds all of them for a moment),
    /// the mount goes from the tree now and from the kernel when that ends.</summary>
    public static void Unmount(string path)
    {
        try
        {
            HostMounts.Unmount(path);
        }
        catch (LinuxError e) when (e.Errno == LinuxError.Busy)
        {
            HostMounts.Unmount(path, lazy: true);
        }
    }

    public static PoolUsage Usage(string path)
    {
        var fs = HostMounts.Describe(path);
        return new PoolUsage(fs.TotalBytes, fs.TotalBytes - fs.FreeBytes, fs.TotalInodes, fs.TotalInodes - fs.FreeInodes);
    }
}
