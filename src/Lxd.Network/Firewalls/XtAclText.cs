namespace Lxd.Network.Firewalls;

/// <summary>Access control lists of a network as rules of iptables: a chain of its own that the built-in ones jump to.</summary>
internal static class XtAclText
{
    /// <summary>What leads to the chain, last to first: the services of the network pass before it.</summary>
    public static IEnumerable<XtRule> Jumps(string network, AclRules? rules, int family)
    {
        if (rules is null)
        {
            yield break;
        }

        var chain = $"lxd_acl_{network}";
        yield return new XtRule("filter", "INPUT", $"-i {network}", chain);
        yield return new XtRule("filter", "OUTPUT", $"-o {network}", chain);
        yield return new XtRule("filter", "FORWARD", $"-i {network}", chain);
        yield return new XtRule("filter", "FORWARD", $"-o {network}", chain);
        var port = family == 4 ? 67 : 547;
        foreach (var match in (IEnumerable<string>)["-p tcp --dport 53", "-p udp --dport 53", $"-p udp --dport {port}", .. XtNetworkText.Icmp(family, true)])
        {
            yield return new XtRule("filter", "INPUT", $"-i {network} {match}", "ACCEPT");
        }

        foreach (var match in (IEnumerable<string>)[$"-p udp --sport {port}", .. XtNetworkText.Icmp(family, false)])
        {
            yield return new XtRule("filter", "OUTPUT", $"-o {network} {match}", "ACCEPT");
        }
    }

    /// <summary>The chain itself, first to last.</summary>
    public static IEnumerable<string> Rules(string network, AclRules rules, int family) =>
    [
        "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
        .. rules.Rules.Select(r => r.Of(family)).OfType<AclRule>().SelectMany(r => Statements(network, r, family)),
        .. Verdicts($"-i {network}", rules.EgressLogged ? $"{network}-egress" : "", rules.Egress),
        .. Verdicts($"-o {network}", rules.IngressLogged ? $"{network}-ingress" : "", rules.Ingress),
    ];

    /// <summary>One statement for each pair of source and destination.</summary>
    private static IEnumerable<string> Statements(string network, AclRule rule, int family)
    {
        foreach (var source in rule.Sources.Count > 0 ? rule.Sources : [""])
        {
            foreach (var destination in rule.Destinations.Count > 0 ? rule.Destinations : [""])
            {
                List<string> parts = [];
                Add(source, "-s {0}");
                Add(destination, "-d {0}");
                parts.Add(rule.Ingress ? $"-o {network}" : $"-i {network}");
                parts.AddRange(Protocol(rule, family));
                foreach (var statement in Verdicts(string.Join(' ', parts), rule.LogName, rule.Action))
                {
                    yield return statement;
                }

                void Add(string value, string format)
                {
                    if (value.Length > 0)
                    {
                        parts.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, value));
                    }
                }
            }
        }
    }

    private static IEnumerable<string> Protocol(AclRule rule, int family)
    {
        if (rule.Protocol is "icmp4" or "icmp6")
        {
            var code = rule.IcmpCode.Length > 0 ? "/" + rule.IcmpCode : "";
            var option = family == 4 ? "-m icmp --icmp-type" : "-m icmp6 --icmpv6-type";
            return [family == 4 ? "-p icmp" : "-p ipv6-icmp", .. rule.IcmpType.Length > 0 ? (string[])[$"{option} {rule.IcmpType}{code}"] : []];
        }

        return rule.Protocol.Length == 0 ? []
            : [$"-p {rule.Protocol}", .. Ports("--sports", rule.SourcePorts), .. Ports("--dports", rule.DestinationPorts)];
    }

    private static string[] Ports(string option, IReadOnlyList<string> ports) => ports.Count == 0 ? [] : [$"-m multiport {option} {string.Join(',', ports).Replace('-', ':')}"];

    private static IEnumerable<string> Verdicts(string match, string log, string action) =>
    [
        .. log.Length > 0 ? (string[])[$"{match} -j LOG --log-prefix \"{log[..Math.Min(log.Length, 28)]} \""] : [],
        $"{match} -j {(action == "allow" ? "ACCEPT" : action.ToUpperInvariant())}",
    ];
}
