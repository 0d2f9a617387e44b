using Lxd.Core;
using Lxd.Linux.Netlink;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>An interface of its own address on a parent of the host.</summary>
internal sealed class MacvlanNic(HostSide host) : INicType
{
    public string Name => "macvlan";

    public IReadOnlyCollection<string> Live => [];

    public void Check(NicContext nic) => NicChecks.OnParent(nic);

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var (parent, ours) = await host.ParentAsync(nic, ct).ConfigureAwait(false);
        var name = NicNames.Random("mac");
        var run = new DeviceRun
        {
            Nics = [new NicSpec(NicNames.Inside(nic.Device), name) { Hwaddr = nic.Hwaddr }],
            Volatile = new Dictionary<string, string?> { [nic.Device.VolatileKey("host_name")] = name, [nic.Device.VolatileKey("last_state.created")] = ours ? "true" : "false" },
        };
        await using var undo = new Rollback();
        undo.Add(() => StopAsync(nic with { Device = nic.Device.With(run.Volatile) }));
        host.Links.AddOn(parent, "", new LinkOptions { Name = name, Hwaddr = nic.Hwaddr, Mtu = int.TryParse(nic.Inherited("mtu"), out var mtu) ? mtu : null });
        undo.Commit();
        return run;
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => Task.CompletedTask;

    public async Task StopAsync(NicContext nic)
    {
        if (nic.Host.Length > 0)
        {
            await host.Links.DeleteAsync(nic.Host).ConfigureAwait(false);
        }

        await host.ReleaseAsync(nic).ConfigureAwait(false);
    }
}
