using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lxd.Network.Dns;

/// <summary>The signature of a message by a shared key (RFC 8945).</summary>
/// <param name="Signed">The message as it was signed: without the signature.</param>
internal sealed record Tsig(string Key, string Algorithm, ulong Time, ushort Fudge, byte[] Mac, ushort OriginalId, ReadOnlyMemory<byte> Signed)
{
    private const int Type = 250;
    private const int AnyClass = 255;
    private const int MostFudge = 300;

    /// <summary>Reads the record whose name begins at <paramref name="start"/> and whose data lie from <paramref name="data"/> to <paramref name="end"/>.</summary>
    public static Tsig? Read(ReadOnlyMemory<byte> message, int start, string name, int data, int end)
    {
        var bytes = message.Span;
        var (algorithm, at) = DnsName.Decode(bytes, data);
        if (at < 0 || at + 10 > end)
        {
            return null;
        }

        var time = (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 2)..]);
        var fudge = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 6)..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 8)..]);
        at += 10;
        if (at + length + 6 > end)
        {
            return null;
        }

        var signed = message[..start].ToArray();
        var id = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + length)..]);
        BinaryPrimitives.WriteUInt16BigEndian(signed, id);
        BinaryPrimitives.WriteUInt16BigEndian(signed.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(signed.AsSpan(10)) - 1));
        return new Tsig(name.ToLowerInvariant(), algorithm.ToLowerInvariant(), time, fudge, bytes.Slice(at, length).ToArray(), id, signed);
    }

    /// <summary>Whether somebody who has the secret signed it a moment ago.</summary>
    public bool IsBy(byte[] secret)
    {
        var now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return Hash(secret, [.. Signed.Span, .. Variables(Time, Fudge)]) is { } mac && CryptographicOperations.FixedTimeEquals(mac, Mac) && (now > Time ? now - Time : Time - now) <= Math.Min(Fudge, (ushort)MostFudge);
    }

    /// <summary>The answer with a signature; of several messages each signs the one before.</summary>
    /// <param name="before">The request's signature, or that of the message before.</param>
    /// <param name="first">Whether it is the first answer; later ones sign less.</param>
    public (byte[] Message, byte[] Mac) Sign(byte[] answer, byte[] secret, byte[] before, bool first)
    {
        var time = (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var mac = Hash(secret, [.. Two((ushort)before.Length), .. before, .. answer, .. first ? Variables(time, MostFudge) : [.. Six(time), .. Two(MostFudge)]])!;
        byte[] data = [.. DnsName.Encode(Algorithm)!, .. Six(time), .. Two(MostFudge), .. Two((ushort)mac.Length), .. mac, answer[0], answer[1], 0, 0, 0, 0];
        byte[] message = [.. answer, .. DnsName.Encode(Key)!, .. Two(Type), .. Two(AnyClass), 0, 0, 0, 0, .. Two((ushort)data.Length), .. data];
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(10)) + 1));
        return (message, mac);
    }

    private byte[] Variables(ulong time, int fudge) => [.. DnsName.Encode(Key)!, .. Two(AnyClass), 0, 0, 0, 0, .. DnsName.Encode(Algorithm)!, .. Six(time), .. Two(fudge), 0, 0, 0, 0];

    private byte[]? Hash(byte[] secret, byte[] data) => Algorithm switch
    {
        "hmac-sha256" => HMACSHA256.HashData(secret, data),
        "hmac-sha384" => HMACSHA384.HashData(secret, data),
        "hmac-sha512" => HMACSHA512.HashData(secret, data),
#pragma warning disable CA5350 // Old name servers have no other.
        "hmac-sha1" => HMACSHA1.HashData(secret, data),
#pragma warning restore CA5350
        _ => null,
    };

    private static byte[] Six(ulong time) => [(byte)(time >> 40), (byte)(time >> 32), (byte)(time >> 24), (byte)(time >> 16), (byte)(time >> 8), (byte)time];

    private static byte[] Two(int number) => [(byte)(number >> 8), (byte)number];
}
