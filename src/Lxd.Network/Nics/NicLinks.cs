using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Linux.Processes;

namespace Lxd.Network.Nics;

/// <summary>The links of the namespace the daemon runs in, by netlink.</summary>
public sealed class NicLinks : INicLinks
{
    public Link? Find(string name)
    {
        using var socket = new RouteSocket();
        return socket.Find(name);
    }

    public void AddVeth(VethPair pair)
    {
        using var socket = new RouteSocket();
        var bridge = pair.Bridge.Length > 0 ? Index(socket, pair.Bridge) : (int?)null;
        socket.AddVeth(
            new LinkOptions { Name = pair.Host, Mtu = pair.HostMtu, QueueLength = pair.QueueLength, Master = bridge, Hwaddr = bridge is null ? null : PortAddress(), Up = true },
            new LinkOptions { Name = pair.Peer, Mtu = pair.PeerMtu, QueueLength = pair.QueueLength, Hwaddr = pair.Hwaddr });
        if (!pair.HostIpv6)
        {
            // The other side is down still, so no address was made yet.
            Sysctl.TrySet($"net/ipv6/conf/{pair.Host}/disable_ipv6", "1");
        }

        Sysctl.TrySet($"net/ipv6/conf/{pair.Host}/accept_ra", "0");
    }

    public void AddOn(string parent, string mode, LinkOptions link)
    {
        using var socket = new RouteSocket();
        if (mode.Length == 0)
        {
            socket.AddMacvlan(link, Index(socket, parent));
        }
        else
        {
            socket.AddIpvlan(link, Index(socket, parent), mode);
        }
    }

    public async Task<bool> AddVlanAsync(string parent, string name, int id, bool gvrp, CancellationToken ct)
    {
        using var socket = new RouteSocket();
        if (socket.Find(name) is not null)
        {
            return false;
        }

        try
        {
            socket.AddVlan(new LinkOptions { Name = name, Up = true }, Index(socket, parent), id, gvrp);
        }
        catch (NetlinkException e) when (e.IsNotSupported)
        {
            // The command knows how to have the kernel load the module.
            await ProcessRunner.RunAsync("ip", ["link", "add", "link", parent, "name", name, "up", "type", "vlan", "id", id.ToString(CultureInfo.InvariantCulture), "gvrp", gvrp ? "on" : "off"], ct).ConfigureAwait(false);
        }

        Sysctl.TrySet($"net/ipv6/conf/{name}/accept_ra", "0");
        return true;
    }

    public void Change(string name, LinkOptions options)
    {
        using var socket = new RouteSocket();
        socket.Change(Index(socket, name), options);
    }

    public Task DeleteAsync(string name) => Task.Run(() =>
    {
        using var socket = new RouteSocket();
        try
        {
            if (socket.Find(name) is { } link)
            {
                socket.Delete(link.Index);
            }
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            // It went by itself: its other side was in a namespace that ended.
        }
    });

    public void Route(string link, IReadOnlyCollection<Cidr> remove, IReadOnlyCollection<Cidr> add, uint table = 254)
    {
        if (remove.Count + add.Count == 0)
        {
            return;
        }

        using var socket = new RouteSocket();
        var index = add.Count > 0 ? Index(socket, link) : socket.Find(link)?.Index ?? 0;
        foreach (var route in remove.Where(_ => index > 0))
        {
            socket.RemoveRoute(Of(route));
        }

        foreach (var route in add)
        {
            socket.AddRoute(Of(route));
        }

        Route Of(Cidr cidr) => new(cidr.Masked().Address, cidr.Prefix, index) { Table = table };
    }

    public void AddAddress(string link, Cidr address)
    {
        using var socket = new RouteSocket();
        socket.AddAddress(Index(socket, link), address.Address, address.Prefix);
    }

    public void Proxy(string link, IReadOnlyCollection<Cidr> addresses, bool on)
    {
        using var socket = new RouteSocket();
        if (!on && socket.Find(link) is null)
        {
            return;
        }

        var index = Index(socket, link);
        foreach (var address in addresses)
        {
            if (on)
            {
                socket.AddProxy(index, address.Address);
            }
            else
            {
                socket.RemoveProxy(index, address.Address);
            }
        }
    }

    public async Task<bool> IsTakenAsync(string link, IPAddress address, CancellationToken ct)
    {
        using var socket = new RouteSocket();
        var index = Index(socket, link);
        socket.Forget(index, address);
        socket.Probe(index, address);
        try
        {
            // The kernel takes seconds to give up; who is there answers within milliseconds.
            for (var waited = 0; waited < 500; waited += 20)
            {
                if (socket.Answered(index, address) is { } answer)
                {
                    return answer;
                }

                await Task.Delay(20, ct).ConfigureAwait(false);
            }

            return false;
        }
        finally
        {
            socket.Forget(index, address);
        }
    }

    public void SetPort(string port, PortOptions options)
    {
        using var socket = new RouteSocket();
        var index = Index(socket, port);
        if (options.Isolated is { } isolated)
        {
            socket.SetIsolated(index, isolated);
        }

        if (options.Hairpin is { } hairpin)
        {
            socket.SetHairpin(index, hairpin);
        }

        if (options.Vlan is { } vlan)
        {
            var standard = Sysctl.ReadLink(port, "master/bridge/default_pvid") is { Length: > 0 } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
            if (standard > 0 && standard != vlan)
            {
                socket.RemovePortVlan(index, standard);
            }

            if (vlan > 0)
            {
                socket.AddPortVlan(index, vlan, true);
            }
        }

        foreach (var tagged in options.TaggedVlans)
        {
            socket.AddPortVlan(index, tagged, false);
        }
    }

    /// <summary>A high address, so that the bridge, which takes the lowest of its ports, does not change its own.</summary>
    private static string PortAddress() => "fe:" + string.Join(':', RandomNumberGenerator.GetBytes(5).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private static int Index(RouteSocket socket, string name) => socket.Find(name)?.Index ?? throw ApiException.BadRequest($"Parent device \"{name}\" doesn't exist");
}
