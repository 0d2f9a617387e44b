using System.Buffers;
using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Disks;

/// <summary>Copies the content of a file the cheapest way there is: shared extents, in-kernel copy, plain copy; holes stay holes.</summary>
internal static unsafe class FileData
{
    private const nuint Ficlone = 0x40049409;
    private const int SeekData = 3;
    private const int SeekHole = 4;
    private const int Chunk = 16 << 20;

    /// <summary>Fits the processor's second cache: what was read is written from there.</summary>
    private const int BufferSize = 256 << 10;

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

        if (Sparse(source, target, size, ct) < size)
        {
            At.Check(Truncate(At.Fd(target), size), "set size of", "copy");
        }
    }

    /// <returns>Where the content ends that was copied; a hole may follow.</returns>
    private static long Sparse(SafeFileHandle source, SafeFileHandle target, long size, CancellationToken ct)
    {
        var inKernel = true;
        long copied = 0;
        for (long offset = 0; offset < size;)
        {
            var data = Seek(At.Fd(source), offset, SeekData);
            if (data < 0)
            {
                if (LinuxError.LastErrno == LinuxError.NoDevice)
                {
                    return copied;
                }

                data = offset;
            }

            var end = Seek(At.Fd(source), data, SeekHole);
            end = end < 0 ? size : Math.Min(end, size);
            while (data < end)
            {
                ct.ThrowIfCancellationRequested();
                var moved = Move(source, target, data, Math.Min(end - data, Chunk), ref inKernel);
                if (moved == 0)
                {
                    return copied;
                }

                data += moved;
                copied = data;
            }

            offset = end;
        }

        return copied;
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

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            fixed (byte* start = buffer)
            {
                var read = ReadAt(At.Fd(source), start, (nint)Math.Min(length, BufferSize), offset);
                var written = read > 0 ? WriteAt(At.Fd(target), start, read, offset) : read;
                return written >= 0 ? written : throw LinuxError.Last("copy", "content of a file");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
