using Lxd.Linux.Netlink;

namespace Lxd.Network.Nics;

/// <summary>A veth pair: one side stays on the host, the other moves into an instance.</summary>
public sealed record VethPair(string Host, string Peer)
{
    /// <summary>The bridge the host side joins; empty for none.</summary>
    public string Bridge { get; init; } = "";

    /// <summary>0 for the kernel's default.</summary>
    public int HostMtu { get; init; }

    public int PeerMtu { get; init; }

    /// <summary>Length of the transmit queue of both sides; null for the kernel's default.</summary>
    public int? QueueLength { get; init; }

    /// <summary>The address of the instance's side.</summary>
    public string Hwaddr { get; init; } = "";

    /// <summary>Whether the host side speaks IPv6 itself: not as port of a bridge.</summary>
    public bool HostIpv6 { get; init; }
}

/// <summary>The host's links, addresses and routes as NICs need them.</summary>
public interface INicLinks
{
    /// <summary>Null where the host has no such link.</summary>
    Link? Find(string name);

    void AddVeth(VethPair pair);

    /// <summary>A macvlan or an ipvlan (with a mode) on a parent, down.</summary>
    void AddOn(string parent, string mode, LinkOptions link);

    /// <summary>The VLAN of a parent as a link of its own, up; false where it is there already.</summary>
    Task<bool> AddVlanAsync(string parent, string name, int id, bool gvrp, CancellationToken ct);

    void Change(string name, LinkOptions options);

    /// <summary>A link that is not there is no failure.</summary>
    Task DeleteAsync(string name);

    /// <summary>Routes on the host that leave by a link; those to remove first. A link that is gone has none to remove.</summary>
    void Route(string link, IReadOnlyCollection<Cidr> remove, IReadOnlyCollection<Cidr> add, uint table = 254);

    /// <summary>An address of the host side.</summary>
    void AddAddress(string link, Cidr address);

    /// <summary>Whether a link answers for addresses that are behind another one.</summary>
    void Proxy(string link, IReadOnlyCollection<Cidr> addresses, bool on);

    /// <summary>Whether somebody on the link's network answers for an address; takes a moment.</summary>
    Task<bool> IsTakenAsync(string link, System.Net.IPAddress address, CancellationToken ct);

    /// <summary>What a port of a bridge may: reach other isolated ports, carry VLANs.</summary>
    void SetPort(string port, PortOptions options);
}

/// <summary>Settings of a port of a bridge; null leaves.</summary>
public sealed record PortOptions
{
    public bool? Isolated { get; init; }

    /// <summary>Frames go back through the port they came by.</summary>
    public bool? Hairpin { get; init; }

    /// <summary>The VLAN of untagged frames; 0 for none at all.</summary>
    public int? Vlan { get; init; }

    public IReadOnlyList<int> TaggedVlans { get; init; } = [];
}
