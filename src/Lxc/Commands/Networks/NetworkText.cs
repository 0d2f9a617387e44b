using System.Globalization;
using System.Text;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Networks;

/// <summary>What a network interface is and does now, for people.</summary>
internal static class NetworkText
{
    public static string Of(string name, NetworkState state)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Name: {name}\nMAC address: {state.Hwaddr}\nMTU: {state.Mtu}\nState: {state.State}\nType: {state.Type}\n");
        if (state.Addresses.Count > 0)
        {
            text.Append("\nIP addresses:\n").AppendJoin("", state.Addresses.Select(a => $"  {a.Family}\t{a.Address}/{a.Netmask} ({a.Scope})\n"));
        }

        var counters = state.Counters;
        text.Append($"\nNetwork usage:\n  Bytes received: {Units.FormatBytesSi((long)counters.BytesReceived)}\n  Bytes sent: {Units.FormatBytesSi((long)counters.BytesSent)}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Packets received: {counters.PacketsReceived}\n  Packets sent: {counters.PacketsSent}\n");
        Bond(text, state.Bond);
        Bridge(text, state.Bridge);
        if (state.Vlan is { } vlan)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nVLAN:\n  Lower device: {vlan.LowerDevice}\n  VLAN ID: {vlan.Vid}\n");
        }

        if (state.Ovn is { } ovn)
        {
            text.Append($"\nOVN:\n  Chassis: {ovn.Chassis}\n");
        }

        return text.ToString();
    }

    private static void Bond(StringBuilder text, NetworkStateBond? bond)
    {
        if (bond is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nBond:\n  Mode: {bond.Mode}\n  Transmit policy: {bond.TransmitPolicy}\n  Up delay: {bond.UpDelay}\n  Down delay: {bond.DownDelay}\n  MII Frequency: {bond.MiiFrequency}\n  MII state: {bond.MiiState}\n  Lower devices: {string.Join(", ", bond.LowerDevices)}\n");
        }
    }

    private static void Bridge(StringBuilder text, NetworkStateBridge? bridge)
    {
        if (bridge is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nBridge:\n  ID: {bridge.Id}\n  STP: {(bridge.Stp ? "true" : "false")}\n  Forward delay: {bridge.ForwardDelay}\n  Default VLAN ID: {bridge.VlanDefault}\n  VLAN filtering: {(bridge.VlanFiltering ? "true" : "false")}\n  Upper devices: {string.Join(", ", bridge.UpperDevices)}\n");
        }
    }
}
