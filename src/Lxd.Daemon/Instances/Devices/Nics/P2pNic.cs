using Lxd.Core;
using Lxd.Daemon.Server;
using Lxd.Network.Nics;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>A veth pair with a free standing host side.</summary>
internal sealed class P2pNic(HostSide host, ServerConfig config) : INicType
{
    public string Name => "p2p";

    public IReadOnlyCollection<string> Live => HostSide.Live;

    public void Check(NicContext nic)
    {
    }

    public async Task<DeviceRun> StartAsync(NicContext nic, CancellationToken ct)
    {
        var name = BridgedNic.HostName(nic, config);
        var peer = NicNames.Random("veth");
        var run = new DeviceRun
        {
            Nics = [new NicSpec(NicNames.Inside(nic.Device), peer) { Hwaddr = nic.Hwaddr }],
            Volatile = new Dictionary<string, string?> { [nic.Device.VolatileKey("host_name")] = name },
        };
        await using var undo = new Rollback();
        host.Links.AddVeth(new VethPair(name, peer)
        {
            HostMtu = nic.Number("mtu"),
            PeerMtu = nic.Number("mtu"),
            QueueLength = nic.Get("queue.tx.length").Length > 0 ? nic.Number("queue.tx.length") : null,
            Hwaddr = nic.Hwaddr,
            HostIpv6 = true,
        });
        undo.Add(() => StopAsync(nic with { Device = nic.Device.With(run.Volatile) }));
        await host.SettleAsync(nic, null, name, name, ct).ConfigureAwait(false);
        undo.Commit();
        return run;
    }

    public Task UpdateAsync(NicContext before, NicContext after, CancellationToken ct) => host.SettleAsync(after, before, after.Host, after.Host, ct);

    public async Task StopAsync(NicContext nic)
    {
        await host.UnsettleAsync(nic, "").ConfigureAwait(false);
        if (nic.Host.Length > 0)
        {
            await host.Links.DeleteAsync(nic.Host).ConfigureAwait(false);
        }
    }
}
