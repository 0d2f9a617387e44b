namespace Lxd.Core.Sftp;

/// <summary>Attributes of a file; null where they are not said. Times are seconds since 1970.</summary>
/// <param name="Mode">Type and permissions.</param>
public sealed record SftpAttributes(long? Size = null, (uint Uid, uint Gid)? Owner = null, uint? Mode = null, (uint Accessed, uint Modified)? Times = null)
{
    private const uint HasSize = 1;
    private const uint HasOwner = 2;
    private const uint HasMode = 4;
    private const uint HasTimes = 8;
    private const uint HasMore = 0x80000000;
    private const uint TypeMask = 0xf000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xa000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public static SftpAttributes Read(ref SftpReader reader)
    {
        var flags = reader.UInt32();
        long? size = (flags & HasSize) != 0 ? (long)Math.Min(reader.UInt64(), long.MaxValue) : null;
        (uint, uint)? owner = (flags & HasOwner) != 0 ? (reader.UInt32(), reader.UInt32()) : null;
        uint? mode = (flags & HasMode) != 0 ? reader.UInt32() : null;
        (uint, uint)? times = (flags & HasTimes) != 0 ? (reader.UInt32(), reader.UInt32()) : null;
        if ((flags & HasMore) != 0)
        {
            for (var count = reader.UInt32(); count > 0; count--)
            {
                _ = reader.Bytes();
                _ = reader.Bytes();
            }
        }

        return new SftpAttributes(size, owner, mode, times);
    }

    public void Write(SftpWriter writer)
    {
        writer.UInt32((Size is null ? 0 : HasSize) | (Owner is null ? 0 : HasOwner) | (Mode is null ? 0 : HasMode) | (Times is null ? 0 : HasTimes));
        if (Size is { } size)
        {
            writer.UInt64((ulong)size);
        }

        if (Owner is var (uid, gid))
        {
            writer.UInt32(uid);
            writer.UInt32(gid);
        }

        if (Mode is { } mode)
        {
            writer.UInt32(mode);
        }

        if (Times is var (accessed, modified))
        {
            writer.UInt32(accessed);
            writer.UInt32(modified);
        }
    }
}
