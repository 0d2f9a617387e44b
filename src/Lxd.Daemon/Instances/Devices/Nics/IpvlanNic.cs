using System.Net;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>An interface that shares its parent's hardware address and has addresses of its own. It is there from the start of the instance or not at all.</summary>
internal sealed class IpvlanNic(HostSide host) : INicType
{
    private static readonly string[] Families = ["ipv4", "ipv6"];

    public string Name => "ipvlan";

    public IReadOnlyCollection<string> Live => [];

    public void Check(NicContext nic)
    {
        NicChecks.Required(nic, "parent");
        NicChecks.Vlan(nic);
        if (Mode(nic) is not ("l2" or "l3s"))
        {
            throw NicChecks.Invalid("mode", $"Invalid value \"{nic.Get("mode")}\" (not one of [l3s l2])");
        }

        foreach (var family in Families)
        {
            _ = Addresses(nic, family);
            NicChecks.Range(nic, family + ".host_table", 1, uint.MaxValue);
            if (nic.Get(family + ".gateway") is { Length: > 0 } gateway && !(Mode(nic) == "l2" ? IsAddress(gateway, family) : gateway is "auto" or "none"))
            {
                throw NicChecks.Invalid(family + ".gateway", $"Invalid gateway \"{gateway}\"");
            }
        }
    }

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        if (nic.Device.Hot)
        {
            throw ApiException.BadRequest("Device cannot be added when instance is running");
        }

        var (parent, ours) = await host.ParentAsync(nic, ct).ConfigureAwait(false);
        var name = NicNames.Random("ipv");
        var run = new DeviceRun
        {
            Nics = [new NicSpec(NicNames.Inside(nic.Device), name) { Addresses = [.. Families.SelectMany(f => Addresses(nic, f)).Select(a => $"{a.Address}/{a.Prefix}")], Gateways = [.. Families.Select(f => Gateway(nic, f)).Where(g => g.Length > 0)] }],
            Volatile = new Dictionary<string, string?> { [nic.Device.VolatileKey("host_name")] = name, [nic.Device.VolatileKey("last_state.created")] = ours ? "true" : "false" },
        };
        await using var undo = new Rollback();
        undo.Add(() => StopAsync(nic with { Device = nic.Device.With(run.Volatile) }));
        CheckSettings(nic);
        host.Links.AddOn(parent, Mode(nic), new LinkOptions { Name = name, Mtu = nic.Number("mtu") });
        Answer(nic, parent, true);
        undo.Commit();
        return run;
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => Task.CompletedTask;

    public async Task StopAsync(NicContext nic)
    {
        if (nic.Host.Length == 0)
        {
            return;
        }

        Answer(nic, nic.Get("vlan") is { Length: > 0 } vlan ? NicNames.Vlan(nic.Parent, vlan) : nic.Parent, false);
        await host.Links.DeleteAsync(nic.Host).ConfigureAwait(false);
        await host.ReleaseAsync(nic).ConfigureAwait(false);
    }

    /// <summary>The parent answers for the addresses, and the tables asked for know the way.</summary>
    private void Answer(NicContext nic, string parent, bool on)
    {
        foreach (var family in Families)
        {
            var addresses = Addresses(nic, family);
            if (addresses.Count > 0 && Mode(nic) == "l3s")
            {
                host.Links.Proxy(parent, addresses, on);
            }

            if (nic.Number(family + ".host_table") is > 0 and var table)
            {
                List<Cidr> own = [.. addresses.Select(a => a with { Prefix = a.IsIpv6 ? 128 : 32 })];
                host.Links.Route(parent, on ? [] : own, on ? own : [], (uint)table);
            }
        }
    }

    private static void CheckSettings(NicContext nic)
    {
        if (Mode(nic) != "l3s")
        {
            return;
        }

        foreach (var setting in (IEnumerable<string>)[.. nic.Get("ipv4.address").Length > 0 ? ["ipv4/conf/{0}/forwarding"] : (string[])[], .. nic.Get("ipv6.address").Length > 0 ? ["ipv6/conf/{0}/forwarding", "ipv6/conf/{0}/proxy_ndp"] : (string[])[]])
        {
            var path = "net/" + setting.Replace("{0}", nic.Parent, StringComparison.Ordinal);
            if (Sysctl.Get(path) != "1")
            {
                throw ApiException.BadRequest($"IPVLAN in L3S mode requires sysctl {path.Replace('/', '.')}=1");
            }
        }
    }

    private static string Mode(NicContext nic) => nic.Get("mode") is { Length: > 0 } mode ? mode : "l3s";

    private static List<Cidr> Addresses(NicContext nic, string family)
    {
        if (Mode(nic) != "l2")
        {
            return NicChecks.Addresses(nic, family + ".address");
        }

        return [.. nic.Get(family + ".address").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(t => Cidr.TryParse(t, out var cidr) && cidr.IsIpv6 == (family == "ipv6") ? InSubnet(cidr, t) : throw NicChecks.Invalid(family + ".address", $"Invalid CIDR address: {t}"))];
    }

    /// <summary>An address without a prefix is in a subnet of the usual size.</summary>
    private static Cidr InSubnet(Cidr address, string text) => text.Contains('/') ? address : address with { Prefix = address.IsIpv6 ? 64 : 24 };

    private static string Gateway(NicContext nic, string family)
    {
        var gateway = nic.Get(family + ".gateway");
        if (nic.Get(family + ".address").Length == 0 || gateway == "none")
        {
            return "";
        }

        return Mode(nic) == "l2" ? gateway : family == "ipv4" ? "dev4" : "dev6";
    }

    private static bool IsAddress(string text, string family) => IPAddress.TryParse(text, out _) && text.Contains(':') == (family == "ipv6");
}
