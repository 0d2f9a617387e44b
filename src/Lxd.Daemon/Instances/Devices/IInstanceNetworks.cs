namespace Lxd.Daemon.Instances.Devices;

/// <summary>A managed network as a NIC needs to know it.</summary>
/// <param name="Kind"><c>bridge</c>, <c>macvlan</c>, <c>physical</c>, <c>sriov</c>.</param>
/// <param name="Interface">The host's interface: the bridge, or the network's parent.</param>
internal sealed record NicNetwork(string Name, string Kind, string Interface, IReadOnlyDictionary<string, string> Config);

/// <summary>What NICs need of networks.</summary>
internal interface IInstanceNetworks
{
    /// <summary>The managed network; throws not-found in LXD's words where there is none.</summary>
    Task<NicNetwork> GetAsync(string project, string name, CancellationToken ct);

    /// <summary>Whether the host has such an interface.</summary>
    bool InterfaceExists(string name);

    /// <summary>The NICs of instances on this network changed: names and static addresses are written anew.</summary>
    Task LeasesChangedAsync(string project, string network, CancellationToken ct);

    /// <summary>Routes on the host to addresses behind a NIC.</summary>
    Task AddRoutesAsync(string hostName, IReadOnlyList<string> routes, CancellationToken ct);

    /// <summary>Rate limits (bits per second, 0 for none), transmit queue, isolation and filters of a NIC's host side.</summary>
    Task ShapeAsync(string hostName, long ingressBits, long egressBits, CancellationToken ct);
}
