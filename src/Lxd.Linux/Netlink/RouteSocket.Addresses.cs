using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Lxd.Linux.Netlink;

/// <summary>A route of the kernel's tables.</summary>
/// <param name="Link">Index of the link it goes out of.</param>
/// <param name="Protocol">Who made it: 2 the kernel, 3 at boot, 4 an administrator.</param>
public sealed record Route(IPAddress Destination, int Prefix, int Link)
{
    public IPAddress? Via { get; init; }

    /// <summary>254 is the main table.</summary>
    public uint Table { get; init; } = 254;

    public byte Protocol { get; init; } = 3;
}

public sealed unsafe partial class RouteSocket
{
    private const ushort NewAddress = 20;
    private const ushort DelAddress = 21;
    private const ushort GetAddress = 22;
    private const ushort NewRoute = 24;
    private const ushort DelRoute = 25;
    private const ushort GetRoute = 26;
    private const ushort NewNeighbour = 28;
    private const ushort DelNeighbour = 29;
    private const byte NoDuplicateDetection = 2;
    private const byte Permanent = 0x80;
    private const byte Proxy = 8;
    private const byte LinkScope = 253;
    private const byte Unicast = 1;

    /// <summary>Gives a link an address; one it has already stays.</summary>
    public void AddAddress(int link, IPAddress address, int prefix)
    {
        try
        {
            Ask(AboutAddress(NewAddress, Request | Acknowledge | Create | Exclusive, link, address, prefix), $"add the address {address}/{prefix}");
        }
        catch (NetlinkException e) when (e.IsThere)
        {
            // That is what was asked for.
        }
    }

    /// <summary>Takes an address from a link; a repeat does nothing.</summary>
    public void RemoveAddress(int link, IPAddress address, int prefix)
    {
        try
        {
            Ask(AboutAddress(DelAddress, Request | Acknowledge, link, address, prefix), $"remove the address {address}/{prefix}");
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            // Gone already.
        }
    }

    /// <summary>The addresses of a link, those of the link itself (<c>fe80::</c>) left out.</summary>
    public List<(IPAddress Address, int Prefix)> Addresses(int link)
    {
        var found = new List<(IPAddress, int)>();
        foreach (var (_, body) in Ask(new NetlinkMessage(GetAddress, Request | Acknowledge | Dump).Fixed(new byte[8]), "list the addresses"))
        {
            var attributes = NetlinkMessage.Attributes(body.AsSpan(8));
            if (MemoryMarshal.Read<int>(body.AsSpan(4)) == link && body[3] != LinkScope && (attributes.TryGetValue(2, out var bytes) || attributes.TryGetValue(1, out bytes)))
            {
                found.Add((new IPAddress(bytes), body[1]));
            }
        }

        return found;
    }

    /// <summary>Adds a route, in place of one to the same destination.</summary>
    public void AddRoute(Route route) => Ask(AboutRoute(NewRoute, Request | Acknowledge | Create | Replace, route), $"add the route {route.Destination}/{route.Prefix}");

    /// <summary>Removes a route; a repeat does nothing.</summary>
    public void RemoveRoute(Route route)
    {
        try
        {
            Ask(AboutRoute(DelRoute, Request | Acknowledge, route), $"remove the route {route.Destination}/{route.Prefix}");
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            // Gone already.
        }
    }

    /// <summary>The routes of the main tables that leave by a link, those of the kernel left out.</summary>
    public List<Route> Routes(int link) => [.. ((IEnumerable<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6]).SelectMany(f => Routes(f, link))];

    /// <summary>The routes of a family in the main table; <paramref name="link"/> 0 for all links.</summary>
    public IEnumerable<Route> Routes(AddressFamily family, int link)
    {
        var six = family == AddressFamily.InterNetworkV6;
        foreach (var (_, body) in Ask(new NetlinkMessage(GetRoute, Request | Acknowledge | Dump).Fixed([six ? (byte)10 : (byte)2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "list the routes"))
        {
            var attributes = NetlinkMessage.Attributes(body.AsSpan(12));
            var out_ = Number(attributes, 4);
            if (body[4] == 254 && body[7] == Unicast && body[5] != 2 && (link == 0 || out_ == link))
            {
                var destination = attributes.TryGetValue(1, out var bytes) ? new IPAddress(bytes) : six ? IPAddress.IPv6Any : IPAddress.Any;
                yield return new Route(destination, body[1], out_) { Protocol = body[5], Via = attributes.TryGetValue(5, out var via) ? new IPAddress(via) : null };
            }
        }
    }

    /// <summary>Has a link answer questions for an address that lies behind another link.</summary>
    public void AddProxy(int link, IPAddress address) => Ask(AboutNeighbour(NewNeighbour, Request | Acknowledge | Create | Replace, link, address), $"answer for {address}");

    /// <summary>A repeat does nothing.</summary>
    public void RemoveProxy(int link, IPAddress address)
    {
        try
        {
            Ask(AboutNeighbour(DelNeighbour, Request | Acknowledge, link, address), $"no longer answer for {address}");
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            // Gone already.
        }
    }

    private static NetlinkMessage AboutAddress(ushort type, ushort flags, int link, IPAddress address, int prefix)
    {
        var part = new byte[8];
        part[0] = FamilyOf(address);
        part[1] = (byte)prefix;
        part[2] = address.AddressFamily == AddressFamily.InterNetworkV6 ? NoDuplicateDetection : (byte)0;
        part[3] = address.IsIPv6LinkLocal ? LinkScope : (byte)0;
        MemoryMarshal.Write(part.AsSpan(4), link);
        return new NetlinkMessage(type, flags).Fixed(part).Address(2, address).Address(1, address);
    }

    private static NetlinkMessage AboutRoute(ushort type, ushort flags, Route route)
    {
        var scope = type == DelRoute ? (byte)255 : route.Via is null && route.Destination.AddressFamily == AddressFamily.InterNetwork ? LinkScope : (byte)0;
        var message = new NetlinkMessage(type, flags).Fixed([FamilyOf(route.Destination), (byte)route.Prefix, 0, 0, route.Table < 256 ? (byte)route.Table : (byte)0, route.Protocol, scope, Unicast, 0, 0, 0, 0]);
        _ = route.Prefix > 0 ? message.Address(1, route.Destination) : message;
        _ = route.Link > 0 ? message.Number(4, route.Link) : message;
        _ = route.Via is { } via ? message.Address(5, via) : message;
        return message.Number(15, route.Table);
    }

    private static NetlinkMessage AboutNeighbour(ushort type, ushort flags, int link, IPAddress address)
    {
        var part = new byte[12];
        part[0] = FamilyOf(address);
        MemoryMarshal.Write(part.AsSpan(4), link);
        part[8] = Permanent;
        part[10] = Proxy;
        return new NetlinkMessage(type, flags).Fixed(part).Address(1, address);
    }

    private static byte FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? (byte)10 : (byte)2;
}
