using System.Buffers;
using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Extended attributes of a file in an open directory, never of what a symlink points to, or of an open file.</summary>
internal static unsafe class Xattrs
{
    private const int MaxSize = 65536;

    public static List<(string Name, byte[] Value)> Read(SafeFileHandle dir, string name) => Read(new Place(PathOf(dir, name), 0), name);

    public static List<(string Name, byte[] Value)> Read(SafeFileHandle file) => Read(new Place(null, At.Fd(file)), "open file");

    /// <summary>Whether an open file has none.</summary>
    public static bool None(SafeFileHandle file) => ListXattr(At.Fd(file), null, 0) == 0;

    /// <summary>Sets one; false where the file system or the kernel does not take it.</summary>
    public static bool Set(SafeFileHandle dir, string name, string key, ReadOnlySpan<byte> value) => Set(new Place(PathOf(dir, name), 0), name, key, value);

    /// <inheritdoc cref="Set(SafeFileHandle, string, string, ReadOnlySpan{byte})"/>
    public static bool Set(SafeFileHandle file, string key, ReadOnlySpan<byte> value) => Set(new Place(null, At.Fd(file)), "open file", key, value);

    /// <summary>Whether an attribute belongs to the file's owner rather than to the host's own bookkeeping.</summary>
    public static bool IsPortable(string key) =>
        key.StartsWith("user.", StringComparison.Ordinal) || key.StartsWith("trusted.", StringComparison.Ordinal)
        || key is "security.capability" or "system.posix_acl_access" or "system.posix_acl_default";

    private static List<(string Name, byte[] Value)> Read(Place place, string shown)
    {
        var result = new List<(string, byte[])>();
        var length = place.List(null, 0);
        if (length <= 0)
        {
            return length == 0 || LinuxError.LastErrno is LinuxError.NotSupported or LinuxError.NoEntry or LinuxError.Access
                ? result
                : throw LinuxError.Last("list attributes of", shown);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MaxSize * 2);
        fixed (byte* start = buffer)
        {
            length = place.List(start, MaxSize);
            var rest = buffer.AsSpan(0, (int)Math.Max(0, length));
            while (rest.Length > 0)
            {
                var end = rest.IndexOf((byte)0);
                var key = RawName.FromBytes(rest[..end]);
                rest = rest[(end + 1)..];
                length = place.Get(RawName.ToBytes(key), start + MaxSize, MaxSize);
                if (length >= 0)
                {
                    result.Add((key, buffer.AsSpan(MaxSize, (int)length).ToArray()));
                }
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return result;
    }

    private static bool Set(Place place, string shown, string key, ReadOnlySpan<byte> value)
    {
        if (place.Set(RawName.ToBytes(key), value) == 0)
        {
            return true;
        }

        return LinuxError.LastErrno is LinuxError.NotSupported or LinuxError.Perm or LinuxError.Invalid ? false : throw LinuxError.Last($"set attribute {key} of", shown);
    }

    private static byte[] PathOf(SafeFileHandle dir, string name) => RawName.ToBytes(name.Length == 0 ? At.ProcPath(dir) + "/." : At.ProcPath(dir) + "/" + name);

    /// <summary>A path, or an open file where there is none.</summary>
    private readonly record struct Place(byte[]? Path, int Fd)
    {
        public nint List(byte* list, nint size) => Path is null ? ListXattr(Fd, list, size) : ListXattr(Path, list, size);

        public nint Get(byte[] key, byte* value, nint size) => Path is null ? GetXattr(Fd, key, value, size) : GetXattr(Path, key, value, size);

        public int Set(byte[] key, ReadOnlySpan<byte> value) => Path is null ? SetXattr(Fd, key, value, value.Length, 0) : SetXattr(Path, key, value, value.Length, 0);
    }
}
