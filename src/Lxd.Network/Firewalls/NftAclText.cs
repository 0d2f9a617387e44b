namespace Lxd.Network.Firewalls;

/// <summary>Access control lists of a network as chains: three that see what passes the bridge's own link, and one they jump to.</summary>
internal static class NftAclText
{
    public static IEnumerable<NftChain> Chains(string network, AclRules? rules)
    {
        if (rules is null)
        {
            return [new($"aclin.{network}", "", []), new($"aclout.{network}", "", []), new($"aclfwd.{network}", "", []), new($"acl.{network}", "", [])];
        }

        var (sent, received) = ($"iifname \"{network}\"", $"oifname \"{network}\"");
        var jump = $"jump acl.{network}";
        return
        [
            new($"acl.{network}", "", ["ct state established,related accept", .. rules.Rules.SelectMany(r => Rules(network, r)), Default(network, false, rules), Default(network, true, rules)]),
            new($"aclin.{network}", "type filter hook input priority 0;",
            [
                $"{sent} tcp dport 53 accept", $"{sent} udp dport 53 accept", $"{sent} udp dport 67 accept", $"{sent} udp dport 547 accept",
                $"{sent} icmp type {{ destination-unreachable, time-exceeded, parameter-problem }} accept",
                $"{sent} icmpv6 type {{ destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }} accept",
                $"{sent} {jump}",
            ]),
            new($"aclout.{network}", "type filter hook output priority 0;",
            [
                $"{received} udp sport 67 accept", $"{received} udp sport 547 accept",
                $"{received} icmp type {{ destination-unreachable, time-exceeded, parameter-problem }} accept",
                $"{received} icmpv6 type {{ destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }} accept",
                $"{received} {jump}",
            ]),
            new($"aclfwd.{network}", "type filter hook forward priority 0;", [$"{sent} {jump}", $"{received} {jump}"]),
        ];
    }

    /// <summary>A rule that names addresses of both families becomes two.</summary>
    private static IEnumerable<string> Rules(string network, AclRule rule) => rule.HasFamily
        ? ((IEnumerable<int>)[4, 6]).Select(f => (Family: f, Rule: rule.Of(f))).Where(r => r.Rule is not null).Select(r => Statement(network, r.Rule!, r.Family))
        : [Statement(network, rule, 0)];

    private static string Statement(string network, AclRule rule, int family)
    {
        var ip = family == 6 ? "ip6" : "ip";
        List<string> parts = [rule.Ingress ? $"oifname \"{network}\"" : $"iifname \"{network}\""];
        Add(rule.Sources.Count > 0, $"{ip} saddr {Set(Disjoint.Addresses(rule.Sources))}");
        Add(rule.Destinations.Count > 0, $"{ip} daddr {Set(Disjoint.Addresses(rule.Destinations))}");
        switch (rule.Protocol)
        {
            case "tcp" or "udp":
                Add(rule.SourcePorts.Count > 0, $"{rule.Protocol} sport {Set(Disjoint.Ports(rule.SourcePorts))}");
                Add(rule.DestinationPorts.Count > 0, $"{rule.Protocol} dport {Set(Disjoint.Ports(rule.DestinationPorts))}");
                Add(rule.SourcePorts.Count + rule.DestinationPorts.Count == 0, $"meta l4proto {rule.Protocol}");
                break;
            case "icmp4" or "icmp6":
                var icmp = rule.Protocol == "icmp4" ? "icmp" : "icmpv6";
                parts.Add(rule.Protocol == "icmp4" ? "ip protocol icmp" : "ip6 nexthdr icmpv6");
                Add(rule.IcmpType.Length > 0, $"{icmp} type {rule.IcmpType}");
                Add(rule.IcmpCode.Length > 0, $"{icmp} code {rule.IcmpCode}");
                break;
            default:
                break;
        }

        Add(rule.LogName.Length > 0, $"log prefix \"{rule.LogName} \"");
        return string.Join(' ', [.. parts, Verdict(rule.Action)]);

        void Add(bool condition, string part)
        {
            if (condition)
            {
                parts.Add(part);
            }
        }
    }

    private static string Default(string network, bool ingress, AclRules rules)
    {
        var link = ingress ? "oifname" : "iifname";
        var log = (ingress ? rules.IngressLogged : rules.EgressLogged) ? $"log prefix \"{network}-{(ingress ? "ingress" : "egress")} \" " : "";
        return $"{link} \"{network}\" {log}{Verdict(ingress ? rules.Ingress : rules.Egress)}";
    }

    private static string Verdict(string action) => action == "allow" ? "accept" : action;

    private static string Set(IReadOnlyList<string> members) => members.Count == 1 ? members[0] : $"{{ {string.Join(", ", members)} }}";
}
