using System.Buffers.Binary;
using System.Text;

namespace Lxd.Core.Sftp;

/// <summary>Packets one after another, ready to be sent.</summary>
public sealed class SftpWriter
{
    private const int KeptSize = 1 << 20;
    private byte[] _buffer = new byte[4096];
    private int _packet;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>Starts a packet; <see cref="End"/> finishes it.</summary>
    public void Begin(SftpKind kind)
    {
        _packet = Length;
        UInt32(0);
        Byte((byte)kind);
    }

    public void Begin(SftpKind kind, uint id)
    {
        Begin(kind);
        UInt32(id);
    }

    public void End() => BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(_packet), (uint)(Length - _packet - 4));

    /// <summary>Forgets a packet that was begun and not ended.</summary>
    public void Abandon() => Length = _packet;

    /// <summary>Forgets all after this length.</summary>
    public void Return(int length) => Length = length;

    public void Clear()
    {
        Length = 0;
        if (_buffer.Length > KeptSize)
        {
            _buffer = new byte[4096];
        }
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(4), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        value.CopyTo(Take(value.Length));
    }

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    /// <summary>A name of one char (0-255) a byte.</summary>
    public void RawText(string value) => Bytes(Encoding.Latin1.GetBytes(value));

    /// <summary>A field of bytes that <paramref name="fill"/> writes: it gets the room and tells how much it used.</summary>
    public int Fill(int most, Func<Memory<byte>, int> fill)
    {
        var at = Length;
        UInt32(0);
        Take(most);
        int used;
        try
        {
            used = fill(_buffer.AsMemory(at + 4, most));
        }
        catch
        {
            Length = at;
            throw;
        }

        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(at), (uint)used);
        Length = at + 4 + used;
        return used;
    }

    private Span<byte> Take(int length)
    {
        if (_buffer.Length - Length < length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + length));
        }

        var taken = _buffer.AsSpan(Length, length);
        Length += length;
        return taken;
    }
}
