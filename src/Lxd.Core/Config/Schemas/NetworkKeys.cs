namespace Lxd.Core.Config.Schemas;

/// <summary>Network configuration.</summary>
public static partial class NetworkKeys
{
    /// <summary>Keys of a network of type macvlan.</summary>
    public static ConfigSchema Macvlan { get; } = new("network-macvlan",
    [
        new("gvrp", "bool", "false", "Whether the VLAN is announced to the switch by GVRP."),
        new("mtu", "integer", Help: "MTU of the interfaces in bytes. Unset: that of the parent.", Check: NetworkChecks.Mtu),
        new("parent", Help: "Interface of the host that those of instances are made on.", Check: NetworkChecks.Interface) { Scope = "local" },
        new("user.*", Help: "Anything you want to keep with the network. It does nothing."),
        new("vlan", "integer", Help: "Number of the VLAN on the parent. Unset: none.", Check: NetworkChecks.Vlan),
        new("volatile.*", Help: "Kept by the server about the network."),
    ])
    { Group = "network-conf", Scope = "global" };

    /// <summary>Keys of a network of type physical.</summary>
    public static ConfigSchema Physical { get; } = new("network-physical",
    [
        new("bgp.peers.*.address", Help: "Address of the BGP peer that hears of networks below this uplink.", Check: Checks.Address) { Condition = "BGP server", Star = "NAME" },
        new("bgp.peers.*.asn", "integer", Help: "Number of the autonomous system of the BGP peer.", Check: Checks.Range(1, 4294967294)) { Condition = "BGP server", Star = "NAME" },
        new("bgp.peers.*.holdtime", "integer", "180",
            "Seconds without a word after which the session with the BGP peer ends.", Check: Checks.Range(9, 65535)) { Condition = "BGP server", Star = "NAME", Required = "no" },
        new("bgp.peers.*.password",
            Help: "Password of the session with the BGP peer. Unset: none.") { DefaultText = "(no password)", Condition = "BGP server", Star = "NAME", Required = "no" },
        new("dns.nameservers", Help: "Name servers told to networks below this uplink, separated by commas.", Check: NetworkChecks.List(Checks.Address)) { Condition = "standard mode" },
        new("gvrp", "bool", "false", "Whether the VLAN is announced to the switch by GVRP."),
        new("ipv4.gateway", Help: "IPv4 address of the gateway with its prefix.", Check: NetworkChecks.Ipv4Host) { Condition = "standard mode" },
        new("ipv4.ovn.ranges", Help: "Addresses for routers of OVN networks under this one, as `FIRST-LAST` separated by commas.", Check: NetworkChecks.List(NetworkChecks.Ipv4Range)),
        new("ipv4.routes", Help: "Networks that may be routed to networks below this uplink, as CIDRs separated by commas.", Check: NetworkChecks.List(NetworkChecks.Ipv4Network)) { Condition = "IPv4 address" },
        new("ipv4.routes.anycast", "bool", "false", "Whether several networks may route the same of these at once.") { Condition = "IPv4 address" },
        new("ipv6.gateway", Help: "IPv6 address of the gateway with its prefix.", Check: NetworkChecks.Ipv6Host) { Condition = "standard mode" },
        new("ipv6.ovn.ranges", Help: "Addresses for routers of OVN networks under this one, as `FIRST-LAST` separated by commas.", Check: NetworkChecks.List(NetworkChecks.Ipv6Range)),
        new("ipv6.routes", Help: "Networks that may be routed to networks below this uplink, as CIDRs separated by commas.", Check: NetworkChecks.List(NetworkChecks.Ipv6Network)) { Condition = "IPv6 address" },
        new("ipv6.routes.anycast", "bool", "false", "Whether several networks may route the same of these at once.") { Condition = "IPv6 address" },
        new("mtu", "integer", Help: "MTU of the interface in bytes. Unset: it stays as it is.", Check: NetworkChecks.Mtu),
        new("ovn.ingress_mode", "string", "l2proxy",
            "How packets for external addresses find their way in: answered for on the uplink (`l2proxy`), or routed there by others (`routed`).", Check: Checks.OneOf("l2proxy", "routed")) { Condition = "standard mode" },
        new("parent", Help: "Interface of the host that is the network.", Check: NetworkChecks.Interface) { Scope = "local" },
        new("user.*", Help: "Anything you want to keep with the network. It does nothing."),
        new("vlan", "integer", Help: "Number of the VLAN on the parent. Unset: none.", Check: NetworkChecks.Vlan),
        new("volatile.*", Help: "Kept by the server about the network."),
    ])
    { Group = "network-conf", Scope = "global" };

    /// <summary>Keys of a network of type sriov.</summary>
    public static ConfigSchema Sriov { get; } = new("network-sriov",
    [
        new("mtu", "integer", Help: "MTU of the interfaces in bytes. Unset: that of the parent.", Check: NetworkChecks.Mtu),
        new("parent", Help: "Interface of the host whose virtual functions are handed to instances.", Check: NetworkChecks.Interface) { Scope = "local" },
        new("user.*", Help: "Anything you want to keep with the network. It does nothing."),
        new("vlan", "integer", Help: "Number of the VLAN on the parent. Unset: none.", Check: NetworkChecks.Vlan),
        new("volatile.*", Help: "Kept by the server about the network."),
    ])
    { Group = "network-conf", Scope = "global" };
}
