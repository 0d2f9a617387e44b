using System.Globalization;
using Lxd.Linux.Disks;

namespace Lxd.Linux.Archives;

/// <summary>Reads a tar entry by entry: v7, ustar, pax and GNU with long names and holes.</summary>
internal sealed class TarReader(Stream input)
{
    private const int MaxMeta = 4 << 20;
    private const int MaxName = 4096;
    private const int MaxSparseParts = 1_000_000;

    private readonly byte[] _block = new byte[TarHeader.BlockSize];
    private PaxRecords _global = new();
    private long _left;
    private int _padding;

    /// <summary>The next entry, null at the end. What was not read of the entry before is skipped.</summary>
    public TarEntry? Next()
    {
        PaxRecords? pax = null;
        string? longName = null;
        string? longLink = null;
        while (true)
        {
            Skip();
            if (!ReadBlock())
            {
                return null;
            }

            var header = new TarHeader(_block);
            if (header.IsZero)
            {
                return null;
            }

            if (!header.ChecksumFits())
            {
                throw BadArchive.Because("wrong checksum of a header");
            }

            var size = header.Size;
            SetData(size);
            switch (header.Type)
            {
                case 'x' or 'X':
                    pax = PaxRecords.Parse(ReadMeta());
                    break;
                case 'g':
                    _global = PaxRecords.Parse(ReadMeta());
                    break;
                case 'L':
                    longName = RawName.FromBytes(Meta());
                    break;
                case 'K':
                    longLink = RawName.FromBytes(Meta());
                    break;
                case '\0' or '7' or (>= '0' and <= '6') or 'S':
                    return Entry(header, pax ?? new PaxRecords(), longName, longLink);
                default:
                    pax = null;
                    longName = longLink = null;
                    break;
            }
        }
    }

    /// <summary>The next bytes of the entry's data as they lie in the archive; 0 at their end.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_left == 0)
        {
            return 0;
        }

        var read = input.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
        {
            throw BadArchive.Because("unexpected end");
        }

