using System.Net;
using System.Net.Sockets;

namespace Lxd.Network.Firewalls;

/// <summary>Forwards of a network as rules of iptables.</summary>
internal static class XtForwardText
{
    public static IEnumerable<XtRule> Rules(IReadOnlyList<ForwardRule> rules, int family)
    {
        var own = rules.Where(r => r.Listen.AddressFamily == (family == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6)).ToList();
        // Rules put first are met in reverse: what is for all ports has to be told first.
        own.Reverse();
        return own.SelectMany(Rewrites).Concat(own.SelectMany(Hairpins).Distinct().Select(m => new XtRule("nat", "POSTROUTING", m, "MASQUERADE")));
    }

    private static IEnumerable<XtRule> Rewrites(ForwardRule rule)
    {
        var matches = rule.Protocol.Length == 0
            ? [(Match: $"-d {rule.Listen}", Target: rule.Target.ToString())]
            : rule.Rewrites().Select(r => (Match: $"-d {rule.Listen} -p {rule.Protocol} -m {rule.Protocol} --dport {r.Listen.Text(':')}", Target: r.Target is { } port ? new IPEndPoint(rule.Target, port).ToString() : rule.Target.ToString()));
        return matches.SelectMany(m => ((IEnumerable<string>)["PREROUTING", "OUTPUT"]).Select(c => new XtRule("nat", c, m.Match, $"DNAT --to-destination {m.Target}")));
    }

    private static IEnumerable<string> Hairpins(ForwardRule rule) => rule.Protocol.Length == 0
        ? [$"-s {rule.Target} -d {rule.Target}"]
        : rule.Targets().Select(r => $"-s {rule.Target} -d {rule.Target} -p {rule.Protocol} -m {rule.Protocol} --dport {r.Text(':')}");
}
