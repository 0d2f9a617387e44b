using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lxd.Network.Bgp;

/// <summary>The password of TCP segments (RFC 2385), which the kernel signs and checks.</summary>
internal static class TcpPassword
{
    private const int Tcp = 6;
    private const int Md5Signature = 14;
    private const int AddressSize = 128;
    private const int Longest = 80;
    private const int Size = AddressSize + 8 + Longest;
    private const int Inet = 2;
    private const int Inet6 = 10;

    /// <summary>Has connections with the address need the password; an empty one takes it away.</summary>
    public static void Set(Socket socket, IPAddress address, string password)
    {
        if (password.Length == 0)
        {
            return;
        }

        var key = Encoding.UTF8.GetBytes(password);
        if (key.Length > Longest)
        {
            throw Core.ApiException.BadRequest($"The password of a BGP peer may have {Longest} bytes");
        }

        Span<byte> option = stackalloc byte[Size];
        option.Clear();
        var peer = socket.AddressFamily == AddressFamily.InterNetworkV6 ? address.MapToIPv6() : address;
        BinaryPrimitives.WriteUInt16LittleEndian(option, peer.AddressFamily == AddressFamily.InterNetwork ? (ushort)Inet : (ushort)Inet6);
        peer.GetAddressBytes().CopyTo(option[(peer.AddressFamily == AddressFamily.InterNetwork ? 4 : 8)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(option[(AddressSize + 2)..], (ushort)key.Length);
        key.CopyTo(option[(AddressSize + 8)..]);
        socket.SetRawSocketOption(Tcp, Md5Signature, option);
    }
}
