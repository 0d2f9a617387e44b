using Mono.Unix.Native;

namespace Lxd.Linux.Nodes;

/// <summary>Device nodes of the host.</summary>
public sealed record DeviceNode(bool Block, uint Major, uint Minor, uint Mode, uint Uid, uint Gid)
{
    /// <summary>What the path is; null where there is no device.</summary>
    public static DeviceNode? Read(string path)
    {
        if (Syscall.stat(path, out var stat) != 0)
        {
            return null;
        }

        var kind = stat.st_mode & FilePermissions.S_IFMT;
        if (kind is not (FilePermissions.S_IFCHR or FilePermissions.S_IFBLK))
        {
            return null;
        }

        // The kernel's encoding of 64 bits: 12 bits of major and 20 of minor in the low half.
        var device = stat.st_rdev;
        var major = (uint)(((device >> 8) & 0xfff) | ((device >> 32) & ~0xfffUL));
        var minor = (uint)((device & 0xff) | ((device >> 12) & ~0xffUL));
        return new DeviceNode(kind == FilePermissions.S_IFBLK, major, minor, (uint)stat.st_mode & 0xfff, stat.st_uid, stat.st_gid);
    }

    /// <summary>Makes the node at a path where nothing is.</summary>
    public void Create(string path)
    {
        var device = (ulong)((Minor & 0xff) | ((Major & 0xfff) << 8)) | ((ulong)(Minor & ~0xffu) << 12) | ((ulong)(Major & ~0xfffu) << 32);
        var kind = Block ? FilePermissions.S_IFBLK : FilePermissions.S_IFCHR;
        if (Syscall.mknod(path, kind | (FilePermissions)(Mode & 0xfff), device) != 0
            || Syscall.chmod(path, (FilePermissions)(Mode & 0xfff)) != 0
            || Syscall.lchown(path, Uid, Gid) != 0)
        {
            throw new IOException($"Failed making the device {path}: {Stdlib.GetLastError()}");
        }
    }
}
