using Lxd.Daemon.Instances.Devices.Nics;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>A managed network as a NIC needs to know it.</summary>
/// <param name="Kind"><c>bridge</c>, <c>macvlan</c>, <c>physical</c>, <c>sriov</c>.</param>
/// <param name="Interface">The host's interface: the bridge, or the network's parent.</param>
internal sealed record NicNetwork(string Name, string Kind, string Interface, IReadOnlyDictionary<string, string> Config);

/// <summary>What NICs need of networks and of the host.</summary>
internal interface IInstanceNetworks
{
    INicLinks Links { get; }

    INicRules Rules { get; }

    /// <summary>The managed network; null where there is none.</summary>
    Task<NicNetwork?> FindAsync(string project, string name, CancellationToken ct);

    /// <summary>A NIC came, changed or went: what DHCP knows beforehand is written anew, where it concerns DHCP at all.</summary>
    Task LeasesChangedAsync(NicContext nic, CancellationToken ct);

    /// <summary>A NIC is about to run: DHCP has to know it by then.</summary>
    Task NicStartsAsync(NicContext nic, CancellationToken ct);

    /// <summary>An address of the family that DHCP gives to this NIC alone from now on; null where the network has none to give.</summary>
    Task<string?> ReserveAsync(NicContext nic, string family, CancellationToken ct);

    /// <summary>A NIC is gone for good, and DHCP may give its addresses to others.</summary>
    Task ReleaseAsync(NicContext nic, CancellationToken ct);
}
