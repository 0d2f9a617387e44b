using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks;

internal sealed partial class NetworkService
{
    /// <summary>A NIC came, changed or went: DHCP is told, from all NICs together, since two may claim the same. One without static addresses that has never run
    /// is nothing to DHCP when its instance comes or goes: with a thousand instances on a network the most frequent case costs nothing.</summary>
    public async Task NicChangedAsync(string project, string name, IReadOnlyDictionary<string, string> config, NetworkNic nic, bool withInstance, CancellationToken ct)
    {
        if (withInstance && nic.Ipv4.Length + nic.Ipv6.Length == 0 && !HostFiles.Knows(Spec(name, config), Host(nic)))
        {
            return;
        }

        if (await FindAsync(project, name, ct).ConfigureAwait(false) is { Type: "bridge" } network)
        {
            await LockedAsync(async () => HostFiles.Replace(Spec(network), await HostsAsync(network, ct).ConfigureAwait(false)), ct).ConfigureAwait(false);
        }
    }

    /// <summary>A NIC is about to run: DHCP knows it when this returns. Costs next to nothing where it does already.</summary>
    public Task NicStartsAsync(string network, IReadOnlyDictionary<string, string> config, NetworkNic nic, CancellationToken ct) => LockedAsync(() =>
    {
        HostFiles.Write(Spec(network, config), Host(nic));
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
                var taken = leases.Select(l => l.Address).Except(mine).Concat(HostFiles.Addresses(spec, Host(nic).File)).ToHashSet();
                chosen = pool.Choose(nic.Hwaddr, mine.FirstOrDefault() ?? "", taken);
            }

            if (chosen is not null)
            {
                // The file holds the place until the NIC runs.
                HostFiles.Write(spec, Host(family == "ipv4" ? nic with { Ipv4 = chosen } : nic with { Ipv6 = chosen }));
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

    /// <summary>Addresses on a network as a project may see them: those of its instances; the network's own project also sees gateways and strangers.</summary>
    public async Task<List<NetworkLease>> LeasesAsync(string project, NetworkRecord network, CancellationToken ct)
    {
        if (network.Type != "bridge")
        {
            throw ApiException.NotImplemented();
        }

        var spec = Spec(network);
        var all = await store.NicsAsync(network.Name, ct).ConfigureAwait(false);
        var nics = all.Where(n => n.Project == project).ToList();
        var own = project == network.Project;
        List<NetworkLease> result = own ? [.. ((IEnumerable<Subnet?>)[spec.Ipv4, spec.Ipv6]).OfType<Subnet>().Select(s => new NetworkLease { Hostname = network.Name + ".gw", Address = s.Address.ToString(), Type = "gateway" })] : [];
        foreach (var nic in nics)
        {
            result.AddRange(((IEnumerable<string>)[nic.Ipv4, nic.Ipv6]).Where(a => a.Length > 0).Select(a => Lease(nic, a, "static")));
            if (nic.Ipv6.Length == 0 && !spec.IsTrue("ipv6.dhcp.stateful") && spec.Ipv6?.OfHardware(nic.Hwaddr) is { } made)
            {
                result.Add(Lease(nic, made.ToString(), "dynamic"));
            }
        }

        foreach (var lease in Leases.Read(spec).Where(l => !result.Exists(r => r.Address == l.Address)))
        {
            var nic = all.Find(n => lease.IsIpv6 ? n.Instance == lease.Hostname : n.Hwaddr == lease.Hwaddr);
            if (nic?.Project == project || nic is null && own)
            {
                result.Add(nic is null ? new NetworkLease { Hostname = lease.Hostname, Hwaddr = lease.Hwaddr, Address = lease.Address, Type = "dynamic", Location = "none", Project = project } : Lease(nic, lease.Address, "dynamic"));
            }
        }

        return result;

        static NetworkLease Lease(NetworkNic nic, string address, string type) => new() { Hostname = nic.Instance, Hwaddr = nic.Hwaddr, Address = address, Type = type, Location = "none", Project = nic.Project };
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

    private static StaticHost Host(NetworkNic nic) => new($"{Names.OnDisk(nic.Project, nic.Instance)}.{FileName(nic.Device)}", nic.Hwaddr, nic.Project == "default" ? nic.Instance : $"{nic.Instance}.{nic.Project}", nic.Ipv4, nic.Ipv6);

    /// <summary>A device may be called <c>a/b</c>.</summary>
    private static string FileName(string device) => device.Replace("-", "--", StringComparison.Ordinal).Replace("/", "-", StringComparison.Ordinal);
}
