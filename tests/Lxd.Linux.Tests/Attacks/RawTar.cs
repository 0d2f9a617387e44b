using System.Buffers.Binary;
using System.Text;

namespace Lxd.Linux.Tests.Attacks;

/// <summary>Writes tars no honest program writes: every field is what a test says.</summary>
internal sealed class RawTar
{
    private readonly MemoryStream _out = new();
    private long _last;

    /// <summary>The archive with its end.</summary>
    public byte[] ToArray() => [.. _out.ToArray(), .. new byte[1024]];

    /// <summary>The archive cut off where it stands.</summary>
    public byte[] Cut() => _out.ToArray();

    /// <summary>Changes the first byte of what was added last, after its checksum was made.</summary>
    public RawTar Spoil()
    {
        _out.GetBuffer()[_last] ^= 1;
        return this;
    }

    public RawTar File(string name, string text = "x", uint mode = 0x1a4) => Add(name, '0', data: Encoding.UTF8.GetBytes(text), mode: mode);

    public RawTar Directory(string name, uint mode = 0x1ed) => Add(name, '5', mode: mode);

    public RawTar Symlink(string name, string target) => Add(name, '2', target);

    public RawTar HardLink(string name, string target) => Add(name, '1', target);

    /// <summary>Records of a pax header for the entry that follows.</summary>
    public RawTar Pax(params (string Key, string Value)[] records)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in records)
        {
            var rest = key.Length + value.Length + 3;
            var length = rest + 1;
            while (length != rest + $"{length}".Length)
            {
                length = rest + $"{length}".Length;
            }

            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{length} {key}={value}\n");
        }

        return Add("pax", 'x', data: Encoding.Latin1.GetBytes(text.ToString()));
    }

    /// <param name="name">At most 100 bytes of it go into the header.</param>
    /// <param name="type">Any character.</param>
    /// <param name="link">What it links to.</param>
    /// <param name="data">What follows the header.</param>
    /// <param name="mode">All twelve bits.</param>
    /// <param name="size">What the header says; null for the truth.</param>
    /// <param name="device">Of a node.</param>
    /// <param name="change">Has the last word on the header, before its checksum.</param>
    public RawTar Add(string name, char type, string link = "", byte[]? data = null, uint mode = 0x1a4, long? size = null, (uint Major, uint Minor) device = default, Action<byte[]>? change = null)
    {
        data ??= [];
        var header = new byte[512];
        Text(header, 0, 100, name);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Size(header, size ?? data.Length);
        Octal(header, 136, 12, 1_700_000_000);
        header[156] = (byte)type;
        Text(header, 157, 100, link);
        Text(header, 257, 8, "ustar\0" + "00");
        Octal(header, 329, 8, device.Major);
        Octal(header, 337, 8, device.Minor);
        change?.Invoke(header);
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 8, header.Sum(b => b));
        _last = _out.Position;
        _out.Write(header);
        _out.Write(data);
        _out.Write(new byte[(512 - (data.Length % 512)) % 512]);
        return this;
    }

    public static void Text(byte[] header, int at, int length, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, length)).CopyTo(header.AsSpan(at));
    }

    public static void Size(byte[] header, long size)
    {
        if (size is >= 0 and < 1L << 33)
        {
            Octal(header, 124, 12, size);
            return;
        }

        header.AsSpan(124, 4).Fill(size < 0 ? (byte)0xff : (byte)0);
        header[124] |= 0x80;
        BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(128), size);
    }

    private static void Octal(byte[] header, int at, int length, long value) => Text(header, at, length, Convert.ToString(value, 8).PadLeft(length - 1, '0') + "\0");
}
