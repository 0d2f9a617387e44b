using Lxd.Core;
using Lxd.Linux.Processes;

namespace Lxd.Network.Bridges;

/// <summary>Managed bridges of the host: the interface, its addresses, DHCP and DNS, the firewall.</summary>
public static class Bridge
{
    public static bool Exists(string name) => File.ReadLines("/proc/self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>Brings everything to what the configuration says; a repeat changes nothing. A new bridge that fails leaves nothing.</summary>
    public static async Task StartAsync(BridgeSpec bridge, CancellationToken ct)
    {
        Directory.CreateDirectory(bridge.Directory);
        await using var undo = new Rollback();
        if (!Exists(bridge.Name))
        {
            await IpAsync(ct, ["link", "add", "dev", bridge.Name, .. (bridge.Get("bridge.hwaddr") is { Length: > 0 } address ? (string[])["address", address] : []), "type", "bridge"]).ConfigureAwait(false);
            undo.Add(() => IpAsync(CancellationToken.None, ["link", "del", "dev", bridge.Name]));
        }

        if (bridge.Get("bridge.mtu") is { Length: > 0 } mtu)
        {
            await IpAsync(ct, ["link", "set", "dev", bridge.Name, "mtu", mtu]).ConfigureAwait(false);
        }

        Sysctl($"ipv6/conf/{bridge.Name}/accept_ra", "0");
        Sysctl($"ipv6/conf/{bridge.Name}/autoconf", "0");
        Sysctl($"ipv6/conf/{bridge.Name}/accept_dad", "0");
        await IpAsync(ct, ["addr", "flush", "dev", bridge.Name, "scope", "global"]).ConfigureAwait(false);
        foreach (var subnet in ((IEnumerable<Subnet?>)[bridge.Ipv4, bridge.Ipv6]).OfType<Subnet>())
        {
            await IpAsync(ct, ["addr", "add", subnet.ToString(), "dev", bridge.Name, .. (subnet.IsIpv4 ? (string[])[] : ["nodad"])]).ConfigureAwait(false);
            Sysctl(subnet.IsIpv4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding", "1");
        }

        await IpAsync(ct, ["link", "set", "dev", bridge.Name, "up"]).ConfigureAwait(false);
        foreach (var parent in bridge.Get("bridge.external_interfaces").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            await IpAsync(ct, ["link", "set", "dev", parent, "master", bridge.Name]).ConfigureAwait(false);
        }

        await RoutesAsync(bridge, ct).ConfigureAwait(false);
        await Firewall.RemoveAsync(bridge, ct).ConfigureAwait(false);
        await Firewall.ApplyAsync(bridge, ct).ConfigureAwait(false);
        undo.Add(() => Firewall.RemoveAsync(bridge, CancellationToken.None));
        Dnsmasq.Stop(bridge);
        await Dnsmasq.StartAsync(bridge, ct).ConfigureAwait(false);
        undo.Commit();
    }

    /// <summary>Takes everything down but the files; a repeat does nothing.</summary>
    public static async Task StopAsync(BridgeSpec bridge, CancellationToken ct)
    {
        Dnsmasq.Stop(bridge);
        await Firewall.RemoveAsync(bridge, ct).ConfigureAwait(false);
        if (Exists(bridge.Name))
        {
            await IpAsync(ct, ["link", "del", "dev", bridge.Name]).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the bridge and its server run as they were left: a restarted daemon has nothing to do then.</summary>
    public static bool IsRunning(BridgeSpec bridge) => Exists(bridge.Name) && (Dnsmasq.IsRunning(bridge) || bridge.Ipv4 is null && bridge.Ipv6 is null);

    /// <summary>Writes what DHCP knows of NICs anew and has it read that.</summary>
    public static void WriteHosts(BridgeSpec bridge, IReadOnlyList<StaticHost> hosts)
    {
        Directory.CreateDirectory(bridge.HostsDirectory);
        var files = hosts.Where(h => h.Hwaddr.Length > 0).ToDictionary(h => h.File, h => string.Join(',', ((IEnumerable<string>)[h.Hwaddr, h.Ipv4, h.Ipv6.Length > 0 ? $"[{h.Ipv6}]" : "", h.Hostname]).Where(p => p.Length > 0)) + "\n");
        foreach (var old in Directory.EnumerateFiles(bridge.HostsDirectory).Where(f => !files.ContainsKey(Path.GetFileName(f))).ToList())
        {
            File.Delete(old);
        }

        foreach (var (file, text) in files)
        {
            var path = Path.Combine(bridge.HostsDirectory, file);
            if (!File.Exists(path) || File.ReadAllText(path) != text)
            {
                File.WriteAllText(path, text);
            }
        }

        Dnsmasq.Reload(bridge);
    }

    private static async Task RoutesAsync(BridgeSpec bridge, CancellationToken ct)
    {
        foreach (var key in (IEnumerable<string>)["ipv4.routes", "ipv6.routes"])
        {
            foreach (var route in bridge.Get(key).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                await IpAsync(ct, [key[..4] == "ipv4" ? "-4" : "-6", "route", "replace", route, "dev", bridge.Name, "proto", "static"]).ConfigureAwait(false);
            }
        }
    }

    private static Task IpAsync(CancellationToken ct, string[] arguments) => ProcessRunner.RunAsync("ip", arguments, ct);

    /// <summary>A kernel without the family, or a host that keeps its settings to itself, is no reason to fail.</summary>
    private static void Sysctl(string path, string value)
    {
        try
        {
            File.WriteAllText("/proc/sys/net/" + path, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The bridge works all the same within itself.
        }
    }
}
