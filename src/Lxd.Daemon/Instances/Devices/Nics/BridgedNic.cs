using System.Net;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Server;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>A veth pair with its host side on a bridge: a managed network's or any other of the host.</summary>
internal sealed class BridgedNic(HostSide host, IInstanceNetworks networks, ServerConfig config) : INicType
{
    public string Name => "bridged";

    public IReadOnlyCollection<string> Live { get; } = [.. HostSide.Live, "ipv4.address", "ipv6.address", "security.mac_filtering", "security.ipv4_filtering", "security.ipv6_filtering"];

    public void Check(NicContext nic)
    {
        NicChecks.NotWithNetwork(nic, "nictype", "parent", "mtu");
        if (!nic.Linked)
        {
            NicChecks.Required(nic, "parent");
        }

        CheckVlans(nic);
        foreach (var family in (IEnumerable<string>)["ipv4", "ipv6"])
        {
            NicChecks.Address(nic, family + ".address", true);
            CheckAddress(nic, family);
        }
    }

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var bridge = host.Links.Find(nic.Parent) ?? throw ApiException.BadRequest($"Parent device \"{nic.Parent}\" doesn't exist");
        await host.Peers.CheckConflictsAsync(nic, false, ct).ConfigureAwait(false);
        CheckVlanSupport(nic);
        var name = HostName(nic, config);
        var record = new Dictionary<string, string?> { [nic.Device.VolatileKey("host_name")] = name };
        await using var undo = new Rollback();
        var peer = NicNames.Random("veth");
        host.Links.AddVeth(new VethPair(name, peer)
        {
            Bridge = nic.Parent,
            HostMtu = bridge.Mtu,
            PeerMtu = nic.Number("mtu") is > 0 and var mtu ? mtu : bridge.Mtu,
            QueueLength = nic.Get("queue.tx.length").Length > 0 ? nic.Number("queue.tx.length") : null,
            Hwaddr = nic.Hwaddr,
        });
        undo.Add(() => host.Links.DeleteAsync(name));
        SetPort(nic, name);
        var allowed = await AllowedAsync(nic, record, ct).ConfigureAwait(false);
        undo.Add(() => StopRulesAsync(nic with { Device = nic.Device.With(record) }));
        await FilterAsync(nic, null, name, allowed, ct).ConfigureAwait(false);
        await host.SettleAsync(nic, null, name, nic.Parent, ct).ConfigureAwait(false);
        await networks.NicStartsAsync(nic with { Device = nic.Device.With(record) }, ct).ConfigureAwait(false);
        undo.Commit();
        return new DeviceRun { Nics = [new NicSpec(NicNames.Inside(nic.Device), peer) { Hwaddr = nic.Hwaddr }], Volatile = record };
    }

    public async Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct)
    {
        var record = new Dictionary<string, string?>();
        var allowed = await AllowedAsync(after, record, ct).ConfigureAwait(false);
        await FilterAsync(after, before, after.Host, allowed, ct).ConfigureAwait(false);
        await host.SettleAsync(after, before, after.Host, after.Parent, ct).ConfigureAwait(false);
    }

    public async Task StopAsync(NicContext nic)
    {
        if (nic.Host.Length > 0)
        {
            await host.Links.DeleteAsync(nic.Host).ConfigureAwait(false);
        }

        await StopRulesAsync(nic).ConfigureAwait(false);
    }

    /// <summary>The name of the host side: chosen by the user, or made as the server is told to.</summary>
    public static string HostName(NicContext nic, ServerConfig config) =>
        nic.Get("host_name") is { Length: > 0 } chosen ? chosen
        : config.Get("instances.nic.host_name") == "mac" && nic.Hwaddr.Length > 0 ? "lxd" + nic.Hwaddr.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant()
        : NicNames.Random("veth");

    private async Task StopRulesAsync(NicContext nic)
    {
        await host.UnsettleAsync(nic, nic.Parent).ConfigureAwait(false);
        if (Filters(nic))
        {
            await host.Rules.UnfilterAsync(nic.Owner, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool Filters(NicContext nic) => nic.IsTrue("security.mac_filtering") || nic.IsTrue("security.ipv4_filtering") || nic.IsTrue("security.ipv6_filtering");

    private async Task FilterAsync(NicContext nic, NicContext? before, string name, (List<Cidr>? Ipv4, List<Cidr>? Ipv6) allowed, CancellationToken ct)
    {
        if (Filters(nic))
        {
            await host.Rules.FilterAsync(new NicFilter(nic.Owner, name, nic.Hwaddr, allowed.Ipv4, allowed.Ipv6), ct).ConfigureAwait(false);
        }
        else if (before is not null && Filters(before))
        {
            await host.Rules.UnfilterAsync(nic.Owner, ct).ConfigureAwait(false);
        }
    }

    /// <summary>What the filters let through: the static addresses, or those that DHCP is made to give, and what is routed to the NIC. Null for a family that is not filtered.</summary>
    private async Task<(List<Cidr>? Ipv4, List<Cidr>? Ipv6)> AllowedAsync(NicContext nic, Dictionary<string, string?> record, CancellationToken ct)
    {
        List<Cidr>?[] allowed = [null, null];
        for (var i = 0; i < 2; i++)
        {
            var family = i == 0 ? "ipv4" : "ipv6";
            if (!nic.IsTrue($"security.{family}_filtering"))
            {
                continue;
            }

            var own = nic.Get(family + ".address");
            if (own.Length == 0 && await networks.ReserveAsync(nic, family, ct).ConfigureAwait(false) is { } reserved)
            {
                own = reserved;
                var key = nic.Device.VolatileKey("last_state.ip_addresses");
                record[key] = record.TryGetValue(key, out var others) ? $"{others},{own}" : own;
            }

            allowed[i] = own is "" or "none" ? [] : [.. Cidr.List(own), .. HostSide.Routes(nic).Where(r => r.IsIpv6 == (i == 1))];
        }

        return (allowed[0], allowed[1]);
    }

    private void SetPort(NicContext nic, string name)
    {
        var untagged = nic.Get("vlan") switch { "" => (int?)null, "none" => 0, var text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) };
        var tagged = NicChecks.TaggedVlans(nic);
        if (nic.IsTrue("security.port_isolation") || untagged is not null || tagged.Count > 0)
        {
            host.Links.SetPort(name, new PortOptions { Isolated = nic.IsTrue("security.port_isolation") ? true : null, Vlan = untagged, TaggedVlans = tagged });
        }
    }

    /// <summary>A bridge that does not look at VLANs would let all of them through.</summary>
    private static void CheckVlanSupport(NicContext nic)
    {
        if ((nic.Get("vlan").Length > 0 || nic.Get("vlan.tagged").Length > 0) && Sysctl.ReadLink(nic.Parent, "bridge/vlan_filtering") != "1")
        {
            throw ApiException.BadRequest($"VLAN filtering is not enabled in parent bridge \"{nic.Parent}\"");
        }
    }

    private static void CheckVlans(NicContext nic)
    {
        if (nic.Get("vlan") is { Length: > 0 } vlan && vlan != "none")
        {
            NicChecks.Range(nic, "vlan", 1, 4094);
        }

        var tagged = NicChecks.TaggedVlans(nic);
        if (nic.Number("vlan") is > 0 and var untagged && tagged.Contains(untagged))
        {
            throw ApiException.BadRequest($"Tagged VLAN ID \"{untagged}\" cannot be the same as untagged VLAN ID");
        }

        foreach (var family in (IEnumerable<string>)["ipv4", "ipv6"])
        {
            if ((nic.Get("vlan").Length > 0 || tagged.Count > 0) && nic.IsTrue($"security.{family}_filtering"))
            {
                throw ApiException.BadRequest($"Cannot use \"security.{family}_filtering\" with VLANs");
            }
        }
    }

    /// <summary>A static address needs somebody who gives it: DHCP of the network, or the filter that insists on it.</summary>
    private static void CheckAddress(NicContext nic, string family)
    {
        var key = family + ".address";
        var text = nic.Get(key);
        var filtered = nic.IsTrue($"security.{family}_filtering");
        if (nic.Network is not { } network)
        {
            if (text.Length > 0 && text != "none" && !filtered)
            {
                throw ApiException.BadRequest($"Cannot use manually specified {key} when using unmanaged parent bridge without security.{family}_filtering");
            }

            if (text.Length == 0 && filtered)
            {
                throw ApiException.BadRequest($"{(family == "ipv4" ? "IPv4" : "IPv6")} filtering requires a manually specified {key} when using an unmanaged parent bridge");
            }

            return;
        }

        if (text is "" or "none" || network.Kind != "bridge")
        {
            return;
        }

        var subnet = network.Config.GetValueOrDefault(key, "");
        var gives = subnet is not ("" or "none") && Checks.IsTrue(NetworkKeys.Bridge.Get(network.Config, family + ".dhcp")) && (family == "ipv4" || Checks.IsTrue(network.Config.GetValueOrDefault("ipv6.dhcp.stateful", "")));
        if (!gives && !filtered)
        {
            throw ApiException.BadRequest(family == "ipv4"
                ? $"Cannot specify \"{key}\" when DHCP is disabled (unless using security.ipv4_filtering) on network \"{network.Name}\""
                : $"Cannot specify \"{key}\" when DHCP or \"ipv6.dhcp.stateful\" are disabled (unless using security.ipv6_filtering) on network \"{network.Name}\"");
        }

        if (gives && Cidr.TryParse(subnet, out var range) && !range.Contains(IPAddress.Parse(text)))
        {
            throw ApiException.BadRequest($"Device IP address \"{text}\" not within network \"{network.Name}\" subnet");
        }
    }
}
