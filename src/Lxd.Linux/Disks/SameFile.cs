using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Tells, without reading them, whether two files of a file system are the same in all but their names: their blocks are shared, and so are their owners, modes, times and attributes.
/// A file that was written and had its times put back has blocks of its own. Where nothing can be shared no two files are the same.</summary>
internal static unsafe class SameFile
{
    private const nuint GetExtents = 0xC020660B;
    private const uint WriteOutFirst = 1;
    private const uint LastExtent = 1;
    private const uint SharedExtent = 0x2000;
    private const uint UnwrittenExtent = 0x800;

    /// <summary>Files in more pieces count as different.</summary>
    private const int MaxExtents = 32;

    /// <param name="stat">Of the first, a regular file.</param>
    public static bool Is(SafeFileHandle dir, FileStat stat, SafeFileHandle otherDir, string name)
    {
        if (stat.Links != 1 || At.TryStat(otherDir, name) is not { Links: 1 } other || (other.Mode, other.Uid, other.Gid, other.Size) != (stat.Mode, stat.Uid, stat.Gid, stat.Size)
            || other.Modified != stat.Modified || other.Device != stat.Device)
        {
            return false;
        }

        using var file = At.Open(dir, name, OReadOnly | ONonBlock);
        using var otherFile = At.Open(otherDir, name, OReadOnly | ONonBlock);
        return (stat.Size == 0 || SharesAll(file, otherFile))
            && (Xattrs.None(file) && Xattrs.None(otherFile) || SameAttributes(Xattrs.Read(dir, name), Xattrs.Read(otherDir, name)));
    }

    private static bool SharesAll(SafeFileHandle file, SafeFileHandle other)
    {
        var buffer = stackalloc Extent[MaxExtents * 2];
        var extents = Extents(file, new Span<Extent>(buffer, MaxExtents));
        return extents.Length > 0 && extents.SequenceEqual(Extents(other, new Span<Extent>(buffer + MaxExtents, MaxExtents)));
    }

    /// <summary>Where the content lies on the disk; empty where that is not sure.</summary>
    private static Span<Extent> Extents(SafeFileHandle file, Span<Extent> space)
    {
        var request = stackalloc byte[sizeof(Query) + sizeof(Extent) * MaxExtents];
        var query = (Query*)request;
        *query = new Query { Length = ulong.MaxValue, Flags = WriteOutFirst, Space = (uint)space.Length };
        if (Ioctl(At.Fd(file), GetExtents, (nint)request) != 0 || query->Found == 0)
        {
            return [];
        }

        var found = new Span<Extent>(request + sizeof(Query), (int)query->Found);
        var complete = (found[^1].Flags & LastExtent) != 0;
        foreach (ref var extent in found)
        {
            extent.Flags &= ~(LastExtent | SharedExtent);
            complete &= (extent.Flags & ~UnwrittenExtent) == 0;
        }

        found.CopyTo(space);
        return complete ? space[..found.Length] : [];
    }

    private static bool SameAttributes(List<(string Name, byte[] Value)> one, List<(string Name, byte[] Value)> other) =>
        one.Count == other.Count && one.TrueForAll(a => other.Exists(b => b.Name == a.Name && b.Value.AsSpan().SequenceEqual(a.Value)));

    [StructLayout(LayoutKind.Sequential)]
    private struct Query
    {
        public ulong Start;
        public ulong Length;
        public uint Flags;
        public uint Found;
        public uint Space;
        public uint Reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    private record struct Extent
    {
        public ulong Logical;
        public ulong Physical;
        public ulong Length;
        private readonly ulong _spare1;
        private readonly ulong _spare2;
        public uint Flags;
        private readonly uint _spare3;
        private readonly ulong _spare4;
    }
}