        _left -= read;
        return read;
    }

    private TarEntry Entry(TarHeader header, PaxRecords pax, string? longName, string? longLink)
    {
        var name = pax.Text("GNU.sparse.name") ?? pax.Text("path") ?? longName ?? header.Name;
        var link = pax.Text("linkpath") ?? longLink ?? header.LinkName;
        if (name.Length > MaxName || link.Length > MaxName || name.Contains('\0', StringComparison.Ordinal) || link.Contains('\0', StringComparison.Ordinal))
        {
            throw BadArchive.Because("name too long");
        }

        var type = header.Type is '\0' or '7' or 'S' ? TarEntry.File : header.Type;
        type = type == TarEntry.File && name.EndsWith('/') ? TarEntry.Directory : type;
        if (pax.Number("size") is { } size)
        {
            SetData(size);
        }

        if (type != TarEntry.File)
        {
            Skip(); // only files have data; some writers record a size for hard links all the same
        }

        var time = pax.Time("mtime") ?? _global.Time("mtime") ?? (header.Modified, 0u);
        var special = type is TarEntry.Character or TarEntry.Block;
        var entry = new TarEntry
        {
            Name = name,
            Type = type,
            LinkName = link,
            Mode = header.Mode,
            Uid = Id(pax.Number("uid") ?? _global.Number("uid") ?? header.Uid),
            Gid = Id(pax.Number("gid") ?? _global.Number("gid") ?? header.Gid),
            Size = type == TarEntry.File ? _left : 0,
            Modified = time.Item1,
            ModifiedNanoseconds = time.Item2,
            DeviceMajor = special ? header.DeviceMajor : 0,
            DeviceMinor = special ? header.DeviceMinor : 0,
            Xattrs = pax.Xattrs(),
        };
        return type == TarEntry.File ? WithHoles(entry, header, pax) : entry;
    }

    private TarEntry WithHoles(TarEntry entry, TarHeader header, PaxRecords pax)
    {
        List<(long Offset, long Length)>? map = null;
        long real = 0;
        if (header.Type == 'S')
        {
            real = header.Number(483, 12);
            map = OldSparseMap(header);
        }
        else if (pax.Text("GNU.sparse.major") == "1")
        {
            real = pax.Number("GNU.sparse.realsize") ?? throw BadArchive.Because("sparse file without size");
            map = LeadingSparseMap();
        }
        else if (pax.SparseMap() is { } old)
        {
            real = pax.Number("GNU.sparse.size") ?? pax.Number("GNU.sparse.realsize") ?? throw BadArchive.Because("sparse file without size");
            map = old;
        }

        if (map is null)
        {
            return entry;
        }

        long end = 0;
        long data = 0;
        foreach (var (offset, length) in map)
        {
            if (length < 0 || offset < end || offset > real - length)
            {
                throw BadArchive.Because("malformed sparse map");
            }

            end = offset + length;
            data += length;
        }

        return data == _left ? entry with { Size = real, Sparse = map } : throw BadArchive.Because("malformed sparse map");
    }

    /// <summary>Four parts in the header, 21 in each block that follows while its flag says so.</summary>
    private List<(long Offset, long Length)> OldSparseMap(TarHeader header)
    {
        var map = new List<(long, long)>();
        ReadParts(header, 386, 4, map);
        var more = _block[482] != 0;
        var left = _left;
        while (more)
        {
            if (!ReadBlock() || map.Count > MaxSparseParts)
            {
                throw BadArchive.Because("malformed sparse map");
            }

            ReadParts(new TarHeader(_block), 0, 21, map);
            more = _block[504] != 0;
        }

        _left = left;
        return map;
    }

    private static void ReadParts(TarHeader block, int offset, int count, List<(long, long)> map)
    {
        for (var i = 0; i < count && block.Text(offset + (i * 24) + 12, 12).Length > 0; i++)
        {
            map.Add((block.Number(offset + (i * 24), 12), block.Number(offset + (i * 24) + 12, 12)));
        }
    }

    /// <summary>Sparse format 1.0: decimal numbers a line each before the data, padded to a block.</summary>
    private List<(long Offset, long Length)> LeadingSparseMap()
    {
        var block = new byte[TarHeader.BlockSize];
        var at = block.Length;
        long NextNumber()
        {
            long value = 0;
            for (var digits = 0; ; digits++)
            {
                if (at == block.Length)
                {
                    for (var filled = 0; filled < block.Length;)
                    {
                        var read = Read(block.AsSpan(filled));
                        filled += read == 0 ? throw BadArchive.Because("malformed sparse map") : read;
                    }

                    at = 0;
                }

                var c = block[at++];
                if (c == '\n' && digits > 0)
                {
                    return value;
                }

                if (c is < (byte)'0' or > (byte)'9' || digits > 17)
                {
                    throw BadArchive.Because("malformed sparse map");
                }

                value = (value * 10) + (c - '0');
            }
        }

        var count = NextNumber();
        if (count > MaxSparseParts)
        {
            throw BadArchive.Because("malformed sparse map");
        }

        var map = new List<(long, long)>();
        for (long i = 0; i < count; i++)
        {
            map.Add((NextNumber(), NextNumber()));
        }

        return map;
    }

    private static uint Id(long value) =>
        value is >= 0 and < uint.MaxValue ? (uint)value : throw BadArchive.Because(string.Create(CultureInfo.InvariantCulture, $"owner {value} out of range"));

    private void SetData(long size)
    {
        if (size < 0)
        {
            throw BadArchive.Because("negative size");
        }

        if (size > long.MaxValue - TarHeader.BlockSize)
        {
            throw BadArchive.Because("size too large");
        }

        _left = size;
        _padding = (int)((TarHeader.BlockSize - (size % TarHeader.BlockSize)) % TarHeader.BlockSize);
    }

    private ReadOnlySpan<byte> Meta()
    {
        var data = ReadMeta().AsSpan();
        var end = data.IndexOf((byte)0);
        return end < 0 ? data : data[..end];
    }

    private byte[] ReadMeta()
    {
        if (_left > MaxMeta)
        {
            throw BadArchive.Because("extended header too large");
        }

        var data = new byte[(int)_left];
        input.ReadExactly(data);
        _left = 0;
        return data;
    }

    private bool ReadBlock()
    {
        var read = input.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false);
        return read == _block.Length || (read == 0 ? false : throw BadArchive.Because("unexpected end"));
    }

    private void Skip()
    {
        var skip = _left + _padding;
        _left = _padding = 0;
        if (skip > 0 && input.CanSeek)
        {
            if (skip > input.Length - input.Position)
            {
                throw BadArchive.Because("unexpected end");
            }

            input.Seek(skip, SeekOrigin.Current);
            return;
        }

        Span<byte> waste = stackalloc byte[8192];
        while (skip > 0)
        {
            var read = input.Read(waste[..(int)Math.Min(waste.Length, skip)]);
            skip -= read == 0 ? throw BadArchive.Because("unexpected end") : read;
        }
    }
}
