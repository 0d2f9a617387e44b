using Lxd.Linux.Users;

namespace Lxd.Network.Bridges;

/// <summary>How dnsmasq is called for a bridge.</summary>
internal static class DnsmasqArguments
{
    /// <summary>Where it writes its number; the file of the bridge tells more.</summary>
    public static string OwnPidFile(BridgeSpec bridge) => Path.Combine(bridge.Directory, "dnsmasq.own-pid");

    public static List<string> Of(BridgeSpec bridge)
    {
        List<string> arguments =
        [
            "--strict-order", "--bind-interfaces", "--except-interface=lo", $"--pid-file={OwnPidFile(bridge)}", "--no-ping", $"--interface={bridge.Name}", "--dhcp-rapid-commit",
            "--quiet-dhcp", "--quiet-dhcp6", "--quiet-ra", $"--log-facility={bridge.LogFile}", "--dhcp-no-override", "--dhcp-authoritative",
            $"--dhcp-leasefile={bridge.LeaseFile}", $"--dhcp-hostsfile={bridge.HostsDirectory}",
        ];
        arguments.AddRange(Ipv4(bridge));
        arguments.AddRange(Ipv6(bridge));
        if (bridge.Get("dns.mode") != "none")
        {
            var domain = bridge.Get("dns.domain");
            arguments.AddRange(["-s", domain, "--interface-name", $"_gateway.{domain},{bridge.Name}", "-S", $"/{domain}/"]);
        }

        return [.. arguments, $"--conf-file={bridge.RawFile}", "-u", User(), "-g", Group()];
    }

    private static IEnumerable<string> Ipv4(BridgeSpec bridge)
    {
        if (bridge.Ipv4 is not { } own)
        {
            yield break;
        }

        yield return $"--listen-address={own.Address}";
        if (!bridge.IsTrue("ipv4.dhcp"))
        {
            yield break;
        }

        if (bridge.Get("ipv4.dhcp.gateway") is { Length: > 0 } gateway)
        {
            yield return $"--dhcp-option-force=3,{gateway}";
        }

        if (bridge.Mtu != BridgeSpec.StandardMtu)
        {
            yield return $"--dhcp-option-force=26,{bridge.Mtu}";
        }

        if (bridge.Get("dns.search") is { Length: > 0 } search)
        {
            yield return "--dhcp-option-force=119," + search.Replace(" ", "", StringComparison.Ordinal);
        }

        foreach (var range in Ranges(bridge, "ipv4", own))
        {
            yield return "--dhcp-range";
            yield return $"{range},{bridge.Get("ipv4.dhcp.expiry")}";
        }
    }

    private static IEnumerable<string> Ipv6(BridgeSpec bridge)
    {
        if (bridge.Ipv6 is not { } own)
        {
            yield break;
        }

        yield return $"--listen-address={own.Address}";
        yield return "--enable-ra";
        if (!bridge.IsTrue("ipv6.dhcp"))
        {
            yield return "--dhcp-range";
            yield return $"::,constructor:{bridge.Name},ra-only";
        }
        else if (!bridge.IsTrue("ipv6.dhcp.stateful"))
        {
            yield return "--dhcp-range";
            yield return $"::,constructor:{bridge.Name},ra-stateless,ra-names";
        }
        else
        {
            foreach (var range in Ranges(bridge, "ipv6", own))
            {
                yield return "--dhcp-range";
                yield return $"{range},{own.Prefix},{bridge.Get("ipv6.dhcp.expiry")}";
            }
        }
    }

    private static IEnumerable<string> Ranges(BridgeSpec bridge, string family, Subnet own)
    {
        if (bridge.Get(family + ".dhcp.ranges") is { Length: > 0 } ranges)
        {
            return ranges.Split(',').Select(r => string.Join(',', r.Split('-').Select(e => e.Trim())));
        }

        var (first, last) = own.Range();
        return [$"{first},{last}"];
    }

    /// <summary>Somebody without rights: the server talks to instances.</summary>
    private static string User() => ((IEnumerable<string>)["lxd", "nobody"]).FirstOrDefault(UserNames.UserExists) ?? "root";

    private static string Group() => ((IEnumerable<string>)["lxd", "nogroup", "nobody"]).FirstOrDefault(g => UserNames.GroupId(g) is not null) ?? "root";
}
