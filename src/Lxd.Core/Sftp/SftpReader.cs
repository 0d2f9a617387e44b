using System.Buffers.Binary;
using System.Text;

namespace Lxd.Core.Sftp;

/// <summary>Reads the fields of one packet. What is not there is an <see cref="SftpFormatException"/>.</summary>
public ref struct SftpReader(ReadOnlySpan<byte> packet)
{
    private ReadOnlySpan<byte> _rest = packet;

    public readonly bool AtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public ReadOnlySpan<byte> Bytes()
    {
        var length = UInt32();
        return length <= (uint)_rest.Length ? Take((int)length) : throw new SftpFormatException("A field is longer than its packet");
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>A name as bytes: a string with one char (0-255) for each.</summary>
    public string RawText() => Encoding.Latin1.GetString(Bytes());

    private ReadOnlySpan<byte> Take(int length)
    {
        if (_rest.Length < length)
        {
            throw new SftpFormatException("A packet is too short");
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
