using System.Buffers.Binary;

namespace Lxd.Network.Dns;

/// <summary>A question, and the form of its answers (RFC 1035).</summary>
internal sealed record DnsMessage(ushort Id, ushort Flags, string Name, ushort Type, ReadOnlyMemory<byte> Question)
{
    public const ushort Soa = 6;
    public const ushort Ixfr = 251;
    public const ushort Axfr = 252;
    public const int FormatError = 1;
    public const int ServerFailure = 2;
    public const int NoSuchName = 3;
    public const int NotImplemented = 4;
    public const int NotAuthoritative = 9;
    private const int HeaderSize = 12;
    private const ushort Answer = 0x8000;
    private const ushort Authoritative = 0x0400;
    private const ushort Truncated = 0x0200;
    private const ushort KeptFlags = 0x7900;
    private const ushort Tsig = 250;

    /// <summary>The signature at its end.</summary>
    public Tsig? Signature { get; private init; }

    /// <summary>Null for what is no question, or more than one.</summary>
    public static DnsMessage? Read(ReadOnlyMemory<byte> memory)
    {
        var bytes = memory.Span;
        if (bytes.Length < HeaderSize || (Short(bytes, 2) & Answer) != 0 || Short(bytes, 4) != 1)
        {
            return null;
        }

        var (name, at) = DnsName.Decode(bytes, HeaderSize);
        if (at < 0 || at + 4 > bytes.Length)
        {
            return null;
        }

        var end = at + 4;
        return new DnsMessage(Short(bytes, 0), Short(bytes, 2), name, Short(bytes, at), memory[HeaderSize..end]) { Signature = FindSignature(memory, end) };
    }

    /// <param name="size">Bytes of one message at most: where the records need more, several are made.</param>
    public IEnumerable<byte[]> Answers(int code, IReadOnlyList<DnsRecord> records, int size)
    {
        var body = new List<byte>();
        var count = 0;
        var first = true;
        foreach (var record in records)
        {
            var bytes = Bytes(record);
            if (bytes.Length > 0 && count > 0 && HeaderSize + Question.Length + body.Count + bytes.Length > size)
            {
                yield return Message(code, count, body, first);
                first = false;
                body.Clear();
                count = 0;
            }

            body.AddRange(bytes);
            count += bytes.Length > 0 ? 1 : 0;
        }

        yield return Message(code, count, body, first);
    }

    /// <summary>What fits in no datagram is to be asked for over TCP.</summary>
    public byte[] Cut()
    {
        var message = Message(0, 0, [], true);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(Short(message, 2) | Truncated));
        return message;
    }

    /// <summary>The last of the additional records, where it is a signature.</summary>
    private static Tsig? FindSignature(ReadOnlyMemory<byte> memory, int at)
    {
        var bytes = memory.Span;
        var records = Short(bytes, 6) + Short(bytes, 8) + Short(bytes, 10);
        for (var i = 0; i < records; i++)
        {
            var start = at;
            var (name, next) = DnsName.Decode(bytes, at);
            if (next < 0 || next + 10 > bytes.Length || next + 10 + Short(bytes, next + 8) > bytes.Length)
            {
                return null;
            }

            at = next + 10 + Short(bytes, next + 8);
            if (i == records - 1 && Short(bytes, next) == Tsig)
            {
                return Dns.Tsig.Read(memory, start, name, next + 10, at);
            }
        }

        return null;
    }

    private byte[] Message(int code, int count, List<byte> body, bool first)
    {
        var question = first ? Question : ReadOnlyMemory<byte>.Empty;
        var message = new byte[HeaderSize + question.Length + body.Count];
        BinaryPrimitives.WriteUInt16BigEndian(message, Id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(Answer | Authoritative | (Flags & KeptFlags) | code));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(4), (ushort)(first ? 1 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), (ushort)count);
        question.CopyTo(message.AsMemory(HeaderSize));
        body.CopyTo(message, HeaderSize + question.Length);
        return message;
    }

    /// <summary>Empty for a record that has no form.</summary>
    private static byte[] Bytes(DnsRecord record) => DnsName.Encode(record.Name) is { } name && DnsData.Encode(record.Type, record.Value) is { Length: <= ushort.MaxValue } data
        ? [.. name, .. Two(DnsData.TypeCode(record.Type)), 0, 1, .. Two((ushort)(record.Ttl >> 16)), .. Two((ushort)record.Ttl), .. Two((ushort)data.Length), .. data] : [];

    private static byte[] Two(ushort number) => [(byte)(number >> 8), (byte)number];

    private static ushort Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
