using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Projects;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks;

/// <summary>Managed networks: bridges the daemon makes, and networks that stand for a parent interface.</summary>
internal sealed partial class NetworkService(NetworkStore store, ProjectService projects, ProjectQuota quota, EventHub events, DaemonPaths paths)
{
    private readonly SemaphoreSlim _lock = new(1, 1);

    public async Task<List<NetworkRecord>> ListAsync(string project, CancellationToken ct) => await store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public Task<List<NetworkRecord>> ListAllAsync(CancellationToken ct) => store.ListAsync(null, ct);

    public async Task<NetworkRecord?> FindAsync(string project, string name, CancellationToken ct) => (await ListAsync(project, ct).ConfigureAwait(false)).Find(n => n.Name == name);

    public async Task<NetworkRecord> GetAsync(string project, string name, CancellationToken ct) => await FindAsync(project, name, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Network not found");

    /// <summary>Starts all bridges; one that fails does not keep the others.</summary>
    public async Task StartAllAsync(CancellationToken ct)
    {
        var failures = new List<Exception>();
        foreach (var network in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(n => n.Type == "bridge"))
        {
            try
            {
                if (!Bridge.IsRunning(Spec(network)))
                {
                    await StartAsync(network, ct).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                failures.Add(e);
            }
        }

        if (failures.Count > 0)
        {
            throw new AggregateException("Some networks did not start", failures);
        }
    }

    /// <summary>Takes all bridges down, when the daemon goes for good.</summary>
    public async Task StopAllAsync(CancellationToken ct)
    {
        foreach (var network in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(n => n.Type == "bridge"))
        {
            await Bridge.StopAsync(Spec(network), ct).ConfigureAwait(false);
        }
    }

    public async Task CreateAsync(string project, NetworksPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckName(post.Name);
        var type = post.Type.Length > 0 ? post.Type : "bridge";
        NetworkStore.TypeCode(type);
        if (type is "ovn" or "sriov")
        {
            throw ApiException.BadRequest($"Network type \"{type}\" is not supported on this server");
        }

        var config = type == "bridge" ? Complete(post.Config, true) : NonEmpty(post.Config);
        Validate(type, config);
        if (type == "bridge")
        {
            config.TryAdd("volatile.bridge.hwaddr", MacAddress.Random());
        }

        var network = new NetworkRecord(0, await ProjectAsync(project, ct).ConfigureAwait(false), post.Name, type, post.Description, config);
        await quota.CheckNetworkAsync(network.Project, ct).ConfigureAwait(false);
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (type == "bridge" && await FindAsync(project, post.Name, ct).ConfigureAwait(false) is null && Bridge.Exists(post.Name))
            {
                throw ApiException.Conflict($"Network interface \"{post.Name}\" already exists");
            }

            await using var undo = new Rollback();
            var id = await store.InsertAsync(network, ct).ConfigureAwait(false);
            undo.Add(() => store.DeleteAsync(id, CancellationToken.None));
            await StartAsync(network, ct).ConfigureAwait(false);
            undo.Commit();
        }
        finally
        {
            _lock.Release();
        }

        Tell("network-created", network, requestor);
    }

    public async Task UpdateAsync(NetworkRecord network, NetworkPut put, OperationRequestor? requestor, CancellationToken ct)
    {
        var config = network.Type == "bridge" ? Complete(put.Config, false) : NonEmpty(put.Config);
        foreach (var (key, value) in network.Config.Where(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal)))
        {
            config.TryAdd(key, value);
        }

        Validate(network.Type, config);
        var changed = network with { Config = config, Description = put.Description };
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await using var undo = new Rollback();
            if (config.Count != network.Config.Count || config.Any(c => network.Config.GetValueOrDefault(c.Key) != c.Value))
            {
                undo.Add(() => StartAsync(network, CancellationToken.None));
                await StartAsync(changed, ct).ConfigureAwait(false);
            }

            await store.UpdateAsync(network.Id, put.Description, config, ct).ConfigureAwait(false);
            undo.Commit();
        }
        finally
        {
            _lock.Release();
        }

