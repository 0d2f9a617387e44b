using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Copies the content of a file the cheapest way there is: shared extents, in-kernel copy, plain copy; holes stay holes.</summary>
internal static unsafe class FileData
{
    private const nuint Ficlone = 0x40049409;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int Chunk = 1 << 20;

    /// <summary>Whether files in this directory can share their blocks.</summary>
    public static bool CanClone(string directory)
    {
        try
        {
            using var source = Unnamed(directory);
            using var target = Unnamed(directory);
            RandomAccess.Write(source, [1], 0);
            return Ioctl(At.Fd(target), Ficlone, At.Fd(source)) == 0;
        }
        catch (IOException)
        {
            return false; // no room, or read-only: the next start asks again
        }
    }

    /// <summary>An empty file that has lost its name before anything can happen to us.</summary>
    private static SafeFileHandle Unnamed(string directory)
    {
        var path = Path.Combine(directory, $".lxd-{Guid.NewGuid():N}");
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        File.Delete(path);
        return file;
    }

    /// <summary>Copies everything from <paramref name="source"/> into the empty <paramref name="target"/>.</summary>
    /// <param name="tryClone">False once a clone failed on this pair of file systems; set by this method.</param>
    public static void Copy(SafeFileHandle source, SafeFileHandle target, long size, ref bool tryClone, CancellationToken ct)
    {
        if (size == 0)
        {
            return;
        }

        if (tryClone)
        {
            if (Ioctl(At.Fd(target), Ficlone, At.Fd(source)) == 0)
            {
                return;
            }

            tryClone = false;
        }

        Sparse(source, target, size, ct);
    }

    private static void Sparse(SafeFileHandle source, SafeFileHandle target, long size, CancellationToken ct)
    {
        At.Check(Truncate(At.Fd(target), size), "set size of", "copy");
        var inKernel = true;
        for (long offset = 0; offset < size;)
        {
            var data = Seek(At.Fd(source), offset, SeekData);
            if (data < 0)
            {
                if (LinuxError.LastErrno == LinuxError.NoDevice)
                {
                    return;
                }

                data = offset;
            }

            var end = Seek(At.Fd(source), data, SeekHole);
            end = end < 0 ? size : Math.Min(end, size);
            while (data < end)
            {
                ct.ThrowIfCancellationRequested();
                var moved = Move(source, target, data, Math.Min(end - data, Chunk * 16), ref inKernel);
                if (moved == 0)
                {
                    return;
                }

                data += moved;
            }

            offset = end;
        }
    }

    private static long Move(SafeFileHandle source, SafeFileHandle target, long offset, long length, ref bool inKernel)
    {
        if (inKernel)
        {
            long from = offset;
            long to = offset;
            var moved = CopyFileRange(At.Fd(source), &from, At.Fd(target), &to, (nint)length, 0);
            if (moved > 0)
            {
                return moved;
            }

            inKernel = false;
        }

        var buffer = new byte[(int)Math.Min(length, Chunk)];
        var read = RandomAccess.Read(source, buffer, offset);
        RandomAccess.Write(target, buffer.AsSpan(0, read), offset);
        return read;
    }
}
