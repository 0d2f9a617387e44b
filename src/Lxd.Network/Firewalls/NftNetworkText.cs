namespace Lxd.Network.Firewalls;

/// <summary>NAT, routing and the services of a bridge as chains.</summary>
internal static class NftNetworkText
{
    private const string IcmpErrors = "icmp type { destination-unreachable, time-exceeded, parameter-problem } accept";

    public static IEnumerable<NftChain> Chains(string network, BridgeRules rules)
    {
        var filtered = rules.Families.Where(f => f.Filter).ToList();
        yield return new($"pstrt.{network}", "type nat hook postrouting priority 100;", [.. rules.Families.Where(f => f.Nat).Select(Nat)]);
        yield return new($"fwd.{network}", "type filter hook forward priority 0;", [.. filtered.SelectMany(f => Forward(network, f))]);
        yield return new($"in.{network}", "type filter hook input priority 0;", [.. Input(network, filtered)]);
        yield return new($"out.{network}", "type filter hook output priority 0;", [.. Output(network, filtered)]);
    }

    private static string Protocol(FamilyRules family) => family.Subnet.IsIpv4 ? "ip" : "ip6";

    private static string Nat(FamilyRules family)
    {
        var protocol = Protocol(family);
        var action = family.NatAddress is { } address ? $"snat {protocol} to {address}" : "masquerade";
        return $"{protocol} saddr {family.Subnet.Cidr} {protocol} daddr != {family.Subnet.Cidr} {action}";
    }

    private static IEnumerable<string> Forward(string network, FamilyRules family)
    {
        var version = family.Subnet.IsIpv4 ? "ip version 4" : "ip6 version 6";
        var verdict = family.Route ? "accept" : "reject";
        return [$"{version} oifname \"{network}\" {verdict}", $"{version} iifname \"{network}\" {verdict}"];
    }

    private static IEnumerable<string> Input(string network, List<FamilyRules> families)
    {
        if (families.Count == 0)
        {
            yield break;
        }

        var link = $"iifname \"{network}\"";
        yield return $"{link} tcp dport 53 accept";
        yield return $"{link} udp dport 53 accept";
        foreach (var family in families.Where(f => f.Dhcp))
        {
            yield return family.Subnet.IsIpv4 ? $"{link} {IcmpErrors}"
                : $"{link} icmpv6 type {{ destination-unreachable, packet-too-big, time-exceeded, parameter-problem, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }} accept";
            yield return $"{link} udp dport {(family.Subnet.IsIpv4 ? 67 : 547)} accept";
        }

        foreach (var family in families.Where(f => f.Dns))
        {
            // The server listens on an address of the host, which others could reach by routing.
            var outsider = $"iifname != \"lo\" {Protocol(family)} daddr {family.Subnet.Address}";
            yield return $"{outsider} tcp dport 53 drop";
            yield return $"{outsider} udp dport 53 drop";
        }
    }

    private static IEnumerable<string> Output(string network, List<FamilyRules> families)
    {
        if (families.Count == 0)
        {
            yield break;
        }

        var link = $"oifname \"{network}\"";
        yield return $"{link} tcp sport 53 accept";
        yield return $"{link} udp sport 53 accept";
        foreach (var family in families.Where(f => f.Dhcp))
        {
            yield return family.Subnet.IsIpv4 ? $"{link} {IcmpErrors}"
                : $"{link} icmpv6 type {{ destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }} accept";
            yield return $"{link} udp sport {(family.Subnet.IsIpv4 ? 67 : 547)} accept";
        }
    }
}
