using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Linux.Netlink;

/// <summary>A message to the kernel as it grows: a header, a fixed part, attributes. All numbers are of the host's order.</summary>
internal sealed class NetlinkMessage
{
    public const int HeaderLength = 16;
    private const ushort Nested = 0x8000;
    private byte[] _bytes = new byte[512];
    private int _length = HeaderLength;

    public NetlinkMessage(ushort type, ushort flags)
    {
        Type = type;
        MemoryMarshal.Write(_bytes.AsSpan(4), type);
        MemoryMarshal.Write(_bytes.AsSpan(6), flags);
    }

    public ushort Type { get; }

    /// <summary>The finished message under a number of its own.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        MemoryMarshal.Write(_bytes, (uint)_length);
        MemoryMarshal.Write(_bytes.AsSpan(8), sequence);
        return _bytes.AsSpan(0, _length);
    }

    /// <summary>The fixed part that names a link; flags are changed where the mask has a bit.</summary>
    public NetlinkMessage Link(byte family, int index, uint flags = 0, uint mask = 0)
    {
        var span = Reserve(16);
        span[0] = family;
        MemoryMarshal.Write(span[4..], index);
        MemoryMarshal.Write(span[8..], flags);
        MemoryMarshal.Write(span[12..], mask);
        return this;
    }

    /// <summary>Any other fixed part.</summary>
    public NetlinkMessage Fixed(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        return this;
    }

    public NetlinkMessage Bytes(ushort attribute, ReadOnlySpan<byte> value)
    {
        var span = Reserve(4 + value.Length);
        MemoryMarshal.Write(span, (ushort)(4 + value.Length));
        MemoryMarshal.Write(span[2..], attribute);
        value.CopyTo(span[4..]);
        return this;
    }

    public NetlinkMessage Text(ushort attribute, string value) => Bytes(attribute, [.. Encoding.UTF8.GetBytes(value), 0]);

    public NetlinkMessage Number(ushort attribute, int value) => Number(attribute, (uint)value);

    public NetlinkMessage Number(ushort attribute, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        MemoryMarshal.Write(bytes, value);
        return Bytes(attribute, bytes);
    }

    public NetlinkMessage Short(ushort attribute, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        MemoryMarshal.Write(bytes, value);
        return Bytes(attribute, bytes);
    }

    public NetlinkMessage Byte(ushort attribute, byte value) => Bytes(attribute, [value]);

    public NetlinkMessage Address(ushort attribute, IPAddress value) => Bytes(attribute, value.GetAddressBytes());

    /// <summary>A hardware address of the form <c>00:16:3e:aa:bb:cc</c>.</summary>
    public NetlinkMessage Hardware(ushort attribute, string value) => Bytes(attribute, [.. value.Split(':').Select(p => Convert.ToByte(p, 16))]);

    /// <summary>An attribute made of what <paramref name="content"/> adds.</summary>
    public NetlinkMessage Nest(ushort attribute, Action<NetlinkMessage> content, bool marked = false)
    {
        var start = _length;
        Reserve(4);
        MemoryMarshal.Write(_bytes.AsSpan(start + 2), marked ? (ushort)(attribute | Nested) : attribute);
        content(this);
        MemoryMarshal.Write(_bytes.AsSpan(start), (ushort)(_length - start));
        return this;
    }

    /// <summary>The attributes of a part of an answer, by their numbers.</summary>
    public static Dictionary<int, byte[]> Attributes(ReadOnlySpan<byte> bytes)
    {
        var found = new Dictionary<int, byte[]>();
        while (bytes.Length >= 4)
        {
            var length = MemoryMarshal.Read<ushort>(bytes);
            if (length < 4 || length > bytes.Length)
            {
                break;
            }

            found[MemoryMarshal.Read<ushort>(bytes[2..]) & 0x3fff] = bytes[4..length].ToArray();
            bytes = bytes[Math.Min(bytes.Length, Aligned(length))..];
        }

        return found;
    }

    public static int Aligned(int length) => (length + 3) & ~3;

    private Span<byte> Reserve(int count)
    {
        var end = _length + Aligned(count);
        if (end > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(end, 2 * _bytes.Length));
        }

        var span = _bytes.AsSpan(_length, count);
        _length = end;
        return span;
    }
}
