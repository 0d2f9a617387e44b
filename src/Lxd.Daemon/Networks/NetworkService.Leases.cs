using Lxd.Core;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks;

internal sealed partial class NetworkService
{
    /// <summary>The NICs of instances changed: DHCP is told.</summary>
    public async Task NicsChangedAsync(string project, string name, CancellationToken ct)
    {
        if (await FindAsync(project, name, ct).ConfigureAwait(false) is { Type: "bridge" } network)
        {
            await LockedAsync(async () => Bridge.WriteHosts(Spec(network), await HostsAsync(network, ct).ConfigureAwait(false)), ct).ConfigureAwait(false);
        }
    }

    /// <summary>A NIC is about to run: DHCP knows it when this returns. Costs next to nothing where it does already.</summary>
    public Task NicStartsAsync(string network, IReadOnlyDictionary<string, string> config, NetworkNic nic, CancellationToken ct) => LockedAsync(() =>
    {
        Bridge.WriteHost(Spec(network, config), Host(nic));
        return Task.CompletedTask;
    }, ct);

    /// <summary>An address that DHCP gives to this NIC alone from now on; null where the network has none to give.</summary>
    public async Task<string?> ReserveAsync(string network, IReadOnlyDictionary<string, string> config, NetworkNic nic, string family, CancellationToken ct)
    {
        var spec = Spec(network, config);
        string? chosen = null;
        await LockedAsync(() =>
        {
            if (AddressPool.Of(spec, family) is { } pool)
            {
                var leases = Leases.Read(spec).Where(l => l.IsIpv6 == (family == "ipv6")).ToList();
                var mine = leases.Where(l => family == "ipv4" ? l.Hwaddr == nic.Hwaddr : l.Hostname == nic.Instance).Select(l => l.Address).ToList();
                var taken = leases.Select(l => l.Address).Except(mine).Concat(Bridge.HostAddresses(spec, Host(nic).File)).ToHashSet();
                chosen = pool.Choose(nic.Hwaddr, mine.FirstOrDefault() ?? "", taken);
            }

            if (chosen is not null)
            {
                // The file holds the place until the NIC runs.
                Bridge.WriteHost(spec, Host(family == "ipv4" ? nic with { Ipv4 = chosen } : nic with { Ipv6 = chosen }));
            }

            return Task.CompletedTask;
        }, ct).ConfigureAwait(false);
        return chosen;
    }

    /// <summary>A NIC is gone for good: its leases end.</summary>
    public async Task ReleaseAsync(string network, IReadOnlyDictionary<string, string> config, NetworkNic nic, CancellationToken ct)
    {
        var spec = Spec(network, config);
        foreach (var lease in Leases.Read(spec).Where(l => l.IsIpv6 ? l.Hostname == nic.Instance : l.Hwaddr == nic.Hwaddr))
        {
            await LeaseRelease.SendAsync(spec, lease, ct).ConfigureAwait(false);
        }
    }

    private async Task LockedAsync(Func<Task> work, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>What DHCP knows beforehand. A NIC that claims what an older instance has is left out.</summary>
    private async Task<List<StaticHost>> HostsAsync(NetworkRecord network, CancellationToken ct)
    {
        var claimed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var hosts = new List<StaticHost>();
        foreach (var nic in (await store.NicsAsync(network.Name, ct).ConfigureAwait(false)).OrderBy(n => n.InstanceId))
        {
            var claims = ((IEnumerable<string>)[nic.Hwaddr, nic.Ipv4, nic.Ipv6]).Where(c => c.Length > 0).ToList();
            if (claims.TrueForAll(c => !claimed.Contains(c)))
            {
                claimed.UnionWith(claims);
                hosts.Add(Host(nic));
            }
        }

        return hosts;
    }

    private static StaticHost Host(NetworkNic nic) => new($"{Names.OnDisk(nic.Project, nic.Instance)}.{FileName(nic.Device)}", nic.Hwaddr, nic.Instance, nic.Ipv4, nic.Ipv6);

    private BridgeSpec Spec(string network, IReadOnlyDictionary<string, string> config) => new(network, Path.Combine(paths.Networks, network), config);

    /// <summary>A device may be called <c>a/b</c>.</summary>
    private static string FileName(string device) => device.Replace("-", "--", StringComparison.Ordinal).Replace("/", "-", StringComparison.Ordinal);
}
