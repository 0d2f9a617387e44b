using System.Globalization;
using System.Text;
using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Archives;

/// <summary>Writes a pax tar: what does not fit a plain header goes into an extended one before it.</summary>
internal sealed class TarWriter(Stream output, Action<long>? progress, CancellationToken ct)
{
    private const long MaxOctalSize = 1L << 33;
    private const uint MaxOctalId = 1u << 21;
    private const int BufferSize = 1 << 20;
    private const long SparseFrom = 1 << 20;
    private const int MaxDepth = 4096;

    private readonly Dictionary<(ulong Inode, (uint, uint) Device), string> _links = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private ReadAhead? _ahead;
    private long _bytes;

    public void Add(PackItem item)
    {
        var name = RawName.FromText(item.Name);
        if (item.Path is null)
        {
            var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            Header(new TarEntry { Name = name, Type = TarEntry.File, Mode = item.Mode, Size = item.Bytes.Length, Modified = time }, item.Bytes.Length);
            output.Write(item.Bytes.Span);
            Pad(item.Bytes.Length);
            return;
        }

        var path = Path.TrimEndingDirectorySeparator(item.Path);
        using var dir = At.OpenDirectory(Path.GetDirectoryName(path)!);
        using var root = Directory.Exists(path) ? At.OpenDirectory(path) : null;
        using var ahead = root is null ? null : new ReadAhead(root, sorted: true);
        _ahead = ahead;
        Entry(dir, RawName.FromText(Path.GetFileName(path)), name, "", item, 0);
        _ahead = null;
    }

    /// <summary>The two zero blocks at the end.</summary>
    public void Finish() => output.Write(new byte[TarHeader.BlockSize * 2]);

    private void Entry(SafeFileHandle dir, string name, string archiveName, string relative, PackItem item, int depth)
    {
        ct.ThrowIfCancellationRequested();
        if (At.TryStat(dir, name) is not { } stat || stat.Type == FileStat.Socket)
        {
            return;
        }

        if (depth > MaxDepth)
        {
            throw new IOException("Directories are nested too deeply");
        }

        var entry = Describe(dir, name, archiveName, stat, item.Shift);
        if (entry.Type is not TarEntry.Directory && stat.Links > 1 && !_links.TryAdd((stat.Inode, stat.Device), archiveName))
        {
            Header(entry with { Type = TarEntry.HardLink, LinkName = _links[(stat.Inode, stat.Device)], Size = 0, Xattrs = [] }, 0);
            return;
        }

        switch (entry.Type)
        {
            case TarEntry.File:
                FileContent(dir, name, entry);
                break;
            case TarEntry.Directory:
                Header(entry with { Name = archiveName + "/" }, 0);
                Children(dir, name, archiveName, relative, item, depth);
                break;
            default:
                Header(entry, 0);
                break;
        }
    }

    private void Children(SafeFileHandle dir, string name, string archiveName, string relative, PackItem item, int depth)
    {
        using var inner = At.OpenDirectory(dir, name);
        var names = At.List(inner);
        names.Sort(StringComparer.Ordinal);
        foreach (var child in names)
        {
            _ahead?.Passed();
            var path = relative.Length == 0 ? child : relative + "/" + child;
            if (item.Exclude?.Invoke(RawName.ToText(path)) != true)
            {
                Entry(inner, child, archiveName + "/" + child, path, item, depth + 1);
            }
        }
    }

    private static TarEntry Describe(SafeFileHandle dir, string name, string archiveName, FileStat stat, IdShift? shift) => new()
    {
        Name = archiveName,
        Type = stat.Type switch
        {
            FileStat.Directory => TarEntry.Directory,
            FileStat.Link => TarEntry.Symlink,
            FileStat.Character => TarEntry.Character,
            FileStat.Block => TarEntry.Block,
            FileStat.Fifo => TarEntry.Fifo,
            _ => TarEntry.File,
        },
        LinkName = stat.IsLink ? At.ReadLink(dir, name) : "",
        Mode = stat.Permissions,
        Uid = shift?.Uid(stat.Uid) ?? stat.Uid,
        Gid = shift?.Gid(stat.Gid) ?? stat.Gid,
        Size = stat.IsRegular ? stat.Size : 0,
        Modified = stat.Modified.Seconds,
        DeviceMajor = stat.Special.Major,
        DeviceMinor = stat.Special.Minor,
        Xattrs = [.. Xattrs.Read(dir, name).Where(x => Xattrs.IsPortable(x.Name)).Select(x => (x.Name, XattrShift.Apply(x.Name, x.Value, shift)))],
    };

