using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>What several types of NIC have in common on the host: routes, limits, VLANs as links.</summary>
internal sealed class HostSide(INicLinks links, INicRules rules, NicPeers peers)
{
    /// <summary>What <see cref="SettleAsync"/> acts on.</summary>
    public static IReadOnlyList<string> Live { get; } = ["ipv4.routes", "ipv6.routes", "ipv4.routes.external", "ipv6.routes.external", "limits.ingress", "limits.egress", "limits.max", "limits.priority"];

    public INicLinks Links => links;

    public NicPeers Peers => peers;

    public INicRules Rules => rules;

    /// <summary>The routes of the host to what lies behind the NIC.</summary>
    public static List<Cidr> Routes(NicContext nic) =>
        Cidr.List(string.Join(',', ((IEnumerable<string>)["ipv4.routes", "ipv6.routes", "ipv4.routes.external", "ipv6.routes.external"]).Select(nic.Get)));

    /// <summary>Routes, speed and priority; of a NIC that runs those that differ from <paramref name="before"/>.</summary>
    /// <param name="through">The link the routes leave by: the bridge, or the host side itself.</param>
    public async Task SettleAsync(NicContext nic, NicContext? before, string host, string through, CancellationToken ct)
    {
        var routes = Routes(nic);
        links.Route(through, before is null ? [] : [.. Routes(before).Except(routes)], routes);
        if (before is null ? Rates(nic).Any : Rates(before) != Rates(nic))
        {
            await rules.ShapeAsync(host, Rates(nic), ct).ConfigureAwait(false);
        }

        if ((before?.Get("limits.priority") ?? "") != nic.Get("limits.priority"))
        {
            await rules.PrioritizeAsync(nic.Device.Instance.DiskName, host, nic.Get("limits.priority").Length > 0 ? nic.Number("limits.priority") : null, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Takes away what does not go with the host side itself.</summary>
    public async Task UnsettleAsync(NicContext nic, string through)
    {
        if (through.Length > 0)
        {
            links.Route(through, Routes(nic), []);
        }

        if (nic.Get("limits.priority").Length > 0 && nic.Host.Length > 0)
        {
            await rules.PrioritizeAsync(nic.Device.Instance.DiskName, nic.Host, null, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The host's interface a NIC is made on: the parent, or its VLAN, made where it is missing. The second value is whether the daemon has made it.</summary>
    public async Task<(string Interface, bool Ours)> ParentAsync(NicContext nic, CancellationToken ct)
    {
        var parent = nic.Parent;
        if (links.Find(parent) is null)
        {
            throw ApiException.BadRequest($"Parent device \"{parent}\" doesn't exist");
        }

        if (nic.Inherited("vlan") is not { Length: > 0 } vlan || vlan == "0")
        {
            return (parent, false);
        }

        var name = NicNames.Vlan(parent, vlan);
        var made = await links.AddVlanAsync(parent, name, int.Parse(vlan, System.Globalization.CultureInfo.InvariantCulture), Checks.IsTrue(nic.Inherited("gvrp")), ct).ConfigureAwait(false);
        return (name, made || await SharedAsync(nic, ct).ConfigureAwait(false));
    }

    /// <summary>Removes a VLAN that was made for NICs when the last of them goes.</summary>
    public async Task ReleaseAsync(NicContext nic)
    {
        if (nic.Device.Volatile("last_state.created") == "true" && nic.Inherited("vlan") is { Length: > 0 } vlan && !await SharedAsync(nic, CancellationToken.None).ConfigureAwait(false))
        {
            await links.DeleteAsync(NicNames.Vlan(nic.Parent, vlan)).ConfigureAwait(false);
        }
    }

    /// <summary>Whether another NIC that runs is on the same VLAN the daemon has made.</summary>
    private Task<bool> SharedAsync(NicContext nic, CancellationToken ct) => peers.AnyOtherAsync(nic.Device,
        o => o.Volatile("last_state.created") == "true" && o.Get("vlan") == nic.Get("vlan") && o.Get("parent") == nic.Get("parent") && o.Get("network") == nic.Get("network"), ct);

    private static NicRates Rates(NicContext nic)
    {
        var both = Units.ParseBits(nic.Get("limits.max"));
        return new NicRates(nic.Get("limits.ingress").Length > 0 ? Units.ParseBits(nic.Get("limits.ingress")) : both, nic.Get("limits.egress").Length > 0 ? Units.ParseBits(nic.Get("limits.egress")) : both);
    }
}
