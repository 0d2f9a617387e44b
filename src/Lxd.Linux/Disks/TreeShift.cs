using Lxd.Linux.Archives;
using Lxd.Linux.IdMaps;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Disks;

/// <summary>Changes the owners of a whole tree, with the ids in its ACLs and file capabilities: where the file system cannot be mounted with an id map.</summary>
public static class TreeShift
{
    /// <summary>From the ids of one map on disk to those of another; an empty map is the ids inside themselves. Ids that neither has stay.
    /// A repeat after a failure half-way would shift twice: callers undo by shifting back.</summary>
    public static void Remap(string path, IdMap from, IdMap to, CancellationToken ct) => Run(path, new IdShift(
        uid => from.InnerUid(uid) is { } inner ? to.HostUid(inner) : null,
        gid => from.InnerGid(gid) is { } inner ? to.HostGid(inner) : null), null, ct);

    /// <summary>Changes what the shift tells; with <paramref name="tell"/> only says what would be changed (path, new uid, new gid; -1 for an id that stays).</summary>
    public static void Run(string path, IdShift shift, Action<string, long, long>? tell, CancellationToken ct)
    {
        using var parent = At.OpenDirectory(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))) ?? "/");
        Entry(parent, RawName.FromText(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))), path, [], new Work(shift, tell, ct));
    }

    private static void Entry(SafeFileHandle dir, string name, string shown, HashSet<(ulong, uint, uint)> seen, Work work)
    {
        work.Cancel.ThrowIfCancellationRequested();
        if (At.TryStat(dir, name) is not { } stat)
        {
            return;
        }

        // A file with several names is changed once.
        if (stat.IsDirectory || stat.Links == 1 || seen.Add((stat.Inode, stat.Device.Major, stat.Device.Minor)))
        {
            Change(dir, name, shown, stat, work);
        }

        if (!stat.IsDirectory)
        {
            return;
        }

        using var inner = At.OpenDirectory(dir, name);
        foreach (var child in At.List(inner))
        {
            Entry(inner, child, shown + "/" + child, seen, work);
        }
    }

    private static void Change(SafeFileHandle dir, string name, string shown, FileStat stat, Work work)
    {
        var (uid, gid) = (work.Shift.Uid(stat.Uid) ?? stat.Uid, work.Shift.Gid(stat.Gid) ?? stat.Gid);
        if (work.Tell is not null)
        {
            work.Tell(shown, work.Shift.Uid(stat.Uid) ?? -1L, work.Shift.Gid(stat.Gid) ?? -1L);
            return;
        }

        // The kernel drops capabilities with the owner: read them before.
        var attributes = stat.IsLink ? [] : Xattrs.Read(dir, name).Where(a => a.Name is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default").ToList();
        if (uid != stat.Uid || gid != stat.Gid)
        {
            At.Chown(dir, name, uid, gid);
            const uint SetIds = 0xc00;
            if ((stat.Permissions & SetIds) != 0 && stat.IsRegular)
            {
                using var file = At.Open(dir, name, FileCalls.OPath);
                At.Chmod(file, stat.Permissions);
            }
        }

        foreach (var (key, value) in attributes)
        {
            Xattrs.Set(dir, name, key, XattrShift.Apply(key, value, work.Shift));
        }
    }

    private sealed record Work(IdShift Shift, Action<string, long, long>? Tell, CancellationToken Cancel);
}
