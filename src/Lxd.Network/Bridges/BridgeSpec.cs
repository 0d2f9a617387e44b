using System.Net.Sockets;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;

namespace Lxd.Network.Bridges;

/// <summary>A bridge as its driver sees it.</summary>
/// <param name="Directory">Where its files lie: <c>LXD_DIR/networks/NAME</c>.</param>
/// <param name="Config">Its keys, with addresses chosen.</param>
public sealed record BridgeSpec(string Name, string Directory, IReadOnlyDictionary<string, string> Config)
{
    public Subnet? Ipv4 => Address("ipv4.address", AddressFamily.InterNetwork);

    public Subnet? Ipv6 => Address("ipv6.address", AddressFamily.InterNetworkV6);

    public string LeaseFile => Path.Combine(Directory, "dnsmasq.leases");

    /// <summary>A directory with a file for each NIC.</summary>
    public string HostsDirectory => Path.Combine(Directory, "dnsmasq.hosts");

    public string RawFile => Path.Combine(Directory, "dnsmasq.raw");

    public string PidFile => Path.Combine(Directory, "dnsmasq.pid");

    public string Get(string key) => NetworkKeys.Bridge.Get(Config, key);

    public bool IsTrue(string key) => Checks.IsTrue(Get(key));

    private Subnet? Address(string key, AddressFamily family) => Config.GetValueOrDefault(key, "") is { Length: > 0 } text && text != "none" ? Subnet.Parse(text, family) : null;
}

/// <summary>What DHCP knows of a NIC beforehand.</summary>
/// <param name="File">The file's name: <c>PROJECT_INSTANCE.DEVICE</c>.</param>
public sealed record StaticHost(string File, string Hwaddr, string Hostname, string Ipv4, string Ipv6)
{
    public string Text => string.Join(',', ((IEnumerable<string>)[Hwaddr, Ipv4, Ipv6.Length > 0 ? $"[{Ipv6}]" : "", Hostname]).Where(p => p.Length > 0)) + "\n";
}
