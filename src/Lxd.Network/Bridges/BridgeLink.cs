using System.Net.Sockets;
using Lxd.Core.Config;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;

namespace Lxd.Network.Bridges;

/// <summary>The bridge's own link: its settings, addresses and routes.</summary>
internal static class BridgeLink
{
    /// <summary>Routes that the configuration of a network names are known by this, among those of NICs and of others.</summary>
    private const byte Static = 4;
    private const byte Kernel = 2;

    /// <summary>The link, made where there is none.</summary>
    public static (int Link, bool Fresh) Ensure(RouteSocket socket, BridgeSpec bridge)
    {
        if (socket.Find(bridge.Name) is { } there)
        {
            return (there.Index, false);
        }

        socket.AddBridge(new LinkOptions { Name = bridge.Name, Hwaddr = bridge.Hwaddr });
        Sysctl.TrySetLink(bridge.Name, "bridge/vlan_filtering", "1");
        Sysctl.TrySetLink(bridge.Name, "bridge/default_pvid", "1");
        return (socket.Find(bridge.Name)!.Index, true);
    }

    public static void Configure(RouteSocket socket, int link, BridgeSpec bridge)
    {
        Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/autoconf", "0");
        Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/accept_dad", "0");
        Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/accept_ra", "0");
        var others = socket.Routes(link).Where(r => r.Protocol is not (Static or Kernel) || r.Via is not null).ToList();
        Sysctl.TrySet($"net/ipv6/conf/{bridge.Name}/disable_ipv6", bridge.Ipv6 is null ? "1" : "0");
        socket.Change(link, new LinkOptions { Up = true, Mtu = bridge.Mtu, Hwaddr = bridge.Hwaddr });
        Addresses(socket, link, bridge);
        Routes(socket, link, bridge);
        Restore(socket, others, socket.Routes(link));
    }

    /// <summary>New addresses first: the kernel drops all routes of a link with its last address, those of others too.</summary>
    private static void Addresses(RouteSocket socket, int link, BridgeSpec bridge)
    {
        var wanted = ((IEnumerable<Subnet?>)[bridge.Ipv4, bridge.Ipv6]).OfType<Subnet>().Select(s => (s.Address, s.Prefix)).ToList();
        foreach (var (address, prefix) in wanted)
        {
            socket.AddAddress(link, address, prefix);
            var four = address.AddressFamily == AddressFamily.InterNetwork;
            if (four ? !Checks.IsFalse(bridge.Get("ipv4.routing")) : !Checks.IsFalse(bridge.Get("ipv6.routing")))
            {
                Forwarding.Enable(four);
            }
        }

        foreach (var (address, prefix) in socket.Addresses(link).Where(a => !wanted.Contains(a)))
        {
            socket.RemoveAddress(link, address, prefix);
        }
    }

    private static void Routes(RouteSocket socket, int link, BridgeSpec bridge)
    {
        var wanted = Cidr.List($"{(bridge.Ipv4 is null ? "" : bridge.Get("ipv4.routes"))},{(bridge.Ipv6 is null ? "" : bridge.Get("ipv6.routes"))}").ConvertAll(r => r.Masked());
        foreach (var old in socket.Routes(link).Where(r => r.Protocol == Static && r.Via is null && !wanted.Exists(w => w.Address.Equals(r.Destination) && w.Prefix == r.Prefix)))
        {
            socket.RemoveRoute(old);
        }

        foreach (var route in wanted)
        {
            socket.AddRoute(new Route(route.Address, route.Prefix, link) { Protocol = Static });
        }
    }

    /// <summary>Routes of NICs and of others that went with an address come back, unless nothing leads to them any more.</summary>
    private static void Restore(RouteSocket socket, List<Route> before, List<Route> now)
    {
        foreach (var route in before.Where(b => !now.Exists(n => n.Destination.Equals(b.Destination) && n.Prefix == b.Prefix)))
        {
            try
            {
                socket.AddRoute(route);
            }
            catch (NetlinkException)
            {
                // Its gateway is out of reach now.
            }
        }
    }
}
