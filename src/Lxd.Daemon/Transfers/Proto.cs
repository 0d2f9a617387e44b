using System.Text;
using Lxd.Core;

namespace Lxd.Daemon.Transfers;

/// <summary>Writes a message in the wire format of Protocol Buffers: numbers as varints, texts and messages with their length.</summary>
internal sealed class ProtoWriter
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public ProtoWriter Number(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    public ProtoWriter Flag(int field, bool value) => Number(field, value ? 1 : 0);

    public ProtoWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public ProtoWriter Message(int field, ProtoWriter value) => Bytes(field, value.ToArray());

    private ProtoWriter Bytes(int field, byte[] value)
    {
        Varint(((ulong)field << 3) | Proto.Delimited);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Varint(ulong value)
    {
        for (; value > 127; value >>= 7)
        {
            _bytes.WriteByte((byte)(value | 128));
        }

        _bytes.WriteByte((byte)value);
    }
}

/// <summary>One field of a message; <see cref="Number"/> where it is a number, else <see cref="Bytes"/>.</summary>
internal readonly record struct ProtoField(int Id, long Number, ReadOnlyMemory<byte>? Bytes)
{
    public bool Flag => Number != 0;

    public string Text => Encoding.UTF8.GetString((Bytes ?? throw Proto.Bad()).Span);

    public IEnumerable<ProtoField> Fields => Proto.Read(Bytes ?? throw Proto.Bad());
}

/// <summary>Reads what <see cref="ProtoWriter"/> writes.</summary>
internal static class Proto
{
    public const int Delimited = 2;

    /// <summary>The fields in their order; a bad request for what is no message.</summary>
    public static IEnumerable<ProtoField> Read(ReadOnlyMemory<byte> message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message.Span, ref at);
            var id = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    yield return new ProtoField(id, (long)Varint(message.Span, ref at), null);
                    break;
                case Delimited:
                    var length = Varint(message.Span, ref at);
                    if (length > (ulong)(message.Length - at))
                    {
                        throw Bad();
                    }

                    yield return new ProtoField(id, 0, message.Slice(at, (int)length));
                    at += (int)length;
                    break;
                default:
                    throw Bad();
            }
        }
    }

    public static ApiException Bad() => ApiException.BadRequest("Invalid migration message");

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 127) << shift;
            if (part < 128)
            {
                return value;
            }
        }

        throw Bad();
    }
}
