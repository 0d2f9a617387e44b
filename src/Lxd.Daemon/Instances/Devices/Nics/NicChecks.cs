using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>Checks that several types of NIC share, in LXD's words.</summary>
internal static class NicChecks
{
    /// <summary>The keys that name things: good for every type.</summary>
    public static void Common(NicContext nic)
    {
        if (nic.Get("hwaddr") is { Length: > 0 } address && !MacAddress.IsValid(address))
        {
            throw Invalid("hwaddr", $"Invalid MAC address \"{address}\"");
        }

        foreach (var key in (ReadOnlySpan<string>)["name", "host_name", "parent"])
        {
            if (nic.Get(key) is { Length: > 0 } value && !NicNames.IsValid(value))
            {
                throw Invalid(key, value.Length > 15 ? "Network interface is too long (maximum 15 characters)" : $"Invalid interface name \"{value}\"");
            }
        }

        Range(nic, "mtu", 68, 65536);
        Range(nic, "queue.tx.length", 0, int.MaxValue);
        Range(nic, "limits.priority", 0, uint.MaxValue);
        foreach (var key in (ReadOnlySpan<string>)["limits.ingress", "limits.egress", "limits.max"])
        {
            try
            {
                Units.ParseBits(nic.Get(key));
            }
            catch (ApiException e)
            {
                throw Invalid(key, e.Message);
            }
        }

        if (nic.Get("limits.max").Length > 0 && (nic.Get("limits.ingress").Length > 0 || nic.Get("limits.egress").Length > 0))
        {
            throw ApiException.BadRequest("Cannot use \"limits.max\" with \"limits.ingress\" or \"limits.egress\"");
        }

        foreach (var key in (ReadOnlySpan<string>)["ipv4.routes", "ipv6.routes", "ipv4.routes.external", "ipv6.routes.external"])
        {
            Routes(nic, key);
        }
    }

    /// <summary>A NIC that is made of an interface of the host.</summary>
    public static void OnParent(NicContext nic)
    {
        NotWithNetwork(nic, "nictype", "parent", "mtu", "vlan", "gvrp");
        if (!nic.Linked)
        {
            Required(nic, "parent");
        }

        Vlan(nic);
    }

    /// <summary>What the network decides, the NIC may not.</summary>
    public static void NotWithNetwork(NicContext nic, params ReadOnlySpan<string> keys)
    {
        if (!nic.Linked)
        {
            return;
        }

        foreach (var key in keys)
        {
            if (nic.Get(key).Length > 0)
            {
                throw ApiException.BadRequest($"Cannot use \"{key}\" property in conjunction with \"network\" property");
            }
        }
    }

    public static void Required(NicContext nic, string key)
    {
        if (nic.Get(key).Length == 0)
        {
            throw ApiException.BadRequest($"Invalid value for device option \"{key}\": Required value");
        }
    }

    /// <summary>A VLAN on a parent of its own.</summary>
    public static void Vlan(NicContext nic)
    {
        Range(nic, "vlan", 0, 4094);
        if (nic.Get("vlan").Length > 0 && nic.Parent.Length == 0)
        {
            throw ApiException.BadRequest("The \"vlan\" setting can only be used when combined with a parent interface");
        }
    }

    public static void Range(NicContext nic, string key, long low, long high)
    {
        if (nic.Get(key) is { Length: > 0 } text && !(long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high))
        {
            throw Invalid(key, $"Value isn't within valid range. Must be between {low} and {high}");
        }
    }

    /// <summary>One address of a family, or <c>none</c> where that is allowed.</summary>
    public static void Address(NicContext nic, string key, bool none)
    {
        if (nic.Get(key) is not { Length: > 0 } text || none && text == "none")
        {
            return;
        }

        var family = key[..4] == "ipv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != family)
        {
            throw Invalid(key, $"Not an {Family(family)} address \"{text}\"");
        }
    }

    /// <summary>A list of addresses of a family, with prefixes only where these are given as single ones.</summary>
    public static List<Cidr> Addresses(NicContext nic, string key)
    {
        var six = key[..4] == "ipv6";
        var found = new List<Cidr>();
        foreach (var text in nic.Get(key).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Cidr.TryParse(text, out var cidr) || cidr.IsIpv6 != six || !cidr.IsHost)
            {
                throw Invalid(key, $"Not an {(six ? "IPv6" : "IPv4")} address \"{text}\"");
            }

            if (found.Contains(cidr))
            {
                throw Invalid(key, $"Duplicate address \"{text}\"");
            }

            found.Add(cidr);
        }

        return found;
    }

    /// <summary>The VLANs of a list with ranges: <c>2,4-6</c>.</summary>
    public static List<int> TaggedVlans(NicContext nic)
    {
        var found = new List<int>();
        foreach (var part in nic.Get("vlan.tagged").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-');
            if (!int.TryParse(dash < 0 ? part : part[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(dash < 0 ? part : part[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || first > last || last > 4094)
            {
                throw Invalid("vlan.tagged", $"Invalid VLAN ID \"{part}\"");
            }

            found.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return found;
    }

    public static ApiException Invalid(string key, string why) => ApiException.BadRequest($"Invalid value for device option \"{key}\": {why}");

    private static void Routes(NicContext nic, string key)
    {
        foreach (var text in nic.Get(key).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Cidr.TryParse(text, out var cidr) || cidr.IsIpv6 != (key[..4] == "ipv6"))
            {
                throw Invalid(key, $"Invalid CIDR address: {text}");
            }

            if (cidr.Masked() != cidr)
            {
                throw Invalid(key, $"Not a network address \"{text}\"");
            }
        }
    }

    private static string Family(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
