using System.Globalization;
using System.Net.Sockets;
using Lxd.Core.Api;
using Lxd.Linux.Namespaces;

namespace Lxd.Daemon.Networks;

/// <summary>Interfaces of the host as the API shows their state.</summary>
internal static class NetworkStates
{
    /// <summary>The state of a network whose interface is not there.</summary>
    public static NetworkState Missing { get; } = new() { State = "unavailable", Type = "unknown" };

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
        Bond = Bond(host.Name),
        Vlan = Vlan(host.Name),
    };

    private static NetworkStateBridge? Bridge(string name) => !Directory.Exists($"/sys/class/net/{name}/bridge") ? null : new NetworkStateBridge
    {
        Id = Text(name, "bridge/bridge_id"),
        Stp = Text(name, "bridge/stp_state") == "1",
        ForwardDelay = Number(name, "bridge/forward_delay"),
        VlanDefault = Number(name, "bridge/default_pvid"),
        VlanFiltering = Text(name, "bridge/vlan_filtering") == "1",
        UpperDevices = [.. Directory.EnumerateDirectories($"/sys/class/net/{name}/brif").Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)],
    };

    /// <summary>Values with a number beside their name (<c>802.3ad 4</c>) are told by name.</summary>
    private static NetworkStateBond? Bond(string name) => !Directory.Exists($"/sys/class/net/{name}/bonding") ? null : new NetworkStateBond
    {
        Mode = Text(name, "bonding/mode").Split(' ')[0],
        TransmitPolicy = Text(name, "bonding/xmit_hash_policy").Split(' ')[0],
        UpDelay = Number(name, "bonding/updelay"),
        DownDelay = Number(name, "bonding/downdelay"),
        MiiFrequency = Number(name, "bonding/miimon"),
        MiiState = Text(name, "bonding/mii_status"),
        LowerDevices = [.. Text(name, "bonding/slaves").Split(' ', StringSplitOptions.RemoveEmptyEntries)],
    };

    private static NetworkStateVLAN? Vlan(string name)
    {
        // The kernel's table: NAME | ID | PARENT
        const string table = "/proc/net/vlan/config";
        var fields = File.Exists(table) ? File.ReadLines(table).Select(l => l.Split('|', StringSplitOptions.TrimEntries)).FirstOrDefault(f => f.Length == 3 && f[0] == name) : null;
        return fields is null ? null : new NetworkStateVLAN { LowerDevice = fields[2], Vid = ulong.TryParse(fields[1], out var id) ? id : 0 };
    }

    private static ulong Number(string name, string file) => ulong.TryParse(Text(name, file), out var number) ? number : 0;

    private static string Text(string name, string file) => File.Exists($"/sys/class/net/{name}/{file}") ? File.ReadAllText($"/sys/class/net/{name}/{file}").Trim() : "";
}