        Tell("network-updated", changed, requestor);
    }

    public async Task RenameAsync(NetworkRecord network, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckName(name);
        CheckUnused(network);
        await using var undo = new Rollback();
        await store.RenameAsync(network.Id, name, ct).ConfigureAwait(false);
        undo.Add(() => store.RenameAsync(network.Id, network.Name, CancellationToken.None));
        var renamed = network with { Name = name };
        if (network.Type == "bridge")
        {
            await Bridge.StopAsync(Spec(network), ct).ConfigureAwait(false);
            undo.Add(() => StartAsync(network, CancellationToken.None));
            await StartAsync(renamed, ct).ConfigureAwait(false);
            Directory.Delete(Spec(network).Directory, true);
        }

        undo.Commit();
        events.Lifecycle("network-renamed", network.Project, Url(renamed), requestor, new() { ["old_name"] = network.Name }, name);
    }

    public async Task DeleteAsync(NetworkRecord network, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckUnused(network);
        if (network.Type == "bridge")
        {
            await Bridge.StopAsync(Spec(network), ct).ConfigureAwait(false);
            if (Directory.Exists(Spec(network).Directory))
            {
                Directory.Delete(Spec(network).Directory, true);
            }
        }

        await store.DeleteAsync(network.Id, ct).ConfigureAwait(false);
        Tell("network-deleted", network, requestor);
    }

    public async Task<List<NetworkLease>> LeasesAsync(string project, NetworkRecord network, CancellationToken ct)
    {
        if (network.Type != "bridge")
        {
            throw ApiException.BadRequest($"Network type \"{network.Type}\" does not support leases");
        }

        var spec = Spec(network);
        var result = ((IEnumerable<Subnet?>)[spec.Ipv4, spec.Ipv6]).OfType<Subnet>().Select(s => new NetworkLease { Hostname = network.Name + ".gw", Address = s.Address.ToString(), Type = "gateway" }).ToList();
        var nics = await store.NicsAsync(network.Name, ct).ConfigureAwait(false);
        foreach (var nic in nics)
        {
            result.AddRange(((IEnumerable<string>)[nic.Ipv4, nic.Ipv6]).Where(a => a.Length > 0).Select(a => new NetworkLease { Hostname = nic.Instance, Hwaddr = nic.Hwaddr, Address = a, Type = "static", Location = "none", Project = nic.Project }));
        }

        foreach (var lease in Leases.Read(spec).Where(l => !result.Exists(r => r.Address == l.Address)))
        {
            var nic = nics.Find(n => n.Hwaddr == lease.Hwaddr || n.Instance == lease.Hostname);
            if (nic is null || nic.Project == project || project == "default")
            {
                result.Add(new NetworkLease { Hostname = lease.Hostname, Hwaddr = lease.Hwaddr.Length > 0 ? lease.Hwaddr : nic?.Hwaddr ?? "", Address = lease.Address, Type = "dynamic", Location = "none", Project = nic?.Project ?? "" });
            }
        }

        return result;
    }

    /// <summary>The project whose networks a project uses.</summary>
    public Task<string> ProjectAsync(string project, CancellationToken ct) => projects.EffectiveAsync(project, "features.networks", ct);

    private BridgeSpec Spec(NetworkRecord network) => Spec(network.Name, network.Config);

    private async Task StartAsync(NetworkRecord network, CancellationToken ct)
    {
        if (network.Type != "bridge")
        {
            return;
        }

        Bridge.WriteHosts(Spec(network), await HostsAsync(network, ct).ConfigureAwait(false));
        await Bridge.StartAsync(Spec(network), ct).ConfigureAwait(false);
    }

    /// <summary>Chooses what is left to choose. On creation an address not mentioned is chosen too, with NAT.</summary>
    private static Dictionary<string, string> Complete(IReadOnlyDictionary<string, string> given, bool create)
    {
        var config = new Dictionary<string, string>(given.Where(c => c.Value.Length > 0), StringComparer.Ordinal);
        foreach (var family in (IEnumerable<string>)["ipv4", "ipv6"])
        {
            var key = family + ".address";
            if (create && !given.ContainsKey(key))
            {
                config[key] = "auto";
            }

            if (config.GetValueOrDefault(key) == "auto")
            {
                config[key] = (family == "ipv4" ? Subnet.RandomIpv4() : Subnet.RandomIpv6()).ToString();
                if (create)
                {
                    config.TryAdd(family + ".nat", "true");
                }
            }
        }

        return config;
    }

    private static void Validate(string type, Dictionary<string, string> config)
    {
        var schema = type switch { "macvlan" => NetworkKeys.Macvlan, "physical" => NetworkKeys.Physical, _ => NetworkKeys.Bridge };
        schema.Validate(config, $"Invalid option for network \"{type}\" option");
        if (type != "bridge" && config.GetValueOrDefault("parent", "").Length == 0)
        {
            throw ApiException.BadRequest("Invalid value for network option \"parent\": Required value");
        }

        if (type == "bridge")
        {
            var spec = new BridgeSpec("", "", config);
            _ = (spec.Ipv4, spec.Ipv6);
            if (Checks.IsTrue(config.GetValueOrDefault("ipv4.nat")) && spec.Ipv4 is null && config.GetValueOrDefault("ipv4.address") != "none")
            {
                throw ApiException.BadRequest("ipv4.nat needs an ipv4.address");
            }
        }
    }

    private static void CheckUnused(NetworkRecord network)
    {
        if (network.UsedBy.Count > 0)
        {
            throw ApiException.BadRequest("The network is currently in use");
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length is < 2 or > 15 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) || name.StartsWith('-') || name is "." or "..")
        {
            throw ApiException.BadRequest($"Network name \"{name}\" is not valid: " + (name.Length is < 2 or > 15 ? "Network interface is too long (maximum 15 characters) or too short" : "It contains invalid characters"));
        }
    }

    private static Dictionary<string, string> NonEmpty(Dictionary<string, string> config) => config.Where(c => c.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    private static string Url(NetworkRecord network) => Names.Url("default", "1.0", "networks", network.Name);

    private void Tell(string action, NetworkRecord network, OperationRequestor? requestor) => events.Lifecycle(action, network.Project, Url(network), requestor, null, network.Name);
}
