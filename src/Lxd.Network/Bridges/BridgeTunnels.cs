using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Linux.Processes;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>Tunnels that join bridges of several hosts: a port <c>BRIDGE-NAME</c> each.</summary>
internal static class BridgeTunnels
{
    public static async Task SetAsync(RouteSocket socket, int bridgeLink, BridgeSpec bridge, BridgeSpec? before, CancellationToken ct)
    {
        foreach (var tunnel in before?.Tunnels ?? [])
        {
            if (!bridge.Tunnels.Contains(tunnel) || Keys(before!, tunnel) != Keys(bridge, tunnel))
            {
                await new NicLinks().DeleteAsync(Link(bridge, tunnel)).ConfigureAwait(false);
            }
        }

        foreach (var tunnel in bridge.Tunnels.Where(t => bridge.Get($"tunnel.{t}.protocol").Length > 0))
        {
            if (socket.Find(Link(bridge, tunnel)) is null)
            {
                await ProcessRunner.RunAsync("ip", Arguments(bridge, tunnel, DefaultLink), ct).ConfigureAwait(false);
            }

            socket.Change(socket.Find(Link(bridge, tunnel))!.Index, new LinkOptions { Master = bridgeLink, Mtu = bridge.Mtu, Up = true });
        }
    }

    public static async Task RemoveAsync(BridgeSpec bridge)
    {
        foreach (var tunnel in bridge.Tunnels)
        {
            await new NicLinks().DeleteAsync(Link(bridge, tunnel)).ConfigureAwait(false);
        }
    }

    /// <param name="defaultLink">The link by which the host reaches the world, for multicast.</param>
    internal static List<string> Arguments(BridgeSpec bridge, string tunnel, Func<string> defaultLink)
    {
        var (local, remote) = (Get("local"), Get("remote"));
        if (Get("protocol") == "gre")
        {
            return local.Length == 0 || remote.Length == 0
                ? throw ApiException.BadRequest($"Tunnel \"{tunnel}\" needs a local and a remote address")
                : ["link", "add", "dev", Link(bridge, tunnel), "type", local.Contains(':') ? "ip6gretap" : "gretap", "local", local, "remote", remote];
        }

        List<string> arguments = ["link", "add", "dev", Link(bridge, tunnel), "type", "vxlan", "id", Get("id", "1"), "dstport", Get("port") is { Length: > 0 } port && port != "0" ? port : "8472"];
        if (local.Length > 0 && remote.Length > 0)
        {
            arguments.AddRange(["local", local, "remote", remote]);
        }
        else
        {
            arguments.AddRange(["group", Get("group", "239.0.0.1"), "dev", Get("interface") is { Length: > 0 } own ? own : defaultLink()]);
        }

        return [.. arguments, "ttl", Get("ttl", "1")];

        string Get(string key, string other = "") => bridge.Get($"tunnel.{tunnel}.{key}") is { Length: > 0 } value ? value : other;
    }

    private static string Link(BridgeSpec bridge, string tunnel) => $"{bridge.Name}-{tunnel}";

    private static string Keys(BridgeSpec bridge, string tunnel) =>
        string.Join('\n', bridge.Config.Where(c => c.Key.StartsWith($"tunnel.{tunnel}.", StringComparison.Ordinal)).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}"));

    private static string DefaultLink()
    {
        using var socket = new RouteSocket();
        var route = socket.Routes(AddressFamily.InterNetwork, 0).FirstOrDefault(r => r.Prefix == 0 && r.Destination.Equals(IPAddress.Any)) ?? throw ApiException.Internal("No default gateway for IPv4");
        return socket.Links().First(l => l.Index == route.Link).Name;
    }
}
