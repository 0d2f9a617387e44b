using System.Globalization;

namespace Lxd.Daemon.Server;

/// <summary>What the kernel, liblxc and the firewall of this host can do.</summary>
internal sealed class HostFeatures
{
    private static readonly Version Kernel = ReadKernel();

    /// <summary>The version of liblxc; empty until the driver has told.</summary>
    public string LxcVersion { get; set; } = "";

    /// <summary><c>nftables</c>, or <c>xtables</c> where only iptables is there.</summary>
    public string Firewall { get; } = File.Exists("/usr/sbin/nft") || File.Exists("/sbin/nft") ? "nftables" : "xtables";

    /// <summary>By the kernel's version: each of these came with one and cannot be configured away.</summary>
    public IReadOnlyDictionary<string, string> KernelFeatures { get; } = new Dictionary<string, string>
    {
        ["idmapped_mounts"] = Since(5, 12),
        ["netnsid_getifaddrs"] = Since(5, 0),
        ["seccomp_listener"] = Since(5, 0),
        ["seccomp_listener_continue"] = Since(5, 5),
        ["uevent_injection"] = Since(4, 18),
        ["unpriv_fscaps"] = Since(4, 14),
    };

    /// <summary>What liblxc 5 has; older ones are not supported.</summary>
    public IReadOnlyDictionary<string, string> LxcFeatures { get; } = new Dictionary<string, string>
    {
        ["cgroup2"] = "true",
        ["core_scheduling"] = "true",
        ["devpts_fd"] = "true",
        ["idmapped_mounts_v2"] = "true",
        ["mount_injection_file"] = "true",
        ["network_gateway_device_route"] = "true",
        ["network_ipvlan"] = "true",
        ["network_l2proxy"] = "true",
        ["network_phys_macvlan_mtu"] = "true",
        ["network_veth_router"] = "true",
        ["pidfd"] = "true",
        ["seccomp_allow_deny_syntax"] = "true",
        ["seccomp_notify"] = "true",
        ["seccomp_proxy_send_notify_fd"] = "true",
    };

    private static string Since(int major, int minor) => Kernel >= new Version(major, minor) ? "true" : "false";

    private static Version ReadKernel()
    {
        var parts = HostInfo.KernelVersion.Split('.', '-');
        return parts.Length >= 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? new Version(major, minor) : new Version(0, 0);
    }
}
