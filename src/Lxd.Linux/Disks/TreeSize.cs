using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Disks;

/// <summary>What a tree takes of the disk.</summary>
public static class TreeSize
{
    private const int Sector = 512;

    /// <summary>Bytes of all blocks below a directory, files with several names counted once. Names that vanish meanwhile are passed over.</summary>
    public static long Measure(string path, CancellationToken ct)
    {
        using var dir = At.OpenDirectory(path);
        return (At.Stat(dir).Blocks * Sector) + Below(dir, [], ct);
    }

    private static long Below(SafeFileHandle dir, HashSet<ulong> seen, CancellationToken ct)
    {
        long bytes = 0;
        foreach (var name in At.List(dir))
        {
            ct.ThrowIfCancellationRequested();
            if (At.TryStat(dir, name) is not { } stat)
            {
                continue;
            }

            if (stat.Links == 1 || stat.IsDirectory || seen.Add(stat.Inode))
            {
                bytes += stat.Blocks * Sector;
            }

            if (stat.IsDirectory)
            {
                using var inner = At.OpenDirectory(dir, name);
                bytes += Below(inner, seen, ct);
            }
        }

        return bytes;
    }
}
