using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>Interfaces of the host that are ports of a bridge: <c>bridge.external_interfaces</c>.</summary>
internal static class BridgePorts
{
    public static async Task SetAsync(RouteSocket socket, int bridgeLink, BridgeSpec bridge, BridgeSpec? before, CancellationToken ct)
    {
        var wanted = Ports(bridge);
        foreach (var port in wanted)
        {
            if (port.Parent.Length > 0 && socket.Find(port.Name) is null)
            {
                await new NicLinks().AddVlanAsync(port.Parent, port.Name, port.Vlan, false, ct).ConfigureAwait(false);
            }

            // One that is missing joins when the network starts next: the bridge is of use without it.
            if (socket.Find(port.Name) is { } link)
            {
                Join(socket, link, bridgeLink);
            }
        }

        await ReleaseAsync(socket, before is null ? [] : [.. Ports(before).Where(p => !wanted.Exists(w => w.Name == p.Name))]).ConfigureAwait(false);
    }

    private static void Join(RouteSocket socket, Link link, int bridgeLink)
    {
        if (socket.Addresses(link.Index).Count > 0 || link.Master != 0 && link.Master != bridgeLink)
        {
            throw ApiException.Internal("Only unconfigured network interfaces can be bridged");
        }

        if (link.Master != bridgeLink)
        {
            socket.Change(link.Index, new LinkOptions { Master = bridgeLink, Up = true });
        }
    }

    /// <summary>Gives the interfaces back to the host.</summary>
    public static async Task ReleaseAsync(BridgeSpec bridge)
    {
        using var socket = new RouteSocket();
        await ReleaseAsync(socket, Ports(bridge)).ConfigureAwait(false);
    }

    private static async Task ReleaseAsync(RouteSocket socket, List<Port> ports)
    {
        foreach (var port in ports)
        {
            if (port.Parent.Length > 0)
            {
                await new NicLinks().DeleteAsync(port.Name).ConfigureAwait(false);
            }
            else if (socket.Find(port.Name) is { } link)
            {
                socket.Change(link.Index, new LinkOptions { Master = 0 });
            }
        }
    }

    private static List<Port> Ports(BridgeSpec bridge) =>
        [.. bridge.Get("bridge.external_interfaces").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Port.Parse)];

    /// <summary>A port; with a parent and a VLAN it is made for the bridge.</summary>
    private sealed record Port(string Name, string Parent, int Vlan)
    {
        public static Port Parse(string text)
        {
            var parts = text.Split('/');
            return parts.Length == 3 ? new Port(parts[0], parts[1], int.Parse(parts[2], CultureInfo.InvariantCulture)) : new Port(parts[0], "", 0);
        }
    }
}
