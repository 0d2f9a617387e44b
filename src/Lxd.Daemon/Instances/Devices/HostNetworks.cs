using Lxd.Daemon.Instances.Devices.Nics;
using Lxd.Daemon.Networks;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Store;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Managed networks as NICs see them, and the links of the host.</summary>
internal sealed class HostNetworks(IDatabase db, ProjectService projects, NetworkService networks) : IInstanceNetworks
{
    private static readonly string[] Kinds = ["bridge", "macvlan", "sriov", "ovn", "physical"];

    public INicLinks Links { get; } = new NicLinks();

    public INicRules Rules { get; } = new NicRules();

    public async Task<NicNetwork?> FindAsync(string project, string name, CancellationToken ct)
    {
        var owner = await projects.EffectiveAsync(project, "features.networks", ct).ConfigureAwait(false);
        return await db.ReadAsync(async tx =>
        {
            var (id, type) = await tx.FirstAsync("SELECT n.id, n.type FROM networks n JOIN projects p ON p.id = n.project_id WHERE p.name = ? AND n.name = ?", r => (r.Long(0), r.Long(1)), owner, name).ConfigureAwait(false);
            if (id == 0)
            {
                return null;
            }

            var config = await tx.MapAsync("SELECT key, value FROM networks_config WHERE network_id = ?", id).ConfigureAwait(false);
            var kind = type >= 0 && type < Kinds.Length ? Kinds[type] : "bridge";
            return new NicNetwork(name, kind, kind == "bridge" ? name : config.GetValueOrDefault("parent", ""), config);
        }, ct).ConfigureAwait(false);
    }

    public Task LeasesChangedAsync(NicContext nic, CancellationToken ct) =>
        nic.Network is { } network ? networks.NicChangedAsync(nic.Device.Instance.Project, network.Name, network.Config, Nic(nic), nic.Device.WithInstance, ct) : Task.CompletedTask;

    public Task NicStartsAsync(NicContext nic, CancellationToken ct) =>
        nic.Network is { } network ? networks.NicStartsAsync(network.Name, network.Config, Nic(nic), ct) : Task.CompletedTask;

    public Task<string?> ReserveAsync(NicContext nic, string family, CancellationToken ct) =>
        nic.Network is { } network ? networks.ReserveAsync(network.Name, network.Config, Nic(nic), family, ct) : Task.FromResult<string?>(null);

    public Task ReleaseAsync(NicContext nic, CancellationToken ct) =>
        nic.Network is { } network ? networks.ReleaseAsync(network.Name, network.Config, Nic(nic), ct) : Task.CompletedTask;

    private static NetworkNic Nic(NicContext nic) => NetworkStore.Nic(nic.Device.Instance, nic.Device.Name, nic.Device.Config);
}
