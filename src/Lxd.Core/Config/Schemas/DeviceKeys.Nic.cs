namespace Lxd.Core.Config.Schemas;

public static partial class DeviceKeys
{
    /// <summary>Keys of a device nic-bridged.</summary>
    public static ConfigSchema NicBridged { get; } = new("device-nic-bridged",
    [
        NicKey.BootPriority,
        NicKey.HostName,
        NicKey.Hwaddr,
        new("ipv4.address", Help: "IPv4 address that DHCP always hands to this NIC; `none` with filtering allows no IPv4 at all."),
        NicKey.Ipv4Routes,
        new("ipv4.routes.external", Help: "IPv4 networks behind the instance that are also told to the uplink's peers, as CIDRs separated by commas."),
        new("ipv6.address", Help: "IPv6 address that DHCP always hands to this NIC; `none` with filtering allows no IPv6 at all."),
        NicKey.Ipv6Routes,
        new("ipv6.routes.external", Help: "IPv6 networks behind the instance that are also told to the uplink's peers, as CIDRs separated by commas."),
        NicKey.LimitsEgress,
        NicKey.LimitsIngress,
        NicKey.LimitsMax,
        NicKey.LimitsPriority,
        NicKey.Mtu with { Managed = "yes" },
        NicKey.Name,
        NicKey.Network,
        NicKey.Parent with { Managed = "yes", Required = "if specifying the `nictype` directly" },
        NicKey.QueueTxLength,
        new("security.ipv4_filtering", "bool", "false", "Whether only packets from the NIC's own IPv4 address are let out."),
        new("security.ipv6_filtering", "bool", "false", "Whether only packets from the NIC's own IPv6 address are let out."),
        new("security.mac_filtering", "bool", "false", "Whether only packets from the NIC's own MAC address are let out."),
        new("security.port_isolation", "bool", "false", "Whether the NIC cannot reach other isolated NICs of the bridge."),
        new("vlan", "integer", Help: "Number of the VLAN its untagged traffic is in; `none` for none. Unset: that of the bridge.", Check: Checks.Anything),
        new("vlan.tagged", "integer", Help: "Numbers of the VLANs the NIC may send tagged, separated by commas.", Check: Checks.Anything),
    ])
    { Group = "device-conf", Managed = "no" };

