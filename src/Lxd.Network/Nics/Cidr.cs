using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lxd.Network.Nics;

/// <summary>An address or a network as users write it: <c>192.0.2.7</c>, <c>2001:db8::/64</c>.</summary>
public sealed record Cidr(IPAddress Address, int Prefix)
{
    public bool IsIpv6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The prefix covers one address.</summary>
    public bool IsHost => Prefix == (IsIpv6 ? 128 : 32);

    public static bool TryParse(string text, out Cidr cidr)
    {
        var slash = text.IndexOf('/');
        cidr = new Cidr(IPAddress.None, 0);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address) || address.AddressFamily == AddressFamily.InterNetwork && text.Count(c => c == '.') != 3)
        {
            return false;
        }

        var longest = address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        var prefix = longest;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > longest))
        {
            return false;
        }

        cidr = new Cidr(address, prefix);
        return true;
    }

    /// <summary>The members of a comma separated list; throws for one that is none.</summary>
    public static List<Cidr> List(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(t => TryParse(t, out var cidr) ? cidr : throw Core.ApiException.BadRequest($"Invalid CIDR address: {t}"))];

    /// <summary>The network without the host's bits.</summary>
    public Cidr Masked()
    {
        var bytes = Address.GetAddressBytes();
        for (var bit = Prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return this with { Address = new IPAddress(bytes) };
    }

    public bool Contains(IPAddress other) => other.AddressFamily == Address.AddressFamily && new Cidr(other, Prefix).Masked().Address.Equals(Masked().Address);

    /// <summary>A single address without its prefix.</summary>
    public override string ToString() => IsHost ? Address.ToString() : $"{Address}/{Prefix.ToString(CultureInfo.InvariantCulture)}";
}
