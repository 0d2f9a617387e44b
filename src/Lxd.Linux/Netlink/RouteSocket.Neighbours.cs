using System.Net;
using System.Runtime.InteropServices;

namespace Lxd.Linux.Netlink;

public sealed unsafe partial class RouteSocket
{
    private const ushort GetNeighbour = 30;
    private const byte Use = 1;
    private const ushort Reached = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;
    private const ushort Failed = 0x20;

    /// <summary>Has the kernel ask the network of a link who has an address.</summary>
    public void Probe(int link, IPAddress address) => Ask(Neighbour(NewNeighbour, Request | Acknowledge | Create | Replace, link, address, Use), $"look for {address}");

    /// <summary>Whether somebody has answered, nobody has, or (null) the kernel still asks.</summary>
    public bool? Answered(int link, IPAddress address)
    {
        try
        {
            var state = Ask(Neighbour(GetNeighbour, Request | Acknowledge, link, address, 0), $"look for {address}").Select(a => MemoryMarshal.Read<ushort>(a.Body.AsSpan(8))).FirstOrDefault();
            return (state & Reached) != 0 ? true : (state & Failed) != 0 ? false : null;
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            return false;
        }
    }

    /// <summary>Forgets what the kernel knows of a neighbour; a repeat does nothing.</summary>
    public void Forget(int link, IPAddress address)
    {
        try
        {
            Ask(Neighbour(DelNeighbour, Request | Acknowledge, link, address, 0), $"forget {address}");
        }
        catch (NetlinkException e) when (e.IsMissing)
        {
            // It knows nothing.
        }
    }

    private static NetlinkMessage Neighbour(ushort type, ushort flags, int link, IPAddress address, byte how)
    {
        var part = new byte[12];
        part[0] = FamilyOf(address);
        MemoryMarshal.Write(part.AsSpan(4), link);
        part[10] = how;
        return new NetlinkMessage(type, flags).Fixed(part).Address(1, address);
    }
}
