namespace Lxd.Linux.Disks;

/// <summary>What a file is, as statx tells.</summary>
public readonly record struct FileStat(
    uint Mode, uint Uid, uint Gid, long Size, long Blocks, uint Links, ulong Inode, (uint Major, uint Minor) Device, (uint Major, uint Minor) Special,
    (long Seconds, uint Nanoseconds) Accessed, (long Seconds, uint Nanoseconds) Modified, ulong Mount)
{
    public const uint TypeMask = 0xf000;
    public const uint Socket = 0xc000;
    public const uint Link = 0xa000;
    public const uint Regular = 0x8000;
    public const uint Block = 0x6000;
    public const uint Directory = 0x4000;
    public const uint Character = 0x2000;
    public const uint Fifo = 0x1000;

    public uint Type => Mode & TypeMask;

    public uint Permissions => Mode & 0xfff;

    public bool IsDirectory => Type == Directory;

    public bool IsRegular => Type == Regular;

    public bool IsLink => Type == Link;
}
