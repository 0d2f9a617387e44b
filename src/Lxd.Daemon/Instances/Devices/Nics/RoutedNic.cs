using System.Net;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Server;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>A veth pair whose addresses the host routes to and, where there is a parent, answers for on the parent's network.</summary>
internal sealed class RoutedNic(HostSide host, ServerConfig config) : INicType
{
    private static readonly string[] Families = ["ipv4", "ipv6"];

    public string Name => "routed";

    public IReadOnlyCollection<string> Live => HostSide.Live;

    public void Check(NicContext nic)
    {
        NicChecks.Vlan(nic);
        foreach (var family in Families)
        {
            _ = NicChecks.Addresses(nic, family + ".address");
            NicChecks.Address(nic, family + ".host_address", false);
            NicChecks.Range(nic, family + ".host_table", 1, uint.MaxValue);
            if (nic.Get(family + ".gateway") is not ("" or "auto" or "none"))
            {
                throw NicChecks.Invalid(family + ".gateway", $"Invalid value \"{nic.Get(family + ".gateway")}\" (not one of [auto none])");
            }
        }
    }

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var name = BridgedNic.HostName(nic, config);
        var peer = NicNames.Random("veth");
        var volatile_ = new Dictionary<string, string?> { [nic.Device.VolatileKey("host_name")] = name };
        await using var undo = new Rollback();
        undo.Add(() => StopAsync(nic with { Device = nic.Device.With(volatile_) }));
        var (parent, mtu) = await PrepareParentAsync(nic, volatile_, ct).ConfigureAwait(false);
        host.Links.AddVeth(new VethPair(name, peer)
        {
            HostMtu = mtu,
            PeerMtu = mtu,
            QueueLength = nic.Get("queue.tx.length").Length > 0 ? nic.Number("queue.tx.length") : null,
            Hwaddr = nic.Hwaddr,
            HostIpv6 = true,
        });
        Connect(nic, name, parent);
        await host.SettleAsync(nic, null, name, name, ct).ConfigureAwait(false);
        undo.Commit();
        return new DeviceRun
        {
            Nics = [new NicSpec(NicNames.Inside(nic.Device), peer) { Hwaddr = nic.Hwaddr, Addresses = [.. Families.SelectMany(f => Addresses(nic, f)).Select(a => $"{a.Address}/{a.Prefix}")], Gateways = [.. Families.Select(f => Gateway(nic, f)).Where(g => g.Length > 0)] }],
            Volatile = volatile_,
        };
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => host.SettleAsync(after, before, after.Host, after.Host, ct);

    public async Task StopAsync(NicContext nic)
    {
        if (nic.Host.Length == 0)
        {
            return;
        }

        if (nic.Parent.Length > 0)
        {
            foreach (var family in Families)
            {
                host.Links.Proxy(ParentName(nic), Addresses(nic, family), false);
            }
        }

        await host.UnsettleAsync(nic, "").ConfigureAwait(false);
        await host.Links.DeleteAsync(nic.Host).ConfigureAwait(false);
        await host.ReleaseAsync(nic).ConfigureAwait(false);
    }

    /// <summary>The parent, whose size of packets the pair takes; empty where there is none. Addresses that somebody there has already are refused.</summary>
    private async Task<(string Parent, int Mtu)> PrepareParentAsync(NicContext nic, Dictionary<string, string?> volatile_, CancellationToken ct)
    {
        if (nic.Parent.Length == 0)
        {
            return ("", nic.Number("mtu"));
        }

        var (parent, ours) = await host.ParentAsync(nic, ct).ConfigureAwait(false);
        volatile_[nic.Device.VolatileKey("last_state.created")] = ours ? "true" : "false";
        if (nic.Get("ipv6.address").Length > 0)
        {
            foreach (var setting in (IEnumerable<string>)["forwarding", "proxy_ndp"])
            {
                if (Sysctl.Get($"net/ipv6/conf/{parent}/{setting}") != "1")
                {
                    throw ApiException.BadRequest($"Routed mode requires sysctl net.ipv6.conf.{parent}.{setting}=1");
                }
            }
        }

        foreach (var family in Families.Where(f => !Checks.IsFalse(nic.Get(f + ".neighbor_probe"))))
        {
            foreach (var address in Addresses(nic, family))
            {
                if (await host.Links.IsTakenAsync(parent, address.Address, ct).ConfigureAwait(false))
                {
                    throw ApiException.BadRequest($"IP address \"{address}\" in use on parent network \"{parent}\"");
                }
            }
        }

        return (parent, nic.Number("mtu") is > 0 and var own ? own : host.Links.Find(parent)?.Mtu ?? 0);
    }

    private void Connect(NicContext nic, string name, string parent)
    {
        Sysctl.TrySet($"net/ipv4/conf/{name}/forwarding", "1");
        Sysctl.TrySet($"net/ipv6/conf/{name}/forwarding", "1");
        foreach (var family in Families)
        {
            var addresses = Addresses(nic, family);
            if (addresses.Count == 0)
            {
                continue;
            }

            if (Gateway(nic, family) is { Length: > 0 } gateway)
            {
                host.Links.AddAddress(name, new Cidr(IPAddress.Parse(gateway), family == "ipv4" ? 32 : 128));
            }

            host.Links.Route(name, [], addresses);
            if (nic.Number(family + ".host_table") is > 0 and var table)
            {
                host.Links.Route(name, [], addresses, (uint)table);
            }

            if (parent.Length > 0)
            {
                host.Links.Proxy(parent, addresses, true);
            }
        }
    }

    private static string ParentName(NicContext nic) => nic.Get("vlan") is { Length: > 0 } vlan && vlan != "0" ? NicNames.Vlan(nic.Parent, vlan) : nic.Parent;

    private static List<Cidr> Addresses(NicContext nic, string family) => NicChecks.Addresses(nic, family + ".address");

    /// <summary>The host's address on the pair, which the instance sends everything to.</summary>
    private static string Gateway(NicContext nic, string family) =>
        nic.Get(family + ".address").Length == 0 || nic.Get(family + ".gateway") == "none" ? ""
        : nic.Get(family + ".host_address") is { Length: > 0 } own ? own
        : family == "ipv4" ? "169.254.0.1" : "fe80::1";
}
