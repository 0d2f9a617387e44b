using Lxd.Core;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>Network interfaces of all types; which it is says <c>nictype</c>, or the network.</summary>
internal sealed class NicDevice(IReadOnlyList<INicType> types, IInstanceNetworks networks, NicPeers peers) : Device("nic")
{
    public override async Task CheckAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.Get("network").Length == 0 && device.Get("nictype").Length == 0)
        {
            throw ApiException.BadRequest("Missing \"nictype\" or \"network\" property");
        }

        var nic = await ContextAsync(device, ct).ConfigureAwait(false);
        if (nic.Linked && nic.Network is null)
        {
            throw ApiException.NotFound($"Failed loading network \"{device.Get("network")}\": Network not found");
        }

        if (device.Instance.Type == "virtual-machine" && TypeOf(nic) is IpvlanNic)
        {
            throw ApiException.BadRequest("Unsupported device type");
        }

        NicChecks.Common(nic);
        TypeOf(nic).Check(nic);
    }

    public override async Task CheckPeersAsync(DeviceContext device, CancellationToken ct)
    {
        var nic = await ContextAsync(device, ct).ConfigureAwait(false);
        if (TypeOf(nic) is BridgedNic)
        {
            await peers.CheckConflictsAsync(nic, nic.Network is { } network && network.Config.GetValueOrDefault("dns.mode") != "none", ct).ConfigureAwait(false);
        }
    }

    public override async Task<IReadOnlyDictionary<string, string>> FillAsync(DeviceContext device, CancellationToken ct)
    {
        var nic = await ContextAsync(device, ct).ConfigureAwait(false);
        return nic.Hwaddr.Length > 0 || TypeOf(nic) is PhysicalNic or IpvlanNic ? new Dictionary<string, string>() : new Dictionary<string, string> { [device.VolatileKey("hwaddr")] = MacAddress.Random() };
    }

    public override async Task<DeviceRun> StartAsync(DeviceContext device, CancellationToken ct)
    {
        var nic = await ContextAsync(device, ct).ConfigureAwait(false);
        if (device.Get("host_name") is { Length: > 0 } chosen && networks.Links.Find(chosen) is not null)
        {
            throw ApiException.BadRequest($"Network interface \"{chosen}\" already exists");
        }

        var run = await TypeOf(nic).StartAsync(nic, ct).ConfigureAwait(false);
        return device.Get("name").Length > 0 ? run : run with { Volatile = new Dictionary<string, string?>(run.Volatile) { [device.VolatileKey("name")] = run.Nics[0].Name } };
    }

    /// <summary>A pair is not told: its inner side goes with the outer one.</summary>
    public override DeviceRun Describe(DeviceContext device)
    {
        var host = device.Volatile("host_name");
        if (host.Length == 0 || device.Volatile("last_state.mtu").Length == 0 && networks.Links.Find(host) is not null)
        {
            return DeviceRun.Empty;
        }

        return new DeviceRun { Nics = [device.Volatile("last_state.mtu").Length > 0 ? PhysicalNic.Spec(device, host) : new NicSpec(NicNames.Inside(device), host) { Hwaddr = device.Volatile("hwaddr") }] };
    }

    public override async Task StopAsync(DeviceContext device, CancellationToken ct)
    {
        var nic = await ContextAsync(device, ct).ConfigureAwait(false);
        await TypeOf(nic).StopAsync(nic).ConfigureAwait(false);
    }

    public override async Task ChangedAsync(DeviceContext device, CancellationToken ct)
    {
        if (await ContextAsync(device, ct).ConfigureAwait(false) is { Network.Kind: "bridge" } nic)
        {
            await networks.LeasesChangedAsync(nic, ct).ConfigureAwait(false);
        }
    }

    public override async Task RemovedAsync(DeviceContext device, CancellationToken ct)
    {
        if (await ContextAsync(device, ct).ConfigureAwait(false) is { Network.Kind: "bridge" } nic)
        {
            await networks.ReleaseAsync(nic, ct).ConfigureAwait(false);
        }
    }

    public override bool CanUpdate(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        var live = after.GetValueOrDefault("network", "").Length > 0 ? types.First(t => t is BridgedNic).Live : types.FirstOrDefault(t => t.Name == after.GetValueOrDefault("nictype"))?.Live ?? [];
        return before.Keys.Union(after.Keys).Where(k => before.GetValueOrDefault(k, "") != after.GetValueOrDefault(k, "")).All(k => live.Contains(k) || k.StartsWith("user.", StringComparison.Ordinal));
    }

    public override async Task UpdateAsync(DeviceContext before, DeviceContext after, CancellationToken ct)
    {
        if (after.Volatile("host_name").Length > 0)
        {
            var nic = await ContextAsync(after, ct).ConfigureAwait(false);
            await TypeOf(nic).UpdateAsync(await ContextAsync(before, ct).ConfigureAwait(false), nic, ct).ConfigureAwait(false);
        }
    }

    /// <summary>With the network it names; an unnamed bridge may be a managed one all the same.</summary>
    private async Task<NicContext> ContextAsync(DeviceContext device, CancellationToken ct)
    {
        if (device.Get("network") is { Length: > 0 } name)
        {
            return new NicContext(device, await networks.FindAsync(device.Instance.Project, name, ct).ConfigureAwait(false));
        }

        var bridge = device.Get("nictype") == "bridged" && device.Get("parent").Length > 0 ? await networks.FindAsync("default", device.Get("parent"), ct).ConfigureAwait(false) : null;
        return new NicContext(device, bridge is { Kind: "bridge" } ? bridge : null);
    }

    private INicType TypeOf(NicContext nic)
    {
        var name = nic.Linked ? nic.Network?.Kind switch { "bridge" or null => "bridged", var kind => kind } : nic.Get("nictype");
        return types.FirstOrDefault(t => t.Name == name) ?? throw ApiException.BadRequest($"Unsupported nictype \"{name}\"");
    }
}
