using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Network.Firewalls;

namespace Lxd.Network.Bridges;

/// <summary>A bridge as its driver sees it.</summary>
/// <param name="Directory">Where its files lie: <c>LXD_DIR/networks/NAME</c>.</param>
/// <param name="Config">Its keys, with addresses chosen.</param>
public sealed record BridgeSpec(string Name, string Directory, IReadOnlyDictionary<string, string> Config)
{
    public const int StandardMtu = 1500;
    private const int TunnelMtu = 1400;

    /// <summary>Its hardware address. Without one of its own a bridge would take that of one of its ports, and another one when that goes.</summary>
    public string? Hwaddr { get; init; }

    public Subnet? Ipv4 => Address("ipv4.address", AddressFamily.InterNetwork);

    public Subnet? Ipv6 => Address("ipv6.address", AddressFamily.InterNetworkV6);

    /// <summary>Whether there is anything for DHCP and DNS to serve.</summary>
    public bool HasServer => Ipv4 is not null || Ipv6 is not null;

    /// <summary>What the bridge carries at once: what is asked for, or what goes through its tunnels.</summary>
    public int Mtu => int.TryParse(Get("bridge.mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var own) ? own : Tunnels.Count > 0 ? TunnelMtu : StandardMtu;

    /// <summary>Names of its tunnels to other hosts.</summary>
    public IReadOnlyList<string> Tunnels => [.. Config.Keys.Where(k => k.StartsWith("tunnel.", StringComparison.Ordinal)).Select(k => k.Split('.')[1]).Distinct().Order(StringComparer.Ordinal)];

    public string LeaseFile => Path.Combine(Directory, "dnsmasq.leases");

    /// <summary>A directory with a file for each NIC.</summary>
    public string HostsDirectory => Path.Combine(Directory, "dnsmasq.hosts");

    public string RawFile => Path.Combine(Directory, "dnsmasq.raw");

    /// <summary>Where its server writes what went wrong.</summary>
    public string LogFile { get; init; } = Path.Combine(Directory, "dnsmasq.log");

    public string PidFile => Path.Combine(Directory, "dnsmasq.pid");

    /// <summary>What it needs of the firewall.</summary>
    public BridgeRules Rules => new(Rule(Ipv4, "ipv4"), Rule(Ipv6, "ipv6"));

    public string Get(string key) => NetworkKeys.Bridge.Get(Config, key);

    public bool IsTrue(string key) => Checks.IsTrue(Get(key));

    private FamilyRules? Rule(Subnet? subnet, string family) => subnet is null ? null : new FamilyRules(subnet)
    {
        Nat = IsTrue(family + ".nat"),
        NatAddress = IPAddress.TryParse(Get(family + ".nat.address"), out var address) ? address : null,
        NatLast = Get(family + ".nat.order") == "after",
        Filter = IsTrue(family + ".firewall"),
        Route = !Checks.IsFalse(Get(family + ".routing")),
        Dhcp = IsTrue(family + ".dhcp"),
        Dns = HasServer,
    };

    private Subnet? Address(string key, AddressFamily family) => Config.GetValueOrDefault(key, "") is { Length: > 0 } text && text != "none" ? Subnet.Parse(text, family) : null;
}

/// <summary>What DHCP knows of a NIC beforehand.</summary>
/// <param name="File">The file's name: <c>PROJECT_INSTANCE.DEVICE</c>.</param>
public sealed record StaticHost(string File, string Hwaddr, string Hostname, string Ipv4, string Ipv6)
{
    /// <param name="named">Whether the name is ours to give: the client's own counts otherwise.</param>
    public string Text(bool named) => string.Join(',', ((IEnumerable<string>)[Hwaddr, Ipv4, Ipv6.Length > 0 ? $"[{Ipv6}]" : "", named ? Hostname : ""]).Where(p => p.Length > 0)) + "\n";
}
