using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Lxd.Network.Bridges;

/// <summary>Tells the DHCP server in a client's name that a lease is no longer wanted.</summary>
public static class LeaseRelease
{
    private const int SocketLevel = 1;
    private const int BindToDevice = 25;

    /// <summary>A server that does not run has nothing to be told.</summary>
    public static async Task SendAsync(BridgeSpec bridge, Lease lease, CancellationToken ct)
    {
        var message = lease.IsIpv6 ? Ipv6(lease, Leases.ServerId(bridge)) : bridge.Ipv4 is { } subnet ? Ipv4(lease, subnet.Address) : null;
        if (message is null || !Bridge.Exists(bridge.Name))
        {
            return;
        }

        try
        {
            using var socket = new Socket(lease.IsIpv6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            // The server looks at the interface a message came by; from the host it would be the loopback.
            socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.UTF8.GetBytes(bridge.Name + "\0"));
            await socket.SendToAsync(message, SocketFlags.None, lease.IsIpv6 ? new IPEndPoint(IPAddress.Parse("ff02::1:2"), 547) : new IPEndPoint(bridge.Ipv4!.Address, 67), ct).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // The lease ends by itself.
        }
    }

    internal static byte[] Ipv4(Lease lease, IPAddress server)
    {
        var message = new byte[240];
        (message[0], message[1], message[2]) = (1, 1, 6);
        RandomNumberGenerator.Fill(message.AsSpan(4, 4));
        IPAddress.Parse(lease.Address).GetAddressBytes().CopyTo(message, 12);
        Hex(lease.Hwaddr).CopyTo(message, 28);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(236), 0x63825363);
        var client = lease.ClientId.Length > 0 ? Hex(lease.ClientId) : [];
        return [.. message, 53, 1, 7, 54, 4, .. server.GetAddressBytes(), .. client.Length > 0 ? [61, (byte)client.Length, .. client] : (byte[])[], 255];
    }

    internal static byte[] Ipv6(Lease lease, string server)
    {
        byte[] address = [.. IPAddress.Parse(lease.Address).GetAddressBytes(), 0, 0, 0, 0, 0, 0, 0, 0];
        var association = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(association, lease.Association);
        return [8, .. RandomNumberGenerator.GetBytes(3), .. Option(1, Hex(lease.ClientId)), .. Option(2, Hex(server)), .. Option(3, [.. association, .. Option(5, address)])];
    }

    private static byte[] Option(ushort code, byte[] value)
    {
        var head = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(head, code);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)value.Length);
        return [.. head, .. value];
    }

    private static byte[] Hex(string text) => text.Length == 0 ? [] : Convert.FromHexString(text.Replace(":", "", StringComparison.Ordinal));
}
