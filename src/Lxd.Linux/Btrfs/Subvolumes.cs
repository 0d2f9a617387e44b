using System.Buffers.Binary;
using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Btrfs;

/// <summary>Subvolumes with what is nested in them: a container may make subvolumes of its own.</summary>
public static class Subvolumes
{
    private const ulong RootInode = 256;
    private const int RefHeaderLength = 18;

    public static bool IsBtrfs(string path) => HostMounts.Describe(path).Magic == MountedFileSystem.Btrfs;

    public static bool IsSubvolume(string path) => At.TryStat(path) is { IsDirectory: true, Inode: RootInode } && IsBtrfs(path);

    public static void Create(string path)
    {
        using var parent = At.OpenDirectory(Path.GetDirectoryName(path)!);
        BtrfsCalls.CreateSubvolume(parent, RawName.FromText(Path.GetFileName(path)));
    }

    /// <summary>A writable copy that shares its data, nested subvolumes included; those that were read-only are so in the copy.</summary>
    public static void Snapshot(string source, string target)
    {
        using var from = At.OpenDirectory(source);
        using var parent = At.OpenDirectory(Path.GetDirectoryName(target)!);
        Snapshot(from, parent, RawName.FromText(Path.GetFileName(target)));
    }

    /// <summary>Removes a subvolume and everything nested in it, read-only or not.</summary>
    public static void Delete(string path)
    {
        using var parent = At.OpenDirectory(Path.GetDirectoryName(path)!);
        Delete(parent, RawName.FromText(Path.GetFileName(path)));
    }

    /// <summary>Sets or clears the read-only flag of a subvolume; those nested in it keep theirs, which a snapshot has to remember.</summary>
    public static void SetReadOnly(string path, bool readOnly)
    {
        using var dir = At.OpenDirectory(path);
        SetReadOnly(dir, readOnly);
    }

    /// <summary>Whether an open directory is the root of a subvolume.</summary>
    internal static bool IsRoot(FileStat directory) => directory.Inode == RootInode;

    internal static bool IsReadOnly(SafeFileHandle dir) => (BtrfsCalls.Flags(dir) & BtrfsCalls.ReadOnly) != 0;

    /// <summary>Limits what a subvolume refers to, in bytes; 0 lifts the limit. Turns quotas on for the file system when first needed.</summary>
    public static void SetLimit(string path, long bytes)
    {
        using var dir = At.OpenDirectory(path);
        if (Quota(dir) is null)
        {
            if (bytes == 0)
            {
                return;
            }

            BtrfsCalls.EnableQuota(dir);
        }

        BtrfsCalls.SetLimit(dir, bytes == 0 ? ulong.MaxValue : (ulong)bytes);
    }

    /// <summary>Bytes referred to and the limit (0 is none); null where quotas are off.</summary>
    public static (long Used, long Limit)? Usage(string path)
    {
        using var dir = At.OpenDirectory(path);
        return Quota(dir);
    }

    /// <summary>Makes the file system as large as its device.</summary>
    public static void Grow(string path)
    {
        using var dir = At.OpenDirectory(path);
        BtrfsCalls.ResizeToMax(dir);
    }

    /// <summary>A subvolume and all that are nested in it, outer ones first, with their paths (<c>/</c> for the subvolume itself).</summary>
    public static List<SubvolumeInfo> Describe(string path)
    {
        var result = new List<SubvolumeInfo>();
        using var dir = At.OpenDirectory(path);
        Describe(dir, "/", result);
        return result;
    }

    /// <summary>Moves a subvolume into another one of the same file system, to a path below its root; an empty directory there gives way. Links on the path are not followed out of it.</summary>
    public static void Place(string subvolume, string root, string path)
    {
        var relative = RawName.FromText(path.Trim('/'));
        var slash = relative.LastIndexOf('/');
        var name = relative[(slash + 1)..];
        using var from = At.OpenDirectory(Path.GetDirectoryName(subvolume)!);
        using var top = At.OpenDirectory(root);
        using var folder = Inside(top, slash < 0 ? "" : relative[..slash]);
        if (At.TryStat(folder, name) is { IsDirectory: true })
        {
            At.RemoveDirectory(folder, name);
        }

        At.Rename(from, RawName.FromText(Path.GetFileName(subvolume)), folder, name);
    }

    /// <summary>Sets or clears the read-only flag of one subvolume only; <c>/</c> is the root itself.</summary>
    public static void SetReadOnly(string root, string path, bool readOnly)
    {
        using var top = At.OpenDirectory(root);
        using var dir = Inside(top, RawName.FromText(path.Trim('/')));
        var flags = BtrfsCalls.Flags(dir);
        BtrfsCalls.ChangeFlags(dir, readOnly ? flags | BtrfsCalls.ReadOnly : flags & ~BtrfsCalls.ReadOnly);
    }

