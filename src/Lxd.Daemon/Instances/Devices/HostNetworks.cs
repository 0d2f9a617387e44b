using System.Globalization;
using Lxd.Core;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Store;
using Lxd.Linux.Processes;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Managed networks as NICs see them, and the host side of NICs.</summary>
internal sealed class HostNetworks(IDatabase db, ProjectService projects) : IInstanceNetworks
{
    private static readonly string[] Kinds = ["bridge", "macvlan", "sriov", "ovn", "physical"];

    /// <summary>Writes names and static addresses of a network's instances anew; set by the networks domain.</summary>
    public Func<string, string, CancellationToken, Task> LeasesChanged { get; set; } = (_, _, _) => Task.CompletedTask;

    public async Task<NicNetwork> GetAsync(string project, string name, CancellationToken ct)
    {
        var owner = await projects.EffectiveAsync(project, "features.networks", ct).ConfigureAwait(false);
        return await db.ReadAsync(async tx =>
        {
            var (id, type) = await tx.FirstAsync("SELECT n.id, n.type FROM networks n JOIN projects p ON p.id = n.project_id WHERE p.name = ? AND n.name = ?", r => (r.Long(0), r.Long(1)), owner, name).ConfigureAwait(false);
            if (id == 0)
            {
                throw ApiException.NotFound($"Failed loading network \"{name}\": Network not found");
            }

            var config = await tx.MapAsync("SELECT key, value FROM networks_config WHERE network_id = ?", id).ConfigureAwait(false);
            var kind = type >= 0 && type < Kinds.Length ? Kinds[type] : "bridge";
            return new NicNetwork(name, kind, kind == "bridge" ? name : config.GetValueOrDefault("parent", ""), config);
        }, ct).ConfigureAwait(false);
    }

    public bool InterfaceExists(string name) => File.ReadLines("/proc/self/net/dev").Any(l => l.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));

    public Task LeasesChangedAsync(string project, string network, CancellationToken ct) => LeasesChanged(project, network, ct);

    public async Task AddRoutesAsync(string hostName, IReadOnlyList<string> routes, CancellationToken ct)
    {
        foreach (var route in routes)
        {
            await ProcessRunner.RunAsync("ip", [route.Contains(':') ? "-6" : "-4", "route", "replace", route, "dev", hostName, "proto", "boot"], ct).ConfigureAwait(false);
        }
    }

    public async Task ShapeAsync(string hostName, long ingressBits, long egressBits, CancellationToken ct)
    {
        await ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", hostName, "root"], ct).ConfigureAwait(false);
        await ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", hostName, "ingress"], ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", hostName, "root"], CancellationToken.None));
        undo.Add(() => ProcessRunner.TryAsync("tc", ["qdisc", "del", "dev", hostName, "ingress"], CancellationToken.None));
        // What the instance receives leaves the host side, and the other way round.
        if (ingressBits > 0)
        {
            await ProcessRunner.RunAsync("tc", ["qdisc", "replace", "dev", hostName, "root", "tbf", "rate", Rate(ingressBits), "burst", Burst(ingressBits), "latency", "50ms"], ct).ConfigureAwait(false);
        }

        if (egressBits > 0)
        {
            await ProcessRunner.RunAsync("tc", ["qdisc", "add", "dev", hostName, "handle", "ffff:0", "ingress"], ct).ConfigureAwait(false);
            await ProcessRunner.RunAsync("tc", ["filter", "add", "dev", hostName, "parent", "ffff:0", "protocol", "all", "u32", "match", "u32", "0", "0", "police", "rate", Rate(egressBits), "burst", Burst(egressBits), "mtu", "64kb", "drop"], ct).ConfigureAwait(false);
        }

        undo.Commit();
    }

    private static string Rate(long bits) => bits.ToString(CultureInfo.InvariantCulture) + "bit";

    /// <summary>What arrives in ten milliseconds, at least one large packet.</summary>
    private static string Burst(long bits) => Math.Max(65536, bits / 800).ToString(CultureInfo.InvariantCulture);
}
