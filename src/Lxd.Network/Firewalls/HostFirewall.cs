using Lxd.Linux.Processes;

namespace Lxd.Network.Firewalls;

/// <summary>Which firewall this host has.</summary>
public static class HostFirewall
{
    /// <summary>nftables, or iptables where there is nothing else.</summary>
    public static IFirewall Default { get; } = PipedTool.Find("nft") is null && PipedTool.Find("iptables") is not null ? new XtablesFirewall() : new NftFirewall();
}
