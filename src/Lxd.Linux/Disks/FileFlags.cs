using System.Runtime.InteropServices;

namespace Lxd.Linux.Disks;

/// <summary>The flags of files that <c>chattr</c> sets.</summary>
public static unsafe partial class FileFlags
{
    private const nuint GetFlags = 0x80086601;
    private const nuint SetFlags = 0x40086602;
    private const int NoCopyOnWrite = 0x00800000;

    /// <summary>What is made in the directory from now on is written where it lies. Nothing happens on a file system that knows no such flag.</summary>
    public static void StopCopyOnWrite(string directory)
    {
        using var dir = At.OpenDirectory(directory);
        long flags = 0;
        if (Ioctl(At.Fd(dir), GetFlags, &flags) == 0)
        {
            flags |= NoCopyOnWrite;
            _ = Ioctl(At.Fd(dir), SetFlags, &flags);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int file, nuint request, long* flags);
}
