using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Extended attributes of a file in an open directory, never of what a symlink points to.</summary>
internal static unsafe class Xattrs
{
    private const int MaxSize = 65536;

    public static List<(string Name, byte[] Value)> Read(SafeFileHandle dir, string name)
    {
        var path = PathOf(dir, name);
        var result = new List<(string, byte[])>();
        var length = ListXattr(path, null, 0);
        if (length <= 0)
        {
            return length == 0 || LinuxError.LastErrno is LinuxError.NotSupported or LinuxError.NoEntry or LinuxError.Access
                ? result
                : throw LinuxError.Last("list attributes of", name);
        }

        var names = new byte[MaxSize];
        fixed (byte* list = names)
        {
            length = ListXattr(path, list, MaxSize);
        }

        var rest = names.AsSpan(0, (int)Math.Max(0, length));
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)0);
            var key = RawName.FromBytes(rest[..end]);
            rest = rest[(end + 1)..];
            if (Get(path, key) is { } value)
            {
                result.Add((key, value));
            }
        }

        return result;
    }

    /// <summary>Whether an open file has none.</summary>
    public static bool None(SafeFileHandle file) => ListXattr(At.Fd(file), null, 0) == 0;

    /// <summary>Sets one; false where the file system or the kernel does not take it.</summary>
    public static bool Set(SafeFileHandle dir, string name, string key, ReadOnlySpan<byte> value)
    {
        if (SetXattr(PathOf(dir, name), RawName.ToBytes(key), value, value.Length, 0) == 0)
        {
            return true;
        }

        return LinuxError.LastErrno is LinuxError.NotSupported or LinuxError.Perm or LinuxError.Invalid ? false : throw LinuxError.Last($"set attribute {key} of", name);
    }

    /// <summary>Whether an attribute belongs to the file's owner rather than to the host's own bookkeeping.</summary>
    public static bool IsPortable(string key) =>
        key.StartsWith("user.", StringComparison.Ordinal) || key.StartsWith("trusted.", StringComparison.Ordinal)
        || key is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default";

    private static byte[]? Get(byte[] path, string key)
    {
        var buffer = new byte[MaxSize];
        fixed (byte* value = buffer)
        {
            var length = GetXattr(path, RawName.ToBytes(key), value, MaxSize);
            return length < 0 ? null : buffer.AsSpan(0, (int)length).ToArray();
        }
    }

    private static byte[] PathOf(SafeFileHandle dir, string name) => RawName.ToBytes(name.Length == 0 ? At.ProcPath(dir) + "/." : At.ProcPath(dir) + "/" + name);
}
