namespace Lxd.Linux.Files;

/// <summary>What stands at a path.</summary>
/// <param name="Mount">Tells mounts apart; 0 where the kernel does not.</param>
public sealed record FileEntry(uint Mode, uint Uid, uint Gid, long Size, DateTime Modified, DateTime Accessed, ulong Mount)
{
    private const uint TypeMask = 0xf000;

    public uint Permissions => Mode & 0xfff;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xa000;
}
