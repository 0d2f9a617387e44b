using System.Globalization;
using System.Text;
using Lxd.Linux.Disks;

namespace Lxd.Linux.Archives;

/// <summary>The records of a pax header. Values are bytes: attributes are binary, names of any encoding.</summary>
internal sealed class PaxRecords
{
    private const string XattrPrefix = "SCHILY.xattr.";

    private readonly Dictionary<string, byte[]> _values = [];
    private readonly List<(string Key, string Value)> _sparsePairs = [];

    public static PaxRecords Parse(ReadOnlySpan<byte> data)
    {
        var records = new PaxRecords();
        while (data.Length > 0 && data[0] != 0)
        {
            var space = data.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length <= space + 1 || length > data.Length
                || data[length - 1] != '\n')
            {
                throw BadArchive.Because("malformed extended header");
            }

            var record = data[(space + 1)..(length - 1)];
            var equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw BadArchive.Because("malformed extended header");
            }

            records.Add(RawName.FromBytes(record[..equals]), record[(equals + 1)..]);
            data = data[length..];
        }

        return records;
    }

    public void Add(string key, ReadOnlySpan<byte> value)
    {
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
        {
            _sparsePairs.Add((key, RawName.FromBytes(value)));
        }
        else
        {
            _values[key] = value.ToArray();
        }
    }

    public void Add(string key, string raw) => Add(key, RawName.ToBytes(raw).AsSpan()[..^1]);

    public string? Text(string key) => _values.TryGetValue(key, out var value) ? RawName.FromBytes(value) : null;

    public long? Number(string key)
    {
        if (Text(key) is not { Length: > 0 } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw BadArchive.Because($"malformed {key}");
    }

    /// <summary>Seconds and nanoseconds of a time such as <c>1700000000.25</c>.</summary>
    public (long Seconds, uint Nanoseconds)? Time(string key)
    {
        if (Text(key) is not { Length: > 0 } text)
        {
            return null;
        }

        return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is < 1L << 40 and > -(1L << 40)
            ? ((long)Math.Floor(value), (uint)((value - Math.Floor(value)) * 1_000_000_000))
            : throw BadArchive.Because($"malformed {key}");
    }

    public List<(string Key, byte[] Value)> Xattrs() =>
        [.. _values.Where(v => v.Key.StartsWith(XattrPrefix, StringComparison.Ordinal)).Select(v => (v.Key[XattrPrefix.Length..], v.Value))];

    /// <summary>The map of the sparse formats 0.0 and 0.1, null where there is none.</summary>
    public List<(long Offset, long Length)>? SparseMap()
    {
        var numbers = Text("GNU.sparse.map")?.Split(',') ?? (_sparsePairs.Count > 0 ? [.. _sparsePairs.Select(p => p.Value)] : null);
        if (numbers is null)
        {
            return null;
        }

        var map = new List<(long, long)>();
        for (var i = 0; i + 1 < numbers.Length; i += 2)
        {
            if (!long.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
                || !long.TryParse(numbers[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            {
                throw BadArchive.Because("malformed sparse map");
            }

            map.Add((offset, length));
        }

        return map;
    }

    public bool IsEmpty => _values.Count == 0 && _sparsePairs.Count == 0;

    /// <summary>The records as they stand in an archive.</summary>
    public byte[] ToBytes()
    {
        using var result = new MemoryStream();
        foreach (var (key, value) in _values)
        {
            var rest = key.Length + value.Length + 3;
            var length = rest + Digits(rest);
            length = rest + Digits(length);
            result.Write(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{length} {key}=")));
            result.Write(value);
            result.WriteByte((byte)'\n');
        }

        return result.ToArray();
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
}
