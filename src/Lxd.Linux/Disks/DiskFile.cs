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
}
