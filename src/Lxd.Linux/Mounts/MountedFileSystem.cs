namespace Lxd.Linux.Mounts;

/// <summary>A file system as statfs tells.</summary>
/// <param name="Magic">The type: one of the constants, or another number.</param>
public sealed record MountedFileSystem(long Magic, long TotalBytes, long FreeBytes, long AvailableBytes, long TotalInodes, long FreeInodes)
{
    public const long Btrfs = 0x9123683e;
    public const long Ext4 = 0xef53;
    public const long Xfs = 0x58465342;
    public const long Tmpfs = 0x01021994;
    public const long Overlay = 0x794c7630;
    public const long Zfs = 0x2fc12fc1;

    /// <summary>The word for the type, as the server's information shows it.</summary>
    public string Name => Magic switch
    {
        Btrfs => "btrfs",
        Ext4 => "ext4",
        Xfs => "xfs",
        Tmpfs => "tmpfs",
        Overlay => "overlay",
        Zfs => "zfs",
        _ => $"0x{Magic:x}",
    };
}
