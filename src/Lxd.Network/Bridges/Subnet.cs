using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lxd.Core;

namespace Lxd.Network.Bridges;

/// <summary>An address with its prefix: <c>10.1.2.1/24</c>.</summary>
public sealed record Subnet(IPAddress Address, int Prefix)
{
    public bool IsIpv4 => Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>The network's own address with the prefix: <c>10.1.2.0/24</c>.</summary>
    public string Cidr => $"{Base()}/{Prefix.ToString(CultureInfo.InvariantCulture)}";

    public override string ToString() => $"{Address}/{Prefix.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Reads a CIDR of the family; a bad request for anything else.</summary>
    public static Subnet Parse(string text, AddressFamily family)
    {
        var slash = text.IndexOf('/');
        if (slash > 0 && IPAddress.TryParse(text[..slash], out var address) && address.AddressFamily == family
            && int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var prefix) && prefix >= 1 && prefix <= (family == AddressFamily.InterNetwork ? 32 : 128))
        {
            return new Subnet(address, prefix);
        }

        throw ApiException.BadRequest($"Not an {(family == AddressFamily.InterNetwork ? "IPv4" : "IPv6")} CIDR \"{text}\"");
    }

    /// <summary>A random private network of 254 addresses.</summary>
    public static Subnet RandomIpv4() => new(new IPAddress([10, (byte)RandomNumberGenerator.GetInt32(1, 255), (byte)RandomNumberGenerator.GetInt32(0, 255), 1]), 24);

    /// <summary>A random unique local network of 64 bits.</summary>
    public static Subnet RandomIpv6()
    {
        var bytes = new byte[16];
        RandomNumberGenerator.Fill(bytes.AsSpan(2, 6));
        (bytes[0], bytes[1], bytes[15]) = (0xfd, 0x42, 1);
        return new Subnet(new IPAddress(bytes), 64);
    }

    public bool Contains(IPAddress address) => address.AddressFamily == Address.AddressFamily && new IPNetwork(Base(), Prefix).Contains(address);

    /// <summary>The address a machine makes of its hardware address in an IPv6 network of 64 bits; null in any other.</summary>
    public IPAddress? OfHardware(string hwaddr) => !IsIpv4 && Prefix == 64 && hwaddr.Length > 0 ? Nics.NicFilterText.FromHardware(hwaddr, Address.GetAddressBytes()) : null;

    public bool Overlaps(Subnet other) => IsIpv4 == other.IsIpv4 && (Prefix <= other.Prefix ? Contains(other.Address) : other.Contains(Address));

    /// <summary>The first and last address DHCP hands out, beside the gateway and the broadcast address.</summary>
    public (IPAddress First, IPAddress Last) Range()
    {
        var first = Base().GetAddressBytes();
        var last = Base().GetAddressBytes();
        for (var bit = Prefix; bit < first.Length * 8; bit++)
        {
            last[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        first[^1] += 2;
        if (IsIpv4)
        {
            last[^1] -= 1;
        }

        return (new IPAddress(first), new IPAddress(last));
    }

    private IPAddress Base()
    {
        var bytes = Address.GetAddressBytes();
        for (var bit = Prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
