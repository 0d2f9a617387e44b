using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Network.Firewalls;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>Managed bridges of the host: the interface, its addresses, DHCP and DNS, the firewall.</summary>
public static class Bridge
{
    public static bool Exists(string name) => File.ReadLines("/proc/self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));

    /// <summary>Brings everything to what the configuration says. What is so already is left alone, so a repeat disturbs nobody. A new bridge that fails leaves nothing.</summary>
    /// <param name="before">What it was till now; null for a bridge that is started.</param>
    public static async Task StartAsync(BridgeSpec bridge, BridgeSpec? before, CancellationToken ct)
    {
        Directory.CreateDirectory(bridge.Directory);
        RemoveLeftovers(bridge);
        await using var undo = new Rollback();
        using var socket = new RouteSocket();
        var (link, fresh) = BridgeLink.Ensure(socket, bridge);
        if (fresh)
        {
            undo.Add(() => new NicLinks().DeleteAsync(bridge.Name));
            undo.Add(() => HostFirewall.Default.ClearAsync(bridge.Name, CancellationToken.None));
        }

        BridgeLink.Configure(socket, link, bridge);
        await BridgePorts.SetAsync(socket, link, bridge, before, ct).ConfigureAwait(false);
        await BridgeTunnels.SetAsync(socket, link, bridge, before, ct).ConfigureAwait(false);
        await HostFirewall.Default.SetNetworkAsync(bridge.Name, bridge.Rules, ct).ConfigureAwait(false);
        await Dnsmasq.EnsureAsync(bridge, fresh, ct).ConfigureAwait(false);
        undo.Commit();
    }

    /// <summary>Takes everything down but the files; a repeat does nothing.</summary>
    public static async Task StopAsync(BridgeSpec bridge, CancellationToken ct)
    {
        await Dnsmasq.StopAsync(bridge, ct).ConfigureAwait(false);
        await HostFirewall.Default.ClearAsync(bridge.Name, ct).ConfigureAwait(false);
        await BridgePorts.ReleaseAsync(bridge).ConfigureAwait(false);
        await BridgeTunnels.RemoveAsync(bridge).ConfigureAwait(false);
        await new NicLinks().DeleteAsync(bridge.Name).ConfigureAwait(false);
    }

    /// <summary>Whether the bridge was started with a server, which may have died since.</summary>
    public static bool HasServer(BridgeSpec bridge) => File.Exists(bridge.PidFile);

    /// <summary>The process that serves DHCP and DNS; 0 for none.</summary>
    public static int ServerPid(BridgeSpec bridge) => Dnsmasq.Pid(bridge);

    /// <summary>What a daemon that ended in the middle of removing a host's file has left.</summary>
    private static void RemoveLeftovers(BridgeSpec bridge)
    {
        foreach (var file in Directory.EnumerateFiles(bridge.Directory, "dnsmasq.hosts.*.removing"))
        {
            File.Delete(file);
        }
    }
}
