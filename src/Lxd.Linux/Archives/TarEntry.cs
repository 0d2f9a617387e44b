namespace Lxd.Linux.Archives;

/// <summary>One entry of a tar. Names are raw: one char per byte.</summary>
internal sealed record TarEntry
{
    public const char File = '0';
    public const char HardLink = '1';
    public const char Symlink = '2';
    public const char Character = '3';
    public const char Block = '4';
    public const char Directory = '5';
    public const char Fifo = '6';

    public required string Name { get; init; }

    public required char Type { get; init; }

    public string LinkName { get; init; } = "";

    public uint Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>The length of the file once unpacked.</summary>
    public long Size { get; init; }

    public long Modified { get; init; }

    public uint ModifiedNanoseconds { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    public IReadOnlyList<(string Key, byte[] Value)> Xattrs { get; init; } = [];

    /// <summary>The parts that have data, for a file with holes.</summary>
    public IReadOnlyList<(long Offset, long Length)>? Sparse { get; init; }
}