    private static void Describe(SafeFileHandle dir, string path, List<SubvolumeInfo> result)
    {
        var (own, received) = BtrfsCalls.Uuids(dir);
        result.Add(new SubvolumeInfo(path, (BtrfsCalls.Flags(dir) & BtrfsCalls.ReadOnly) != 0, received == Guid.Empty ? own : received));
        foreach (var (folder, child) in Nested(dir))
        {
            using var parent = Inside(dir, folder);
            using var inner = At.OpenDirectory(parent, child);
            var below = (folder.Length == 0 ? "" : RawName.ToText(folder) + "/") + RawName.ToText(child);
            Describe(inner, path == "/" ? "/" + below : path + "/" + below, result);
        }
    }

    private static void Snapshot(SafeFileHandle source, SafeFileHandle parent, string name)
    {
        BtrfsCalls.CreateSnapshot(source, parent, name, readOnly: false);
        using var made = At.OpenDirectory(parent, name);
        foreach (var (folder, child) in Nested(source))
        {
            using var childParent = Inside(source, folder);
            using var inner = At.OpenDirectory(childParent, child);
            using var newParent = Inside(made, folder);
            At.RemoveDirectory(newParent, child); // a snapshot has an empty directory where a subvolume was
            Snapshot(inner, newParent, child);
            if (IsReadOnly(inner))
            {
                using var copy = At.OpenDirectory(newParent, child);
                SetReadOnly(copy, true);
            }
        }
    }

    private static void Delete(SafeFileHandle parent, string name)
    {
        using (var dir = At.OpenDirectory(parent, name))
        {
            var flags = BtrfsCalls.Flags(dir);
            if ((flags & BtrfsCalls.ReadOnly) != 0)
            {
                BtrfsCalls.ChangeFlags(dir, flags & ~BtrfsCalls.ReadOnly);
            }

            foreach (var (folder, child) in Nested(dir))
            {
                using var childParent = Inside(dir, folder);
                Delete(childParent, child);
            }
        }

        BtrfsCalls.DestroySubvolume(parent, name);
    }

    internal static void SetReadOnly(SafeFileHandle dir, bool readOnly)
    {
        var flags = BtrfsCalls.Flags(dir);
        var wanted = readOnly ? flags | BtrfsCalls.ReadOnly : flags & ~BtrfsCalls.ReadOnly;
        if (flags != wanted)
        {
            BtrfsCalls.ChangeFlags(dir, wanted);
        }
    }

    /// <summary>The subvolumes directly inside one: the folder they are in (within the subvolume, empty for its root) and their name.</summary>
    private static List<(string Folder, string Name)> Nested(SafeFileHandle dir)
    {
        var id = BtrfsCalls.SubvolumeId(dir);
        var result = new List<(string, string)>();
        foreach (var (_, data) in BtrfsCalls.Search(dir, BtrfsCalls.RootTree, id, BtrfsCalls.RootRef))
        {
            var folderInode = BinaryPrimitives.ReadUInt64LittleEndian(data);
            var length = BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(16));
            var folder = folderInode == RootInode ? "" : BtrfsCalls.PathOf(dir, id, folderInode);
            result.Add((folder, RawName.FromBytes(data.AsSpan(RefHeaderLength, length))));
        }

        return result;
    }

    private static SafeFileHandle Inside(SafeFileHandle root, string folder) =>
        At.OpenInRoot(root, folder.Length == 0 ? "." : folder, FileCalls.OReadOnly | FileCalls.ODirectory | FileCalls.ONoFollow);

    private static (long Used, long Limit)? Quota(SafeFileHandle dir)
    {
        var id = BtrfsCalls.SubvolumeId(dir);
        try
        {
            var info = BtrfsCalls.Search(dir, BtrfsCalls.QuotaTree, 0, BtrfsCalls.QgroupInfo, id, id);
            if (info.Count == 0)
            {
                return null;
            }

            var limit = BtrfsCalls.Search(dir, BtrfsCalls.QuotaTree, 0, BtrfsCalls.QgroupLimit, id, id);
            var limited = limit.Count > 0 && (limit[0].Data[0] & 1) != 0;
            return ((long)BinaryPrimitives.ReadUInt64LittleEndian(info[0].Data.AsSpan(8)), limited ? (long)BinaryPrimitives.ReadUInt64LittleEndian(limit[0].Data.AsSpan(8)) : 0);
        }
        catch (LinuxError e) when (e.Errno == LinuxError.NoEntry)
        {
            return null;
        }
    }
}
