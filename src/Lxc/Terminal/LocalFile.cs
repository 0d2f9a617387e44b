using System.Runtime.InteropServices;

namespace Lxc.Terminal;

/// <summary>What only the kernel tells of a file here: its owner.</summary>
internal static unsafe partial class LocalFile
{
    private const int AtFdcwd = -100;
    private const int NoFollow = 0x100;
    private const uint OwnerMask = 0x18;
    private const uint TypeMask = 1;
    private const int UidOffset = 20;
    private const int ModeOffset = 28;
    private const int Size = 256;

    /// <summary>The owner, of a link its own; null where it cannot be told.</summary>
    public static (uint Uid, uint Gid)? Owner(string path)
    {
        var answer = stackalloc byte[Size];
        return statx(AtFdcwd, path, NoFollow, OwnerMask, answer) == 0 ? (*(uint*)(answer + UidOffset), *(uint*)(answer + UidOffset + 4)) : null;
    }

    /// <summary>Whether it can be read from beginning to end: no device, socket or pipe. A link stands for what it leads to.</summary>
    public static bool IsRegular(string path)
    {
        var answer = stackalloc byte[Size];
        return statx(AtFdcwd, path, 0, TypeMask, answer) == 0 && (*(ushort*)(answer + ModeOffset) & 0xf000) == 0x8000;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, byte* answer);
}
