using Lxd.Core;

namespace Lxd.Linux.Disks;

/// <summary>Files that hold a disk.</summary>
public static class DiskFile
{
    /// <summary>The length of the disk and what it takes of the host's space, in bytes.</summary>
    public static (long Length, long Stored) Sizes(string path)
    {
        const int Sector = 512;
        var stat = At.TryStat(path) ?? throw new FileNotFoundException($"\"{path}\" not found");
        return (stat.Size, stat.Blocks * Sector);
    }

    /// <summary>The path of a disk, which is not followed where it is a link: volumes come with files of strangers.</summary>
    public static string Checked(string path) => At.TryStat(path) is { } stat && stat.Type is not (FileStat.Regular or FileStat.Block)
        ? throw ApiException.Internal($"openat {Path.GetFileName(path)}: path escapes from parent")
        : path;

    /// <summary>Makes a disk that large, with holes; one that is larger is a bad request.</summary>
    /// <param name="size">0 leaves a disk that holds something as it is.</param>
    /// <param name="fallback">The size of an empty one that is given none.</param>
    /// <returns>The length it has then.</returns>
    public static long Grow(string path, long size, long fallback)
    {
        const long Unit = 8192;
        using var file = new FileStream(Checked(path), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (size == 0 && file.Length > 0)
        {
            return file.Length;
        }

        size = ((size > 0 ? size : fallback) + Unit - 1) / Unit * Unit;
        if (file.Length > size)
        {
            throw ApiException.BadRequest("Block volumes cannot be shrunk");
        }

        if (file.Length == 0)
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        file.SetLength(size);
        return size;
    }
}
