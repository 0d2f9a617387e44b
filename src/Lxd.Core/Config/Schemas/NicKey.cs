namespace Lxd.Core.Config.Schemas;

/// <summary>The keys that several kinds of NIC have.</summary>
internal static class NicKey
{
    public static readonly ConfigKey BootPriority = new("boot.priority", "integer", Help: "Order among the devices a virtual machine tries to boot from; the highest is tried first.");
    public static readonly ConfigKey Gvrp = new("gvrp", "bool", "false", "Whether the VLAN is announced to the switch by GVRP.");
    public static readonly ConfigKey HostName = new("host_name", Help: "What the host's end is called.") { DefaultText = "randomly assigned" };
    public static readonly ConfigKey Hwaddr = new("hwaddr", Help: "Hardware (MAC) address. Unset: one is made and kept.") { DefaultText = "randomly assigned" };
    public static readonly ConfigKey Ipv4HostTable = new("ipv4.host_table", "integer", Help: "Routing table of the host that routes to the IPv4 addresses are also put into. Unset: only the main one.");
    public static readonly ConfigKey Ipv4Routes = new("ipv4.routes", Help: "IPv4 networks behind the instance that the host routes to it, as CIDRs separated by commas.");
    public static readonly ConfigKey Ipv6HostTable = new("ipv6.host_table", "integer", Help: "Routing table of the host that routes to the IPv6 addresses are also put into. Unset: only the main one.");
    public static readonly ConfigKey Ipv6Routes = new("ipv6.routes", Help: "IPv6 networks behind the instance that the host routes to it, as CIDRs separated by commas.");
    public static readonly ConfigKey LimitsEgress = new("limits.egress", Help: "Most traffic out of the instance, in bits a second: `100Mbit`. Unset: no limit.");
    public static readonly ConfigKey LimitsIngress = new("limits.ingress", Help: "Most traffic into the instance, in bits a second: `100Mbit`. Unset: no limit.");
    public static readonly ConfigKey LimitsMax = new("limits.max", Help: "The same limit for both directions; each may be given by itself instead.");
    public static readonly ConfigKey LimitsPriority = new("limits.priority", "integer", Help: "Priority (skb->priority) of packets out of the instance, by which queues on the host can sort them.");
    public static readonly ConfigKey Mtu = new("mtu", "integer", Help: "Largest packet in bytes (MTU).") { DefaultText = "parent MTU" };
    public static readonly ConfigKey Name = new("name", Help: "What the interface is called inside. Unset: the next free `ethN`.") { DefaultText = "kernel assigned" };
    public static readonly ConfigKey Network = new("network", Help: "Managed network the NIC is plugged into, in place of `nictype` and `parent`.");
    public static readonly ConfigKey Parent = new("parent", Help: "Interface of the host it is made on or plugged into.");
    public static readonly ConfigKey QueueTxLength = new("queue.tx.length", "integer", Help: "Number of packets that may wait to be sent.");
    public static readonly ConfigKey Vlan = new("vlan", "integer", Help: "Number of the VLAN its untagged traffic is in. Unset: none.");
}
