using System.Runtime.InteropServices;

namespace Lxd.Linux.Netlink;

public sealed unsafe partial class RouteSocket
{
    private const byte BridgeFamily = 7;
    private const ushort SetLink = 19;
    private const ushort PortInfo = 12;
    private const ushort PortIsolated = 33;
    private const ushort PortHairpin = 4;
    private const ushort FamilySpecific = 26;
    private const ushort VlanInfo = 2;
    private const ushort PrimaryVlan = 2;
    private const ushort UntaggedVlan = 4;

    /// <summary>An isolated port of a bridge reaches the bridge and ports that are not isolated only.</summary>
    public void SetIsolated(int port, bool isolated) => SetPort(port, PortIsolated, isolated, "isolate the port");

    /// <summary>Whether a bridge gives frames back through the port they came by.</summary>
    public void SetHairpin(int port, bool on) => SetPort(port, PortHairpin, on, "set hairpin of the port");

    /// <summary>Makes a port of a bridge member of a VLAN, for untagged frames or for tagged ones.</summary>
    public void AddPortVlan(int port, int vlan, bool untagged) => Ask(PortVlan(SetLink, port, vlan, untagged ? (ushort)(PrimaryVlan | UntaggedVlan) : (ushort)0), $"add the port to VLAN {vlan}");

    public void RemovePortVlan(int port, int vlan) => Ask(PortVlan(DelLink, port, vlan, 0), $"take the port out of VLAN {vlan}");

    private void SetPort(int port, ushort attribute, bool on, string what) =>
        Ask(new NetlinkMessage(SetLink, Request | Acknowledge).Link(BridgeFamily, port).Nest(PortInfo, info => info.Byte(attribute, on ? (byte)1 : (byte)0), true), what);

    private static NetlinkMessage PortVlan(ushort type, int port, int vlan, ushort flags)
    {
        var info = new byte[4];
        MemoryMarshal.Write(info, flags);
        MemoryMarshal.Write(info.AsSpan(2), (ushort)vlan);
        return new NetlinkMessage(type, Request | Acknowledge).Link(BridgeFamily, port).Nest(FamilySpecific, spec => spec.Bytes(VlanInfo, info));
    }
}