    /// <summary>Keys of a device nic-ipvlan.</summary>
    public static ConfigSchema NicIpvlan { get; } = new("device-nic-ipvlan",
    [
        NicKey.Gvrp,
        NicKey.Hwaddr,
        new("ipv4.address", Help: "IPv4 addresses of the instance, separated by commas; in mode `l2` with their prefix."),
        new("ipv4.gateway",
            Help: "Whether a default route for IPv4 is set inside: `auto`, `none`, or in mode `l2` an address.") { DefaultText = "`auto` (`l3s`), `-` (`l2`)" },
        NicKey.Ipv4HostTable,
        new("ipv6.address", Help: "IPv6 addresses of the instance, separated by commas; in mode `l2` with their prefix."),
        new("ipv6.gateway",
            Help: "Whether a default route for IPv6 is set inside: `auto`, `none`, or in mode `l2` an address.") { DefaultText = "`auto` (`l3s`), `-` (`l2`)" },
        NicKey.Ipv6HostTable,
        new("mode", "string", "l3s", "How packets are passed to the instance: `l2`, `l3`, or `l3s`, which goes through the host's firewall."),
        NicKey.Mtu,
        NicKey.Name,
        NicKey.Parent with { Required = "yes" },
        NicKey.Vlan,
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device nic-macvlan.</summary>
    public static ConfigSchema NicMacvlan { get; } = new("device-nic-macvlan",
    [
        NicKey.BootPriority,
        NicKey.Gvrp,
        NicKey.Hwaddr,
        NicKey.Mtu with { Managed = "yes" },
        NicKey.Name,
        NicKey.Network,
        NicKey.Parent with { Managed = "yes", Required = "if specifying the `nictype` directly" },
        NicKey.Vlan,
    ])
    { Group = "device-conf", Managed = "no" };

    /// <summary>Keys of a device nic-p2p.</summary>
    public static ConfigSchema NicP2p { get; } = new("device-nic-p2p",
    [
        NicKey.BootPriority,
        NicKey.HostName,
        NicKey.Hwaddr,
        NicKey.Ipv4Routes,
        NicKey.Ipv6Routes,
        NicKey.LimitsEgress,
        NicKey.LimitsIngress,
        NicKey.LimitsMax,
        NicKey.LimitsPriority,
        NicKey.Mtu with { DefaultText = "kernel assigned" },
        NicKey.Name,
        NicKey.QueueTxLength,
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device nic-physical.</summary>
    public static ConfigSchema NicPhysical { get; } = new("device-nic-physical",
    [
        NicKey.BootPriority,
        NicKey.Gvrp,
        new("hwaddr", Help: "MAC address the interface gets while the instance has it. Unset: its own.") { DefaultText = "parent MAC address", Condition = "container" },
        NicKey.Mtu with { Condition = "container" },
        NicKey.Name,
        NicKey.Network,
        new("parent", Help: "Interface of the host that moves into the instance.") { Required = "if specifying the `nictype` directly", Managed = "yes" },
        NicKey.Vlan with { Condition = "container" },
    ])
    { Group = "device-conf", Managed = "no" };

    /// <summary>Keys of a device nic-routed.</summary>
    public static ConfigSchema NicRouted { get; } = new("device-nic-routed",
    [
        NicKey.Gvrp,
        NicKey.HostName,
        NicKey.Hwaddr,
        new("ipv4.address", Help: "IPv4 addresses of the instance, separated by commas."),
        new("ipv4.gateway", "string", "auto", "Whether a default route for IPv4 is set inside: `auto` or `none`."),
        new("ipv4.host_address", "string", "169.254.0.1", "IPv4 address of the host's end, which is the gateway inside."),
        NicKey.Ipv4HostTable,
        new("ipv4.neighbor_probe", "bool", "true", "Whether the start asks on the parent's network if somebody has the IPv4 address already."),
        NicKey.Ipv4Routes,
        new("ipv6.address", Help: "IPv6 addresses of the instance, separated by commas."),
        new("ipv6.gateway", "string", "auto", "Whether a default route for IPv6 is set inside: `auto` or `none`."),
        new("ipv6.host_address", "string", "fe80::1", "IPv6 address of the host's end, which is the gateway inside."),
        NicKey.Ipv6HostTable,
        new("ipv6.neighbor_probe", "bool", "true", "Whether the start asks on the parent's network if somebody has the IPv6 address already."),
        NicKey.Ipv6Routes,
        NicKey.LimitsEgress,
        NicKey.LimitsIngress,
        NicKey.LimitsMax,
        NicKey.LimitsPriority,
        NicKey.Mtu,
        NicKey.Name,
        new("parent", Help: "Interface of the host on whose network the addresses are answered for. Unset: they are only routed."),
        NicKey.QueueTxLength,
        NicKey.Vlan,
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device nic-sriov.</summary>
    public static ConfigSchema NicSriov { get; } = new("device-nic-sriov",
    [
        NicKey.BootPriority,
        NicKey.Hwaddr,
        NicKey.Mtu with { Managed = "yes", DefaultText = "kernel assigned" },
        NicKey.Name,
        NicKey.Network,
        new("parent",
            Help: "Interface of the host that one of the virtual functions is taken from.") { Required = "if specifying the `nictype` directly", Managed = "yes" },
        new("security.mac_filtering", "bool", "false", "Whether the card lets only packets from the NIC's own MAC address out."),
        NicKey.Vlan,
    ])
    { Group = "device-conf", Managed = "no" };
}
