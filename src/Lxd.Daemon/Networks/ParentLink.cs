using System.Globalization;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Networks;

/// <summary>Networks that stand for an interface of the host. A physical one has the interface for itself and sets it up; the others leave it as it is.</summary>
internal static class ParentLink
{
    private const string Created = "volatile.last_state.created";

    /// <summary>Brings the interface to what the network says.</summary>
    /// <param name="before">What the network was till now; null for one that is started.</param>
    public static async Task SetAsync(NetworkRecord network, NetworkRecord? before, List<NetworkRecord> all, CancellationToken ct)
    {
        var parent = network.Config.GetValueOrDefault("parent", "");
        var links = new NicLinks();
        if (links.Find(parent) is null)
        {
            throw ApiException.BadRequest($"Parent interface \"{parent}\" not found");
        }

        if (network.Type != "physical")
        {
            return;
        }

        if (all.Exists(n => n.Id != network.Id && n.Type == "physical" && Name(n) == Name(network)))
        {
            throw ApiException.BadRequest($"Parent interface \"{parent}\" in use by another network");
        }

        if (before is not null && Name(before) != Name(network))
        {
            await ReleaseAsync(before).ConfigureAwait(false);
        }

        var made = Vlan(network) is { } vlan && await links.AddVlanAsync(parent, Name(network), vlan, Checks.IsTrue(network.Config.GetValueOrDefault("gvrp")), ct).ConfigureAwait(false);
        network.Config[Created] = made || network.Config.GetValueOrDefault(Created) == "true" && Name(before ?? network) == Name(network) ? "true" : "false";
        if (int.TryParse(network.Config.GetValueOrDefault("mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var mtu))
        {
            links.Change(Name(network), new LinkOptions { Mtu = mtu });
        }
    }

    /// <summary>Takes away the interface that was made for the network.</summary>
    public static async Task ReleaseAsync(NetworkRecord network)
    {
        if (Checks.IsTrue(network.Config.GetValueOrDefault(Created)))
        {
            await new NicLinks().DeleteAsync(Name(network)).ConfigureAwait(false);
        }
    }

    /// <summary>The interface a network uses: its parent, or a VLAN of that.</summary>
    public static string Name(NetworkRecord network)
    {
        var parent = network.Config.GetValueOrDefault("parent", "");
        return Vlan(network) is { } vlan ? $"{parent}.{vlan.ToString(CultureInfo.InvariantCulture)}" : parent;
    }

    private static int? Vlan(NetworkRecord network) => int.TryParse(network.Config.GetValueOrDefault("vlan"), NumberStyles.None, CultureInfo.InvariantCulture, out var vlan) && vlan > 0 ? vlan : null;
}
