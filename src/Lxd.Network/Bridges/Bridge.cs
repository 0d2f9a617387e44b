using System.Globalization;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>Managed bridges of the host: the interface, its addresses, DHCP and DNS, the firewall.</summary>
public static class Bridge
{
    private const int StandardMtu = 1500;
    private const byte AdministratorsRoute = 4;

    public static bool Exists(string name) => File.ReadLines("/proc/self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>Brings everything to what the configuration says; a repeat changes nothing. A new bridge that fails leaves nothing.</summary>
    public static async Task StartAsync(BridgeSpec bridge, CancellationToken ct)
    {
        Directory.CreateDirectory(bridge.Directory);
        await using var undo = new Rollback();
        using var socket = new RouteSocket();
        var link = socket.Find(bridge.Name);
        if (link is null)
        {
            socket.AddBridge(new LinkOptions { Name = bridge.Name, Hwaddr = Hwaddr(bridge) });
            link = socket.Find(bridge.Name)!;
            undo.Add(() => new NicLinks().DeleteAsync(bridge.Name));
            Sysctl.TrySetLink(bridge.Name, "bridge/vlan_filtering", "1");
            Sysctl.TrySetLink(bridge.Name, "bridge/default_pvid", "1");
        }

        var mtu = int.TryParse(bridge.Get("bridge.mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : StandardMtu;
        Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/disable_ipv6", bridge.Ipv6 is null ? "1" : "0");
        foreach (var setting in (IEnumerable<string>)["accept_ra", "autoconf", "accept_dad"])
        {
            Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/{setting}", "0");
        }

        socket.Change(link.Index, new LinkOptions { Up = true, Mtu = mtu, Hwaddr = Hwaddr(bridge) });
        Addresses(socket, link.Index, bridge);
        foreach (var parent in bridge.Get("bridge.external_interfaces").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            socket.Change((socket.Find(parent) ?? throw ApiException.BadRequest($"Interface \"{parent}\" doesn't exist")).Index, new LinkOptions { Master = link.Index });
        }

        Routes(socket, link.Index, bridge);
        await Firewall.RemoveAsync(bridge, ct).ConfigureAwait(false);
        await Firewall.ApplyAsync(bridge, ct).ConfigureAwait(false);
        undo.Add(() => Firewall.RemoveAsync(bridge, CancellationToken.None));
        await Dnsmasq.StopAsync(bridge, ct).ConfigureAwait(false);
        foreach (var left in Leftovers(bridge).ToList())
        {
            File.Delete(left);
        }

        await Dnsmasq.StartAsync(bridge, ct).ConfigureAwait(false);
        undo.Commit();
    }

    /// <summary>Takes everything down but the files; a repeat does nothing.</summary>
    public static async Task StopAsync(BridgeSpec bridge, CancellationToken ct)
    {
        await Dnsmasq.StopAsync(bridge, ct).ConfigureAwait(false);
        await Firewall.RemoveAsync(bridge, ct).ConfigureAwait(false);
        await new NicLinks().DeleteAsync(bridge.Name).ConfigureAwait(false);
    }

    /// <summary>Whether the bridge and its server run as they were left: a restarted daemon has nothing to do then.</summary>
    public static bool IsRunning(BridgeSpec bridge) => Exists(bridge.Name) && (Dnsmasq.IsRunning(bridge) || bridge.Ipv4 is null && bridge.Ipv6 is null);

    /// <summary>Writes what DHCP knows of NICs anew and has it read that.</summary>
    public static void WriteHosts(BridgeSpec bridge, IReadOnlyList<StaticHost> hosts)
    {
        Directory.CreateDirectory(bridge.HostsDirectory);
        var files = hosts.Where(h => h.Hwaddr.Length > 0 && Serves(bridge)).Select(h => h.File).ToHashSet();
        var changed = false;
        foreach (var old in Directory.EnumerateFiles(bridge.HostsDirectory).Where(f => !files.Contains(Path.GetFileName(f))).ToList())
        {
            File.Delete(old);
            changed = true;
        }

        foreach (var host in hosts)
        {
            changed |= Write(bridge, host);
        }

        if (changed)
        {
            Dnsmasq.Reload(bridge);
        }
    }

    /// <summary>Writes what DHCP knows of one NIC; nothing happens where it knows that already.</summary>
    public static void WriteHost(BridgeSpec bridge, StaticHost host)
    {
        if (Write(bridge, host))
        {
            Dnsmasq.Reload(bridge);
        }
    }

    /// <summary>The static addresses of all NICs but the one of the file.</summary>
    public static IEnumerable<string> HostAddresses(BridgeSpec bridge, string but) => !Directory.Exists(bridge.HostsDirectory) ? []
        : Directory.EnumerateFiles(bridge.HostsDirectory).Where(f => Path.GetFileName(f) != but).SelectMany(f => File.ReadAllText(f).Trim().Split(',')).Select(p => p.Trim('[', ']')).Where(p => System.Net.IPAddress.TryParse(p, out _));

    /// <summary>Whether there is a server that wants to know.</summary>
    private static bool Serves(BridgeSpec bridge) => bridge.Ipv4 is not null || bridge.Ipv6 is not null;

    private static bool Write(BridgeSpec bridge, StaticHost host)
    {
        if (host.Hwaddr.Length == 0 || !Serves(bridge))
        {
            return false;
        }

        var path = Path.Combine(bridge.HostsDirectory, host.File);
        if (File.Exists(path) && File.ReadAllText(path) == host.Text)
        {
            return false;
        }

        Directory.CreateDirectory(bridge.HostsDirectory);
        File.WriteAllText(path, host.Text);
        return true;
    }

    /// <summary>Leases of a server there is no more, and what another server of ours was about to remove when it was cut off.</summary>
    private static IEnumerable<string> Leftovers(BridgeSpec bridge) =>
        Directory.EnumerateFiles(bridge.Directory, "dnsmasq.hosts.*.removing").Concat(bridge.Ipv4 is null && bridge.Ipv6 is null ? [bridge.LeaseFile] : []);

    /// <summary>New addresses first: the kernel drops all routes of a link with its last address, those of others too.</summary>
    private static void Addresses(RouteSocket socket, int link, BridgeSpec bridge)
    {
        var wanted = ((IEnumerable<Subnet?>)[bridge.Ipv4, bridge.Ipv6]).OfType<Subnet>().Select(s => (s.Address, s.Prefix)).ToList();
        foreach (var (address, prefix) in wanted)
        {
            socket.AddAddress(link, address, prefix);
            Sysctl.TrySet(address.AddressFamily == AddressFamily.InterNetwork ? "net/ipv4/ip_forward" : "net/ipv6/conf/all/forwarding", "1");
        }

        foreach (var (address, prefix) in socket.Addresses(link).Where(a => !wanted.Contains(a)))
        {
            socket.RemoveAddress(link, address, prefix);
        }
    }

    /// <summary>The routes of the configuration and no others of an administrator's; those of NICs are not touched.</summary>
    private static void Routes(RouteSocket socket, int link, BridgeSpec bridge)
    {
        var wanted = Cidr.List($"{(bridge.Ipv4 is null ? "" : bridge.Get("ipv4.routes"))},{(bridge.Ipv6 is null ? "" : bridge.Get("ipv6.routes"))}")
            .ConvertAll(c => new Route(c.Masked().Address, c.Prefix, link) { Protocol = AdministratorsRoute });
        foreach (var old in socket.Routes(link).Where(r => r.Protocol == AdministratorsRoute && r.Via is null && !wanted.Contains(r)))
        {
            socket.RemoveRoute(old);
        }

        foreach (var route in wanted)
        {
            socket.AddRoute(route);
        }
    }

    /// <summary>Without one of its own a bridge would take that of one of its ports, and another one when that goes.</summary>
    private static string? Hwaddr(BridgeSpec bridge) => bridge.Get("bridge.hwaddr") is { Length: > 0 } own ? own : bridge.Config.GetValueOrDefault("volatile.bridge.hwaddr");
}