    private void FileContent(SafeFileHandle dir, string name, TarEntry entry)
    {
        using var file = At.Open(dir, name, FileCalls.OReadOnly | FileCalls.ONonBlock);
        var map = entry.Size >= SparseFrom ? HoleMap.Of(file, entry.Size) : null;
        if (map is null)
        {
            Header(entry, entry.Size);
            Copy(file, 0, entry.Size);
            Pad(entry.Size);
            return;
        }

        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{map.Count}\n");
        foreach (var (offset, length) in map)
        {
            text.Append(CultureInfo.InvariantCulture, $"{offset}\n{length}\n");
        }

        var head = Encoding.ASCII.GetBytes(text.ToString());
        var headLength = (head.Length + TarHeader.BlockSize - 1) / TarHeader.BlockSize * TarHeader.BlockSize;
        var data = map.Sum(p => p.Length);
        Header(entry with { Sparse = map }, headLength + data);
        output.Write(head);
        Pad(head.Length);
        foreach (var (offset, length) in map)
        {
            Copy(file, offset, length);
        }

        Pad(data);
    }

    /// <summary>Exactly this many bytes: a file that shrank meanwhile is filled up with zeros.</summary>
    private void Copy(SafeFileHandle file, long offset, long length)
    {
        while (length > 0)
        {
            ct.ThrowIfCancellationRequested();
            var want = (int)Math.Min(_buffer.Length, length);
            var read = RandomAccess.Read(file, _buffer.AsSpan(0, want), offset);
            if (read == 0)
            {
                _buffer.AsSpan(0, want).Clear();
                read = want;
            }

            output.Write(_buffer.AsSpan(0, read));
            offset += read;
            length -= read;
            _bytes += read;
            progress?.Invoke(_bytes);
        }
    }

    private void Header(TarEntry entry, long dataLength)
    {
        var pax = Extended(entry, dataLength);
        if (!pax.IsEmpty)
        {
            var data = pax.ToBytes();
            var name = entry.Name.TrimEnd('/');
            Block(new TarEntry { Name = "./PaxHeaders/" + name[(name.LastIndexOf('/') + 1)..], Type = 'x', Mode = 0x1a4 }, data.Length);
            output.Write(data);
            Pad(data.Length);
        }

        Block(entry, dataLength);
    }

    private static PaxRecords Extended(TarEntry entry, long dataLength)
    {
        const int FieldLength = 100;
        var pax = new PaxRecords();
        if (entry.Sparse is not null)
        {
            pax.Add("GNU.sparse.major", "1");
            pax.Add("GNU.sparse.minor", "0");
            pax.Add("GNU.sparse.name", entry.Name);
            pax.Add("GNU.sparse.realsize", entry.Size.ToString(CultureInfo.InvariantCulture));
        }
        else if (entry.Name.Length > FieldLength)
        {
            pax.Add("path", entry.Name);
        }

        if (entry.LinkName.Length > FieldLength)
        {
            pax.Add("linkpath", entry.LinkName);
        }

        void Number(string key, long value, long limit)
        {
            if (value < 0 || value >= limit)
            {
                pax.Add(key, value.ToString(CultureInfo.InvariantCulture));
            }
        }

        Number("size", dataLength, MaxOctalSize);
        Number("uid", entry.Uid, MaxOctalId);
        Number("gid", entry.Gid, MaxOctalId);
        Number("mtime", entry.Modified, MaxOctalSize);
        foreach (var (key, value) in entry.Xattrs)
        {
            pax.Add("SCHILY.xattr." + key, value);
        }

        return pax;
    }

    private void Block(TarEntry entry, long dataLength)
    {
        var block = new byte[TarHeader.BlockSize];
        Text(block.AsSpan(0, 100), entry.Name);
        Octal(block.AsSpan(100, 8), entry.Mode);
        Octal(block.AsSpan(108, 8), entry.Uid < MaxOctalId ? entry.Uid : 0);
        Octal(block.AsSpan(116, 8), entry.Gid < MaxOctalId ? entry.Gid : 0);
        Octal(block.AsSpan(124, 12), dataLength < MaxOctalSize ? dataLength : 0);
        Octal(block.AsSpan(136, 12), entry.Modified is >= 0 and < MaxOctalSize ? entry.Modified : 0);
        block.AsSpan(148, 8).Fill((byte)' ');
        block[156] = (byte)entry.Type;
        Text(block.AsSpan(157, 100), entry.LinkName);
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        Octal(block.AsSpan(329, 8), entry.DeviceMajor);
        Octal(block.AsSpan(337, 8), entry.DeviceMinor);
        long sum = 0;
        foreach (var b in block)
        {
            sum += b;
        }

        Octal(block.AsSpan(148, 7), sum);
        output.Write(block);
    }

    private static void Text(Span<byte> field, string raw) => Encoding.Latin1.GetBytes(raw.AsSpan(0, Math.Min(raw.Length, field.Length)), field);

    private static void Octal(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }

        field[^1] = 0;
    }

    private void Pad(long length)
    {
        var rest = (int)(length % TarHeader.BlockSize);
        if (rest > 0)
        {
            output.Write(new byte[TarHeader.BlockSize - rest]);
        }
    }
}
