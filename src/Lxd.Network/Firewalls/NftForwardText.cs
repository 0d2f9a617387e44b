using System.Net;
using System.Net.Sockets;

namespace Lxd.Network.Firewalls;

/// <summary>Forwards of a network as chains: for what comes from outside, for what the host itself sends, and for instances that reach themselves.</summary>
internal static class NftForwardText
{
    public static IEnumerable<NftChain> Chains(string network, IReadOnlyList<ForwardRule> rules)
    {
        List<string> rewrites = [.. rules.SelectMany(Rewrites)];
        yield return new($"fwdprert.{network}", "type nat hook prerouting priority -100;", rewrites);
        yield return new($"fwdout.{network}", "type nat hook output priority -100;", rewrites);
        yield return new($"fwdpstrt.{network}", "type nat hook postrouting priority 100;", [.. rules.SelectMany(Hairpins).Distinct()]);
    }

    private static string Protocol(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? "ip" : "ip6";

    private static IEnumerable<string> Rewrites(ForwardRule rule)
    {
        var protocol = Protocol(rule.Listen);
        var listen = $"{protocol} daddr {rule.Listen}";
        return rule.Protocol.Length == 0
            ? [$"{listen} dnat {protocol} to {rule.Target}"]
            : rule.Rewrites().Select(r => $"{listen} {rule.Protocol} dport {r.Listen.Text('-')} dnat {protocol} to {Target(rule.Target, r.Target)}");
    }

    private static string Target(IPAddress address, int? port) => port is null ? address.ToString() : new IPEndPoint(address, port.Value).ToString();

    private static IEnumerable<string> Hairpins(ForwardRule rule)
    {
        var protocol = Protocol(rule.Target);
        var itself = $"{protocol} saddr {rule.Target} {protocol} daddr {rule.Target}";
        return rule.Protocol.Length == 0 ? [$"{itself} masquerade"] : rule.Targets().Select(r => $"{itself} {rule.Protocol} dport {r.Text('-')} masquerade");
    }
}
