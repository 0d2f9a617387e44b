using System.Globalization;
using System.Net.Sockets;
using Lxd.Core.Api;
using Lxd.Linux.Namespaces;

namespace Lxd.Daemon.Networks;

/// <summary>Interfaces of the host as the API shows their state.</summary>
internal static class NetworkStates
{
    public static NetworkState Render(InterfaceInfo host) => new()
    {
        Addresses = [.. host.Addresses.Select(a => new NetworkStateAddress
        {
            Family = a.Address.AddressFamily == AddressFamily.InterNetwork ? "inet" : "inet6",
            Address = a.Address.ToString().Split('%')[0],
            Netmask = a.Prefix.ToString(CultureInfo.InvariantCulture),
            Scope = System.Net.IPAddress.IsLoopback(a.Address) ? "local" : a.Address.IsIPv6LinkLocal ? "link" : "global",
        })],
        Counters = new NetworkStateCounters { BytesReceived = host.Counters[0], PacketsReceived = host.Counters[1], BytesSent = host.Counters[4], PacketsSent = host.Counters[5] },
        Hwaddr = host.Hwaddr,
        Mtu = host.Mtu,
        State = host.IsUp ? "up" : "down",
        Type = host.IsLoopback ? "loopback" : host.IsBroadcast ? "broadcast" : "point-to-point",
        Bridge = Bridge(host.Name),
    };

    private static NetworkStateBridge Bridge(string name)
    {
        var directory = $"/sys/class/net/{name}";
        if (!Directory.Exists(directory + "/bridge"))
        {
            return new NetworkStateBridge();
        }

        return new NetworkStateBridge
        {
            Id = Text("bridge_id"),
            Stp = Text("stp_state") == "1",
            ForwardDelay = ulong.TryParse(Text("forward_delay"), out var delay) ? delay : 0,
            VlanDefault = ulong.TryParse(Text("default_pvid"), out var vlan) ? vlan : 0,
            VlanFiltering = Text("vlan_filtering") == "1",
            UpperDevices = [.. Directory.EnumerateDirectories(directory + "/brif").Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)],
        };

        string Text(string file) => File.Exists($"{directory}/bridge/{file}") ? File.ReadAllText($"{directory}/bridge/{file}").Trim() : "";
    }
}
