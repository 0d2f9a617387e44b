using System.Net;
using System.Net.Sockets;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks;

/// <summary>Random networks that nobody the host knows of uses.</summary>
internal static class FreeSubnets
{
    private const int Attempts = 100;

    /// <param name="taken">Networks of configurations, beside those of the host's links.</param>
    public static Subnet Choose(bool ipv4, IReadOnlyList<Subnet> taken)
    {
        var used = Host().Concat(taken).ToList();
        for (var i = 0; i < Attempts; i++)
        {
            var candidate = ipv4 ? Subnet.RandomIpv4() : Subnet.RandomIpv6();
            if (!used.Exists(candidate.Overlaps))
            {
                return candidate;
            }
        }

        throw ApiException.Internal($"Failed to automatically find an unused {(ipv4 ? "IPv4" : "IPv6")} subnet, manual configuration required");
    }

    /// <summary>Addresses of links and destinations of routes, the default one left out.</summary>
    private static IEnumerable<Subnet> Host()
    {
        using var socket = new RouteSocket();
        var addresses = socket.Links().SelectMany(l => socket.Addresses(l.Index)).Select(a => new Subnet(a.Address, a.Prefix));
        var routes = ((IEnumerable<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]).SelectMany(f => socket.Routes(f, 0)).Where(r => r.Prefix > 0).Select(r => new Subnet(r.Destination, r.Prefix));
        return [.. addresses, .. routes];
    }
}
