using System.Text;
using Lxd.Linux.Processes;

namespace Lxd.Network.Bridges;

/// <summary>The nftables rules of a bridge: a few chains of its own in the table <c>inet lxd</c>.</summary>
internal static class Firewall
{
    public static Task ApplyAsync(BridgeSpec bridge, CancellationToken ct) => ProcessRunner.RunAsync("nft", ["-f", "-"], ct, Rules(bridge));

    public static async Task RemoveAsync(BridgeSpec bridge, CancellationToken ct)
    {
        foreach (var chain in Chains(bridge.Name))
        {
            await ProcessRunner.TryAsync("nft", ["delete", "chain", "inet", "lxd", chain], ct).ConfigureAwait(false);
        }
    }

    /// <summary>The whole text; it replaces what was there in one transaction.</summary>
    public static string Rules(BridgeSpec bridge)
    {
        var text = new StringBuilder("add table inet lxd\n");
        var name = bridge.Name;
        string[] hooks = ["type nat hook postrouting priority 100; policy accept;", "type filter hook forward priority 0; policy accept;", "type filter hook input priority 0; policy accept;", "type filter hook output priority 0; policy accept;"];
        foreach (var (chain, hook) in Chains(name).Zip(hooks))
        {
            text.Append($"add chain inet lxd {chain} {{ {hook} }}\nflush chain inet lxd {chain}\n");
        }

        Nat(text, bridge, bridge.Ipv4, "ip");
        Nat(text, bridge, bridge.Ipv6, "ip6");
        Filter(text, bridge, bridge.Ipv4, "ipv4");
        Filter(text, bridge, bridge.Ipv6, "ipv6");
        return text.ToString();
    }

    private static string[] Chains(string name) => [$"pstrt.{name}", $"fwd.{name}", $"in.{name}", $"out.{name}"];

    private static void Nat(StringBuilder text, BridgeSpec bridge, Subnet? subnet, string protocol)
    {
        var family = protocol == "ip" ? "ipv4" : "ipv6";
        if (subnet is null || !bridge.IsTrue(family + ".nat"))
        {
            return;
        }

        var action = bridge.Get(family + ".nat.address") is { Length: > 0 } address ? $"snat {protocol} to {address}" : "masquerade";
        text.Append($"add rule inet lxd pstrt.{bridge.Name} {protocol} saddr {subnet.Cidr} {protocol} daddr != {subnet.Cidr} {action}\n");
    }

    private static void Filter(StringBuilder text, BridgeSpec bridge, Subnet? subnet, string family)
    {
        if (subnet is null || !bridge.IsTrue(family + ".firewall"))
        {
            return;
        }

        var name = bridge.Name;
        var verdict = Lxd.Core.Config.Checks.IsFalse(bridge.Get(family + ".routing")) ? "reject" : "accept";
        text.Append($"add rule inet lxd fwd.{name} meta nfproto {family} oifname \"{name}\" {verdict}\n");
        text.Append($"add rule inet lxd fwd.{name} meta nfproto {family} iifname \"{name}\" {verdict}\n");
        var (server, client) = family == "ipv4" ? ("67", "67") : ("547", "547");
        // The host answers for its addresses on every interface: the name server is for this bridge only.
        text.Append($"add rule inet lxd in.{name} iifname != {{ \"{name}\", \"lo\" }} {(family == "ipv4" ? "ip" : "ip6")} daddr {subnet.Address} meta l4proto {{ tcp, udp }} th dport 53 drop\n");
        text.Append($"add rule inet lxd in.{name} meta nfproto {family} iifname \"{name}\" meta l4proto {{ tcp, udp }} th dport 53 accept\n");
        text.Append($"add rule inet lxd in.{name} meta nfproto {family} iifname \"{name}\" udp dport {server} accept\n");
        text.Append($"add rule inet lxd in.{name} meta nfproto {family} iifname \"{name}\" meta l4proto {(family == "ipv4" ? "icmp" : "ipv6-icmp")} accept\n");
        text.Append($"add rule inet lxd out.{name} meta nfproto {family} oifname \"{name}\" meta l4proto {{ tcp, udp }} th sport 53 accept\n");
        text.Append($"add rule inet lxd out.{name} meta nfproto {family} oifname \"{name}\" udp sport {client} accept\n");
    }
}
