using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Lxd.Network.Bgp;

/// <summary>The messages of BGP-4 (RFC 4271) with IPv6 (RFC 4760) and wide numbers of autonomous systems (RFC 6793).</summary>
internal static class BgpMessage
{
    public const int HeaderSize = 19;
    public const int MaxSize = 4096;
    public const byte Open = 1;
    public const byte Update = 2;
    public const byte Notification = 3;
    public const byte Keepalive = 4;
    private const int MarkerSize = 16;
    private const byte Version = 4;
    private const ushort Transition = 23456;
    private const byte CapabilitiesParameter = 2;
    private const byte MultiProtocol = 1;
    private const byte WideAsn = 65;
    private const byte Unicast = 1;

    /// <summary>Flags and type of the attributes of a path.</summary>
    private const byte WellKnown = 0x40;
    private const byte Optional = 0x80;
    private const byte ExtendedLength = 0x10;
    private const byte Origin = 1;
    private const byte AsPath = 2;
    private const byte NextHop = 3;
    private const byte LocalPreference = 5;
    private const byte Reach = 14;
    private const byte Unreach = 15;

    public static byte[] KeepaliveMessage { get; } = Message(Keepalive, []);

    public static byte[] OpenMessage(BgpSettings settings, int holdTime)
    {
        List<byte> capabilities = [MultiProtocol, 4, 0, 1, 0, Unicast, MultiProtocol, 4, 0, 2, 0, Unicast, WideAsn, 4, .. Long(settings.Asn)];
        return Message(Open, [Version, .. Short(settings.Asn > ushort.MaxValue ? Transition : (ushort)settings.Asn), .. Short((ushort)holdTime), .. settings.RouterId.GetAddressBytes(),
            (byte)(capabilities.Count + 2), CapabilitiesParameter, (byte)capabilities.Count, .. capabilities]);
    }

    /// <summary>Why the session ends: code and subcode of RFC 4271.</summary>
    public static byte[] NotificationMessage(byte code, byte subcode) => Message(Notification, [code, subcode]);

    /// <summary>Tells a prefix, with the path to it.</summary>
    /// <param name="local">Our address on the session, the next hop where the prefix names none.</param>
    /// <param name="wide">Whether the peer knows numbers of 32 bits.</param>
    /// <returns>Null where there is no next hop of the prefix's family.</returns>
    public static byte[]? Announce(BgpPrefix prefix, BgpSettings settings, uint peerAsn, bool wide, IPAddress local)
    {
        var attributes = new List<byte>();
        Attribute(attributes, WellKnown, Origin, [0]);
        Attribute(attributes, WellKnown, AsPath, settings.Asn == peerAsn ? [] : [2, 1, .. wide ? Long(settings.Asn) : Short(settings.Asn > ushort.MaxValue ? Transition : (ushort)settings.Asn)]);
        if (Hop(prefix, settings, local) is not { } hop)
        {
            return null;
        }

        if (!prefix.Network.IsIpv6)
        {
            Attribute(attributes, WellKnown, NextHop, hop.GetAddressBytes());
        }

        if (settings.Asn == peerAsn)
        {
            Attribute(attributes, WellKnown, LocalPreference, Long(100));
        }

        if (prefix.Network.IsIpv6)
        {
            Attribute(attributes, Optional, Reach, [0, 2, Unicast, 16, .. hop.GetAddressBytes(), 0, .. Nlri(prefix)]);
        }

        return Message(Update, [0, 0, .. Short((ushort)attributes.Count), .. attributes, .. prefix.Network.IsIpv6 ? [] : Nlri(prefix)]);
    }

    public static byte[] Withdraw(BgpPrefix prefix)
    {
        if (!prefix.Network.IsIpv6)
        {
            var gone = Nlri(prefix);
            return Message(Update, [.. Short((ushort)gone.Length), .. gone, 0, 0]);
        }

        var attributes = new List<byte>();
        Attribute(attributes, Optional, Unreach, [0, 2, Unicast, .. Nlri(prefix)]);
        return Message(Update, [0, 0, .. Short((ushort)attributes.Count), .. attributes]);
    }

    /// <summary>The type and length of the message that a header begins; a length of 0 where it is no header.</summary>
    public static (byte Type, int Length) ReadHeader(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(header[MarkerSize..]);
        return header[..MarkerSize].ContainsAnyExcept((byte)0xff) || length is < HeaderSize or > MaxSize ? ((byte)0, 0) : (header[18], length);
    }

    /// <summary>What a peer says of itself; null for what is no OPEN of version 4.</summary>
    public static PeerOpen? ReadOpen(ReadOnlySpan<byte> body)
    {
        if (body.Length < 10 || body[0] != Version || body[9] != body.Length - 10)
        {
            return null;
        }

        uint asn = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        var wide = false;
        var parameters = body[10..];
        while (parameters.Length >= 2 && parameters[1] <= parameters.Length - 2)
        {
            var value = parameters.Slice(2, parameters[1]);
            while (parameters[0] == CapabilitiesParameter && value.Length >= 2 && value[1] <= value.Length - 2)
            {
                if (value[0] == WideAsn && value[1] == 4)
                {
                    asn = BinaryPrimitives.ReadUInt32BigEndian(value[2..]);
                    wide = true;
                }

                value = value[(2 + value[1])..];
            }

            parameters = parameters[(2 + parameters[1])..];
        }

        return new PeerOpen(asn, wide, BinaryPrimitives.ReadUInt16BigEndian(body[3..]), BinaryPrimitives.ReadUInt32BigEndian(body[5..]));
    }

    /// <param name="RouterId">As a number, by which two connections at once are decided.</param>
    public sealed record PeerOpen(uint Asn, bool Wide, int HoldTime, uint RouterId);

    private static IPAddress? Hop(BgpPrefix prefix, BgpSettings settings, IPAddress local)
    {
        var hop = prefix.NextHop.Equals(IPAddress.Any) || prefix.NextHop.Equals(IPAddress.IPv6Any) ? local : prefix.NextHop;
        return prefix.Network.IsIpv6
            ? hop.AddressFamily == AddressFamily.InterNetworkV6 ? hop : null
            : hop.AddressFamily == AddressFamily.InterNetwork ? hop : hop.IsIPv4MappedToIPv6 ? hop.MapToIPv4() : settings.RouterId;
    }

    private static byte[] Nlri(BgpPrefix prefix) => [(byte)prefix.Network.Prefix, .. prefix.Network.Masked().Address.GetAddressBytes().AsSpan(0, (prefix.Network.Prefix + 7) / 8)];

    private static void Attribute(List<byte> attributes, byte flags, byte type, ReadOnlySpan<byte> value)
    {
        attributes.AddRange(value.Length > byte.MaxValue ? [(byte)(flags | ExtendedLength), type, .. Short((ushort)value.Length)] : [flags, type, (byte)value.Length]);
        attributes.AddRange(value);
    }

    private static byte[] Message(byte type, ReadOnlySpan<byte> body)
    {
        var message = new byte[HeaderSize + body.Length];
        message.AsSpan(0, MarkerSize).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(MarkerSize), (ushort)message.Length);
        message[18] = type;
        body.CopyTo(message.AsSpan(HeaderSize));
        return message;
    }

    private static byte[] Short(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Long(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
