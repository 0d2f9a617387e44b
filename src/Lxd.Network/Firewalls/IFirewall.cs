namespace Lxd.Network.Firewalls;

/// <summary>The host's firewall as networks need it. Each call replaces what the network had of that kind, whole or not at all; a repeat changes nothing.</summary>
public interface IFirewall
{
    /// <summary><c>nftables</c> or <c>xtables</c>.</summary>
    string Name { get; }

    /// <summary>NAT, routing, and what the server of the network needs open.</summary>
    Task SetNetworkAsync(string network, BridgeRules rules, CancellationToken ct);

    /// <summary>What access control lists allow; null for a network without any.</summary>
    Task SetAclsAsync(string network, AclRules? rules, CancellationToken ct);

    /// <summary>Addresses of the host that lead into the network; none takes all away.</summary>
    Task SetForwardsAsync(string network, IReadOnlyList<ForwardRule> rules, CancellationToken ct);

    /// <summary>Takes away all that the network has.</summary>
    Task ClearAsync(string network, CancellationToken ct);
}
