using System.Net;
using Lxd.Network.Bridges;

namespace Lxd.Network.Firewalls;

/// <summary>What a bridge needs of the firewall; a family without an address needs nothing.</summary>
public sealed record BridgeRules(FamilyRules? Ipv4, FamilyRules? Ipv6)
{
    public IEnumerable<FamilyRules> Families => ((IEnumerable<FamilyRules?>)[Ipv4, Ipv6]).OfType<FamilyRules>();
}

/// <summary>One family of a bridge.</summary>
public sealed record FamilyRules(Subnet Subnet)
{
    public bool Nat { get; init; }

    /// <summary>What packets that leave are sent from; null for the address of the link they leave by.</summary>
    public IPAddress? NatAddress { get; init; }

    /// <summary>Whether NAT comes after the rules of others, where the firewall has an order.</summary>
    public bool NatLast { get; init; }

    /// <summary>Whether there are rules at all beside NAT.</summary>
    public bool Filter { get; init; }

    /// <summary>Whether packets may pass between the network and the world.</summary>
    public bool Route { get; init; }

    public bool Dhcp { get; init; }

    /// <summary>Whether names are answered on the bridge's address, for nobody but the bridge and the host itself.</summary>
    public bool Dns { get; init; }
}
