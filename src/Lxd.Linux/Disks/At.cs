using System.Buffers;
using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>File calls relative to an open directory. Names are raw (<see cref="RawName"/>); the last part of a name is never followed.</summary>
internal static unsafe class At
{
    private const int OpenAt2Number = 437;

    public static SafeFileHandle OpenDirectory(string path)
    {
        var raw = RawName.FromText(path);
        return Handle(OpenAt(AtFdCwd, RawName.ToBytes(raw), OReadOnly | ODirectory | OCloseOnExec, 0), "open", raw);
    }

    public static SafeFileHandle Open(SafeFileHandle dir, string name, int flags, uint mode = 0) =>
        Handle(OpenAt(Fd(dir), RawName.ToBytes(name), flags | ONoFollow | OCloseOnExec, mode), "open", name);

    public static SafeFileHandle OpenDirectory(SafeFileHandle dir, string name) => Open(dir, name, OReadOnly | ODirectory);

    /// <summary>Opens a path with every symlink on the way read as if <paramref name="root"/> were the root of the file system.</summary>
    public static SafeFileHandle OpenInRoot(SafeFileHandle root, string path, int flags, uint mode = 0)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | OCloseOnExec), Mode = mode, Resolve = ResolveInRoot | ResolveNoMagicLinks };
        fixed (byte* name = RawName.ToBytes(path))
        {
            return Handle((int)OpenAt2(OpenAt2Number, Fd(root), name, &how, sizeof(OpenHow)), "open", path);
        }
    }

    /// <summary>Opens a path that must not lead out of <paramref name="root"/>, by symlinks or otherwise.</summary>
    public static SafeFileHandle OpenBeneath(SafeFileHandle root, string path, int flags)
    {
        var how = new OpenHow { Flags = (ulong)(uint)(flags | OCloseOnExec), Resolve = ResolveBeneath | ResolveNoMagicLinks };
        fixed (byte* name = RawName.ToBytes(path))
        {
            return Handle((int)OpenAt2(OpenAt2Number, Fd(root), name, &how, sizeof(OpenHow)), "open", path);
        }
    }

    public static FileStat Stat(SafeFileHandle dir, string name) => TryStat(dir, name) ?? throw LinuxError.Last("look at", name);

    /// <summary>Null where there is no such file.</summary>
    public static FileStat? TryStat(SafeFileHandle dir, string name) => Statx(Fd(dir), name, AtSymlinkNofollow);

    public static FileStat? TryStat(string path) => Statx(AtFdCwd, RawName.FromText(path), AtSymlinkNofollow);

    /// <summary>Of the open file itself.</summary>
    public static FileStat Stat(SafeFileHandle file) => Statx(Fd(file), "", AtEmptyPath) ?? throw LinuxError.Last("look at", "open file");

    public static void MakeDirectory(SafeFileHandle dir, string name, uint mode) => Check(MkdirAt(Fd(dir), RawName.ToBytes(name), mode), "create directory", name);

    public static void Unlink(SafeFileHandle dir, string name) => Check(UnlinkAt(Fd(dir), RawName.ToBytes(name), 0), "remove", name);

    public static void RemoveDirectory(SafeFileHandle dir, string name) => Check(UnlinkAt(Fd(dir), RawName.ToBytes(name), AtRemoveDir), "remove directory", name);

    public static void Link(SafeFileHandle targetDir, string target, SafeFileHandle dir, string name) =>
        Check(LinkAt(Fd(targetDir), RawName.ToBytes(target), Fd(dir), RawName.ToBytes(name), 0), "link", name);

    /// <summary>False where a further link is not possible: too many, or other limits of the directory.</summary>
    public static bool TryLink(SafeFileHandle targetDir, string target, SafeFileHandle dir, string name) =>
        LinkAt(Fd(targetDir), RawName.ToBytes(target), Fd(dir), RawName.ToBytes(name), 0) == 0;

    /// <summary>Moves a name to another directory; what has the new name already stays, and the call fails.</summary>
    public static void Rename(SafeFileHandle dir, string name, SafeFileHandle newDir, string newName) =>
        Check(RenameAt2(Fd(dir), RawName.ToBytes(name), Fd(newDir), RawName.ToBytes(newName), RenameNoReplace), "rename", name);

    public static void Symlink(string target, SafeFileHandle dir, string name) => Check(SymlinkAt(RawName.ToBytes(target), Fd(dir), RawName.ToBytes(name)), "symlink", name);

    public static string ReadLink(SafeFileHandle dir, string name)
    {
        var buffer = stackalloc byte[4096];
        var length = ReadLinkAt(Fd(dir), RawName.ToBytes(name), buffer, 4096);
        return length < 0 ? throw LinuxError.Last("read link", name) : RawName.FromBytes(new ReadOnlySpan<byte>(buffer, (int)length));
    }

    public static void MakeNode(SafeFileHandle dir, string name, uint mode, uint major, uint minor) =>
        Check(MknodAt(Fd(dir), RawName.ToBytes(name), mode, MakeDevice(major, minor)), "create node", name);

    public static void Chown(SafeFileHandle dir, string name, uint uid, uint gid) => Check(ChownAt(Fd(dir), RawName.ToBytes(name), uid, gid, AtSymlinkNofollow), "change owner of", name);

    public static void Chmod(SafeFileHandle file, uint mode) => Check(ChmodAt(AtFdCwd, RawName.ToBytes(ProcPath(file)), mode, 0), "change mode of", "open file");

    /// <summary>Of a file that is open for more than its path (O_PATH).</summary>
    public static void SetMode(SafeFileHandle file, uint mode) => Check(FileCalls.Chmod(Fd(file), mode), "change mode of", "open file");

    public static void SetTimes(SafeFileHandle dir, string name, (long Seconds, uint Nanoseconds) accessed, (long Seconds, uint Nanoseconds) modified)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = new TimeSpec { Seconds = accessed.Seconds, Nanoseconds = accessed.Nanoseconds };
        times[1] = new TimeSpec { Seconds = modified.Seconds, Nanoseconds = modified.Nanoseconds };
        Check(UtimensAt(Fd(dir), RawName.ToBytes(name), times, AtSymlinkNofollow), "set times of", name);
    }

    /// <summary>Some of the names that come next in an open directory, but <c>.</c> and <c>..</c>; null at its end.</summary>
    public static List<string>? ListSome(SafeFileHandle dir, byte[] buffer)
    {
        var names = new List<string>();
        return ReadNames(dir, buffer, names) ? names : null;
    }

    public static void Chown(SafeFileHandle file, uint uid, uint gid) => Check(ChownAt(Fd(file), RawName.ToBytes(""), uid, gid, AtEmptyPath), "change owner of", "open file");

    public static void SetSize(SafeFileHandle file, long size) => Check(Truncate(Fd(file), size), "set size of", "open file");

    public static void SetTimes(SafeFileHandle file, (long Seconds, uint Nanoseconds) accessed, (long Seconds, uint Nanoseconds) modified)
    {
        var times = stackalloc TimeSpec[2];
        times[0] = new TimeSpec { Seconds = accessed.Seconds, Nanoseconds = accessed.Nanoseconds };
        times[1] = new TimeSpec { Seconds = modified.Seconds, Nanoseconds = modified.Nanoseconds };
        Check(UtimensAt(Fd(file), RawName.ToBytes(""), times, AtEmptyPath), "set times of", "open file");
    }

    /// <summary>All names in a directory but <c>.</c> and <c>..</c>, in the kernel's order.</summary>
    public static List<string> List(SafeFileHandle dir)
    {
        const int Size = 64 * 1024;
        var names = new List<string>();
        if (Seek(Fd(dir), 0, 0) < 0)
        {
            throw LinuxError.Last("rewind", "directory");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Size);
        try
        {
            while (ReadNames(dir, buffer, names))
            {
            }

            return names;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The path by which an open file is reached from this process.</summary>
    public static string ProcPath(SafeFileHandle file) => $"/proc/self/fd/{Fd(file)}";

    public static int Fd(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    public static void Check(int result, string what, string name)
    {
        if (result < 0)
        {
            throw LinuxError.Last(what, name);
        }
    }

    private static ulong MakeDevice(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);

    /// <summary>False at the end of the directory.</summary>
    private static bool ReadNames(SafeFileHandle dir, byte[] buffer, List<string> names)
    {
        fixed (byte* start = buffer)
        {
            var length = GetDents(Fd(dir), start, buffer.Length);
            if (length < 0)
            {
                throw LinuxError.Last("list", "directory");
            }

            ReadEntries(buffer.AsSpan(0, (int)length), names);
            return length > 0;
        }
    }

    private static void ReadEntries(ReadOnlySpan<byte> entries, List<string> names)
    {
        const int NameOffset = 19;
        while (entries.Length > NameOffset)
        {
            var record = BitConverter.ToUInt16(entries[16..]);
            var name = entries[NameOffset..record];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(RawName.FromBytes(name));
            }

            entries = entries[record..];
        }
    }

    private static SafeFileHandle Handle(int fd, string what, string name) => fd < 0 ? throw LinuxError.Last(what, name) : new SafeFileHandle(fd, ownsHandle: true);

    private static FileStat? Statx(int dir, string name, int flags)
    {
        RawStatx raw;
        if (FileCalls.Statx(dir, RawName.ToBytes(name), flags, StatxBasic | StatxMountId, &raw) < 0)
        {
            return LinuxError.LastErrno is LinuxError.NoEntry or LinuxError.NotDirectory ? null : throw LinuxError.Last("look at", name);
        }

        return new FileStat(
            raw.Mode, raw.Uid, raw.Gid, (long)raw.Size, (long)raw.Blocks, raw.Links, raw.Inode, (raw.DeviceMajor, raw.DeviceMinor), (raw.RDeviceMajor, raw.RDeviceMinor),
            (raw.Access.Seconds, raw.Access.Nanoseconds), (raw.Modified.Seconds, raw.Modified.Nanoseconds), raw.MountId);
    }
}
