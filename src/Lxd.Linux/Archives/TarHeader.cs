using Lxd.Linux.Disks;

namespace Lxd.Linux.Archives;

/// <summary>The 512 bytes before an entry: v7, ustar and GNU.</summary>
internal readonly ref struct TarHeader(ReadOnlySpan<byte> block)
{
    public const int BlockSize = 512;
    private readonly ReadOnlySpan<byte> _block = block;

    public bool IsZero => _block.IndexOfAnyExcept((byte)0) < 0;

    public char Type => (char)_block[156];

    public uint Mode => (uint)(Number(100, 8) & 0xfff);

    public long Uid => Number(108, 8);

    public long Gid => Number(116, 8);

    public long Size => Number(124, 12);

    public long Modified => Number(136, 12);

    public string LinkName => Text(157, 100);

    public uint DeviceMajor => (uint)Number(329, 8);

    public uint DeviceMinor => (uint)Number(337, 8);

    public bool IsGnu => _block.Slice(257, 6).SequenceEqual("ustar "u8);

    public string Name
    {
        get
        {
            var name = Text(0, 100);
            var ustar = _block.Slice(257, 6).SequenceEqual("ustar\0"u8);
            var prefix = ustar ? Text(345, 155) : "";
            return prefix.Length == 0 ? name : prefix + "/" + name;
        }
    }

    /// <summary>The sum of all bytes with the sum's own field read as spaces.</summary>
    public bool ChecksumFits()
    {
        long unsigned = 0;
        long signed = 0;
        for (var i = 0; i < BlockSize; i++)
        {
            var b = i is >= 148 and < 156 ? (byte)' ' : _block[i];
            unsigned += b;
            signed += (sbyte)b;
        }

        var told = Number(148, 8);
        return told == unsigned || told == signed;
    }

    /// <summary>A number in octal digits or, with the first bit set, in binary.</summary>
    public long Number(int offset, int length)
    {
        var field = _block.Slice(offset, length);
        return (field[0] & 0x80) != 0 ? Binary(field) : Octal(field);
    }

    public string Text(int offset, int length)
    {
        var field = _block.Slice(offset, length);
        var end = field.IndexOf((byte)0);
        return RawName.FromBytes(end < 0 ? field : field[..end]);
    }

    private static long Binary(ReadOnlySpan<byte> field)
    {
        long value = (field[0] & 0x40) != 0 ? -1 : 0;
        foreach (var b in field[1..])
        {
            if (value is > long.MaxValue >> 8 or < long.MinValue >> 8)
            {
                throw BadArchive.Because("number too large");
            }

            value = (value << 8) | b;
        }

        return value;
    }

    private static long Octal(ReadOnlySpan<byte> field)
    {
        long value = 0;
        foreach (var b in field.Trim(" \0"u8))
        {
            if (b is < (byte)'0' or > (byte)'7')
            {
                if (b is 0 or (byte)' ')
                {
                    break;
                }

                throw BadArchive.Because("malformed number");
            }

            value = (value << 3) | (uint)(b - '0');
        }

        return value;
    }
}
