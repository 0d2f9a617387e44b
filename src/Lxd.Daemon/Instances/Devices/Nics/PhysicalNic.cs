using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>An interface of the host itself, or a VLAN of it, that vanishes from the host while the instance runs.</summary>
internal sealed class PhysicalNic(HostSide host) : INicType
{
    public string Name => "physical";

    public IReadOnlyCollection<string> Live => [];

    public void Check(NicContext nic) => NicChecks.OnParent(nic);

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var (name, ours) = await host.ParentAsync(nic, ct).ConfigureAwait(false);
        var link = host.Links.Find(name) ?? throw ApiException.BadRequest($"Parent device \"{name}\" doesn't exist");
        var device = nic.Device;
        var run = new DeviceRun
        {
            Nics = [Spec(device, name)],
            Volatile = new Dictionary<string, string?>
            {
                [device.VolatileKey("host_name")] = name,
                [device.VolatileKey("last_state.created")] = ours ? "true" : "false",
                [device.VolatileKey("last_state.hwaddr")] = link.Hwaddr,
                [device.VolatileKey("last_state.mtu")] = link.Mtu.ToString(CultureInfo.InvariantCulture),
            },
        };
        await using var undo = new Rollback();
        undo.Add(() => StopAsync(nic with { Device = device.With(run.Volatile) }));
        var mtu = int.TryParse(nic.Inherited("mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
        if (nic.Get("hwaddr").Length > 0 || mtu is not null)
        {
            host.Links.Change(name, new LinkOptions { Up = false });
            host.Links.Change(name, new LinkOptions { Hwaddr = nic.Get("hwaddr"), Mtu = mtu });
        }

        undo.Commit();
        return run;
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => Task.CompletedTask;

    /// <summary>The interface is on the host again: it gets its own address and size back, or goes where it was made for the instance.</summary>
    public async Task StopAsync(NicContext nic)
    {
        if (nic.Host.Length == 0)
        {
            return;
        }

        await host.ReleaseAsync(nic).ConfigureAwait(false);
        if (host.Links.Find(nic.Host) is { } link)
        {
            var hwaddr = nic.Device.Volatile("last_state.hwaddr");
            var mtu = int.TryParse(nic.Device.Volatile("last_state.mtu"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : link.Mtu;
            if (link.Hwaddr != hwaddr || link.Mtu != mtu)
            {
                host.Links.Change(nic.Host, new LinkOptions { Up = false });
                host.Links.Change(nic.Host, new LinkOptions { Hwaddr = hwaddr, Mtu = mtu });
            }
        }
    }

    public static NicSpec Spec(DeviceContext device, string link) => new(NicNames.Inside(device), link) { Returns = true, Hwaddr = device.Get("hwaddr") is { Length: > 0 } own ? own : device.Volatile("last_state.hwaddr") };
}
