using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lxd.Core.Config;

/// <summary>Value checks of addresses, interfaces and the like: each throws a bad request in LXD's words.</summary>
public static class NetworkChecks
{
    /// <summary>The longest name the kernel gives an interface.</summary>
    public const int LongestInterface = 15;

    public static void Ipv4(string value) => Address(value, AddressFamily.InterNetwork);

    public static void Ipv6(string value) => Address(value, AddressFamily.InterNetworkV6);

    /// <summary>An address of a host with its prefix: <c>10.0.0.1/24</c>.</summary>
    public static void Ipv4Host(string value) => Host(value, AddressFamily.InterNetwork);

    public static void Ipv6Host(string value) => Host(value, AddressFamily.InterNetworkV6);

    /// <summary>A network without bits of a host: <c>10.0.0.0/24</c>.</summary>
    public static void Ipv4Network(string value) => Network(value, AddressFamily.InterNetwork);

    public static void Ipv6Network(string value) => Network(value, AddressFamily.InterNetworkV6);

    /// <summary>A range of addresses, both ends included: <c>10.0.0.5-10.0.0.9</c>.</summary>
    public static void Ipv4Range(string value) => Range(value, AddressFamily.InterNetwork);

    public static void Ipv6Range(string value) => Range(value, AddressFamily.InterNetworkV6);

    /// <summary>Members separated by commas, each checked; the complaint names the member.</summary>
    public static Action<string> List(Action<string> check) => value =>
    {
        foreach (var item in value.Split(',').Select(i => i.Trim()))
        {
            try
            {
                check(item);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Item \"{item}\": {e.Message}", e);
            }
        }
    };

    /// <summary>One of these words, or what the check accepts.</summary>
    public static Action<string> Or(Action<string> check, params string[] words) => value =>
    {
        if (!words.Contains(value))
        {
            check(value);
        }
    };

    public static void HardwareAddress(string value)
    {
        var parts = value.Split(':');
        if (parts.Length != 6 || parts.Any(p => p.Length != 2 || !p.All(char.IsAsciiHexDigit)))
        {
            throw ApiException.BadRequest("Invalid MAC address, must be 6 bytes of hex separated by colons");
        }

        if (value == "00:00:00:00:00:00")
        {
            throw ApiException.BadRequest("Expected a non-zero MAC address");
        }

        if ((Convert.ToByte(parts[0], 16) & 1) != 0)
        {
            throw ApiException.BadRequest("Invalid MAC address, must not be a multicast address");
        }
    }

    public static void Mtu(string value)
    {
        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var mtu))
        {
            throw ApiException.BadRequest($"Invalid MTU \"{value}\"");
        }

        if (mtu is < 68 or > 16384)
        {
            throw ApiException.BadRequest($"Out of MTU range (68-16384) \"{value}\"");
        }
    }

    public static void Vlan(string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            throw ApiException.BadRequest($"Invalid VLAN ID \"{value}\"");
        }

        if (id is < 0 or > 4094)
        {
            throw ApiException.BadRequest($"Out of VLAN ID range (0-4094) \"{value}\"");
        }
    }

    public static void Port(string value)
    {
        if (!int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port))
        {
            throw ApiException.BadRequest($"Invalid value for an integer: {value}");
        }

        if (port is < 0 or > 65535)
        {
            throw ApiException.BadRequest($"Invalid port number: {value}");
        }
    }

    public static void Interface(string value)
    {
        if (value.Length < 2)
        {
            throw ApiException.BadRequest("Network interface is too short (minimum 2 characters)");
        }

        if (value.Length > LongestInterface)
        {
            throw ApiException.BadRequest("Network interface is too long (maximum 15 characters)");
        }

        if (value is ".." || value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')))
        {
            throw ApiException.BadRequest("Network interface contains invalid characters");
        }
    }

    /// <summary>Interfaces to join a bridge, <c>eth1</c>; or to be made as a VLAN of another, <c>eth1.5/eth1/5</c>.</summary>
    public static void ExternalInterfaces(string value)
    {
        foreach (var item in value.Split(','))
        {
            ExternalInterface(item.Trim());
        }
    }

    private static void ExternalInterface(string value)
    {
        var parts = value.Split('/');
        if (parts.Length is not (1 or 3))
        {
            throw ApiException.BadRequest($"Invalid interface name \"{value}\": Network interface contains invalid characters");
        }

        foreach (var name in parts.Take(2))
        {
            try
            {
                Interface(name);
            }
            catch (ApiException e)
            {
                throw ApiException.BadRequest($"Invalid interface name \"{name}\": {e.Message}", e);
            }
        }

        if (parts.Length == 3)
        {
            Vlan(parts[2]);
        }
    }

    /// <summary>A CIDR of any family; the host's bits are kept.</summary>
    public static bool TryParse(string value, out IPAddress address, out int prefix)
    {
        (address, prefix) = (IPAddress.None, 0);
        var slash = value.IndexOf('/');
        if (slash <= 0 || !TryParse(value[..slash], out address))
        {
            return false;
        }

        return int.TryParse(value[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= (address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
    }

    /// <summary>An address in its full form: <c>10.1</c> is none.</summary>
    public static bool TryParse(string value, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IPAddress.TryParse(value, out var parsed) || value.Contains('%') || value.Contains('[') || parsed.AddressFamily == AddressFamily.InterNetwork && value.Count(c => c == '.') != 3)
        {
            return false;
        }

        address = parsed;
        return true;
    }

    private static string Name(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";

    private static void Address(string value, AddressFamily family)
    {
        if (!TryParse(value, out var address) || address.AddressFamily != family)
        {
            throw ApiException.BadRequest($"Not an {Name(family)} address \"{value}\"");
        }
    }

    private static void Host(string value, AddressFamily family)
    {
        var (address, prefix) = Cidr(value, family, "address");
        var bits = family == AddressFamily.InterNetwork ? 32 : 128;
        if (prefix < bits - 1 && (Bits(address, prefix, false) || family == AddressFamily.InterNetwork && Bits(address, prefix, true)))
        {
            throw ApiException.BadRequest($"Not a usable {Name(family)} address \"{value}\"");
        }
    }

    private static void Network(string value, AddressFamily family)
    {
        var (address, prefix) = Cidr(value, family, "network");
        if (!Bits(address, prefix, false))
        {
            throw ApiException.BadRequest($"Not an {Name(family)} network address \"{value}\"");
        }
    }

    private static (IPAddress Address, int Prefix) Cidr(string value, AddressFamily family, string what)
    {
        if (!TryParse(value, out var address, out var prefix))
        {
            throw ApiException.BadRequest($"invalid CIDR address: {value}");
        }

        return address.AddressFamily == family ? (address, prefix) : throw ApiException.BadRequest($"Not an {Name(family)} {what} \"{value}\"");
    }

    private static void Range(string value, AddressFamily family)
    {
        var ends = value.Split('-', 2);
        if (ends.Length != 2)
        {
            throw ApiException.BadRequest("IP range must contain start and end IP addresses");
        }

        Address(ends[0].Trim(), family);
        Address(ends[1].Trim(), family);
    }

    /// <summary>Whether all bits after the prefix are 0, or 1.</summary>
    private static bool Bits(IPAddress address, int prefix, bool set)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
        {
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0 != set)
            {
                return false;
            }
        }

        return true;
    }
}
