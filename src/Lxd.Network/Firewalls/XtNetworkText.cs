namespace Lxd.Network.Firewalls;

/// <summary>NAT, routing and the services of a bridge as rules of iptables.</summary>
internal static class XtNetworkText
{
    /// <summary>Rules that go before those of others are told last to first.</summary>
    public static IEnumerable<XtRule> Rules(string network, BridgeRules rules, int family)
    {
        if ((family == 4 ? rules.Ipv4 : rules.Ipv6) is not { } own)
        {
            yield break;
        }

        if (own.Nat)
        {
            yield return new XtRule("nat", "POSTROUTING", $"-s {own.Subnet.Cidr} ! -d {own.Subnet.Cidr}", own.NatAddress is { } address ? $"SNAT --to-source {address}" : "MASQUERADE", !own.NatLast);
        }

        if (!own.Filter)
        {
            yield break;
        }

        var verdict = own.Route ? "ACCEPT" : "REJECT";
        yield return new XtRule("filter", "FORWARD", $"-i {network}", verdict);
        yield return new XtRule("filter", "FORWARD", $"-o {network}", verdict);
        foreach (var protocol in (IEnumerable<string>)["tcp", "udp"])
        {
            if (own.Dns)
            {
                // Behind the rule that lets the bridge in: rules put first are met in reverse.
                yield return new XtRule("filter", "INPUT", $"! -i lo -d {own.Subnet.Address} -p {protocol} --dport 53", "DROP");
            }

            yield return new XtRule("filter", "INPUT", $"-i {network} -p {protocol} --dport 53", "ACCEPT");
            yield return new XtRule("filter", "OUTPUT", $"-o {network} -p {protocol} --sport 53", "ACCEPT");
        }

        if (own.Dhcp)
        {
            var port = family == 4 ? 67 : 547;
            yield return new XtRule("filter", "INPUT", $"-i {network} -p udp --dport {port}", "ACCEPT");
            yield return new XtRule("filter", "OUTPUT", $"-o {network} -p udp --sport {port}", "ACCEPT");
            foreach (var type in Icmp(family, true))
            {
                yield return new XtRule("filter", "INPUT", $"-i {network} {type}", "ACCEPT");
            }

            foreach (var type in Icmp(family, false))
            {
                yield return new XtRule("filter", "OUTPUT", $"-o {network} {type}", "ACCEPT");
            }
        }
    }

    /// <summary>Errors, and for IPv6 what neighbours and routers tell each other.</summary>
    public static IEnumerable<string> Icmp(int family, bool input) => family == 4
        ? ((IEnumerable<int>)[3, 11, 12]).Select(t => $"-p icmp -m icmp --icmp-type {t}")
        : ((IEnumerable<int>)[1, 2, 3, 4, input ? 133 : 134, 135, 136, 143, .. input ? (int[])[] : [128]]).Select(t => $"-p ipv6-icmp -m icmp6 --icmpv6-type {t}");
}
