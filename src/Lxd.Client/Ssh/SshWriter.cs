using System.Buffers.Binary;
using System.Text;

namespace Lxd.Client.Ssh;

/// <summary>A message of SSH (RFC 4251, section 5), field by field.</summary>
internal sealed class SshWriter
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Message(byte number, Action<SshWriter> fields)
    {
        var writer = new SshWriter().Byte(number);
        fields(writer);
        return writer.ToArray();
    }

    public SshWriter Byte(byte value)
    {
        _bytes.WriteByte(value);
        return this;
    }

    public SshWriter Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public SshWriter UInt32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return Raw(bytes);
    }

    public SshWriter Text(string value) => String(Encoding.UTF8.GetBytes(value));

    public SshWriter String(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        return Raw(value);
    }

    /// <summary>A positive number: no leading zeros, but one where the first bit would make it negative.</summary>
    public SshWriter Number(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        return value.Length > 0 && value[0] >= 0x80 ? String([0, .. value]) : String(value);
    }

    public SshWriter Raw(ReadOnlySpan<byte> value)
    {
        _bytes.Write(value);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();
}
