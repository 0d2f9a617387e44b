using System.Globalization;
using System.Net.Sockets;
using Lxd.Core.Api;
using Lxd.Linux.Namespaces;

namespace Lxd.Daemon.Instances;

/// <summary>The interfaces of running containers, read in their namespaces.</summary>
internal sealed class InstanceAddresses : IInstanceAddresses
{
    public async Task<Dictionary<string, InstanceStateNetwork>> ReadAsync(int pid, CancellationToken ct)
    {
        try
        {
            return (await Interfaces.ReadAsync(pid).WaitAsync(ct).ConfigureAwait(false)).ToDictionary(i => i.Name, Show);
        }
        catch (IOException)
        {
            // It stopped a moment ago.
            return [];
        }
    }

    private static InstanceStateNetwork Show(InterfaceInfo info) => new()
    {
        Addresses = [.. info.Addresses.Select(a => new InstanceStateNetworkAddress
        {
            Family = a.Address.AddressFamily == AddressFamily.InterNetwork ? "inet" : "inet6",
            Address = a.Address.ToString().Split('%')[0],
            Netmask = a.Prefix.ToString(CultureInfo.InvariantCulture),
            Scope = System.Net.IPAddress.IsLoopback(a.Address) ? "local" : a.Address.IsIPv6LinkLocal || a.Address.ToString().StartsWith("169.254.", StringComparison.Ordinal) ? "link" : "global",
        })],
        Counters = new InstanceStateNetworkCounters
        {
            BytesReceived = info.Counters[0],
            PacketsReceived = info.Counters[1],
            ErrorsReceived = info.Counters[2],
            PacketsDroppedInbound = info.Counters[3],
            BytesSent = info.Counters[4],
            PacketsSent = info.Counters[5],
            ErrorsSent = info.Counters[6],
            PacketsDroppedOutbound = info.Counters[7],
        },
        Hwaddr = info.Hwaddr,
        Mtu = info.Mtu,
        State = info.IsUp ? "up" : "down",
        Type = info.IsLoopback ? "loopback" : info.IsBroadcast ? "broadcast" : "point-to-point",
    };
}
