using System.Globalization;
using System.Net;
using System.Text;
using Lxd.Linux.Processes;

namespace Lxd.Network.Nics;

/// <summary>Ports of the host that lead to ports of an instance by address translation.</summary>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Ports">Those of the host; as many of the instance, or one for all.</param>
public sealed record PortForward(string Protocol, IPAddress Listen, IReadOnlyList<int> Ports, IPAddress Target, IReadOnlyList<int> TargetPorts);

/// <summary>Address translation in chains of its own in the table <c>inet lxd</c>.</summary>
public static class ProxyRules
{
    public static Task ApplyAsync(string owner, PortForward forward, CancellationToken ct) => ProcessRunner.RunAsync("nft", ["-f", "-"], ct, Text(owner, forward));

    /// <summary>A repeat does nothing.</summary>
    public static Task RemoveAsync(string owner, CancellationToken ct) => ProcessRunner.RunAsync("nft", ["-f", "-"], ct, NoText(owner));

    internal static string Text(string owner, PortForward forward)
    {
        var text = new StringBuilder("add table inet lxd\n");
        foreach (var (chain, hook) in Chains(owner))
        {
            text.Append($"add chain inet lxd {chain} {{ {hook} }}\nflush chain inet lxd {chain}\n");
        }

        var six = forward.Listen.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        var family = six ? "ip6" : "ip";
        var target = six ? $"[{forward.Target}]" : forward.Target.ToString();
        foreach (var (ports, to) in Ranges(forward))
        {
            var match = $"{family} daddr {forward.Listen} {forward.Protocol} dport {ports}";
            text.Append($"add rule inet lxd prert.{Word(owner)} {match} dnat {family} to {target}{to}\nadd rule inet lxd out.{Word(owner)} {match} dnat {family} to {target}{to}\n");
            // An instance that reaches itself through the host's address has to see the host, or it would answer to itself.
            text.Append($"add rule inet lxd pstrt.{Word(owner)} {family} saddr {forward.Target} {family} daddr {forward.Target} {forward.Protocol} dport {(to.Length > 0 ? to[1..] : ports)} masquerade\n");
        }

        return text.ToString();
    }

    internal static string NoText(string owner)
    {
        var text = new StringBuilder("add table inet lxd\n");
        foreach (var (chain, _) in Chains(owner))
        {
            text.Append($"add chain inet lxd {chain}\nflush chain inet lxd {chain}\ndelete chain inet lxd {chain}\n");
        }

        return text.ToString();
    }

    /// <summary>Runs of ports that keep their numbers, or that all go to one.</summary>
    private static IEnumerable<(string Ports, string To)> Ranges(PortForward forward)
    {
        for (var i = 0; i < forward.Ports.Count;)
        {
            var one = forward.TargetPorts.Count == 1 && forward.Ports.Count > 1;
            var last = i;
            while (last + 1 < forward.Ports.Count && forward.Ports[last + 1] == forward.Ports[last] + 1 && (one || Same(last) && Same(last + 1)))
            {
                last++;
            }

            yield return (Number(forward.Ports[i], forward.Ports[last]), last > i && !one ? "" : ":" + Number(forward.TargetPorts[one ? 0 : i], forward.TargetPorts[one ? 0 : i]));
            i = last + 1;
        }

        bool Same(int at) => forward.Ports[at] == forward.TargetPorts[at];
    }

    private static string Number(int first, int last) => first == last ? first.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");

    private static (string Chain, string Hook)[] Chains(string owner) =>
    [
        ("prert." + Word(owner), "type nat hook prerouting priority -100; policy accept;"),
        ("out." + Word(owner), "type nat hook output priority -100; policy accept;"),
        ("pstrt." + Word(owner), "type nat hook postrouting priority 100; policy accept;"),
    ];

    private static string Word(string name) => NicFilterText.Word(name);
}
