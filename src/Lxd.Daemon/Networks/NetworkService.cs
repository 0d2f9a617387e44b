using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Network.Bridges;

namespace Lxd.Daemon.Networks;

/// <summary>Managed networks: bridges the daemon makes, and networks that stand for a parent interface.</summary>
internal sealed partial class NetworkService(NetworkNeeds with)
{
    private readonly NetworkStore store = with.Store;
    private readonly SemaphoreSlim _lock = new(1, 1);

    /// <summary>What refers to other things and only they can judge (zones, access control lists); set by those. Gets the network as it is to be.</summary>
    public List<Func<NetworkRecord, CancellationToken, Task>> Checks { get; } = [];

    /// <summary>What else there is to do when a bridge was brought up or changed: its access control lists and forwards.</summary>
    public List<Func<NetworkRecord, CancellationToken, Task>> AfterStart { get; } = [];

    /// <summary>Networks, their addresses or their NICs changed: what is told to the world may have too.</summary>
    public List<Func<CancellationToken, Task>> Changed { get; } = [];

    public async Task<List<NetworkRecord>> ListAsync(string project, CancellationToken ct) => await store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public Task<List<NetworkRecord>> ListAllAsync(CancellationToken ct) => store.ListAsync(null, ct);

    public async Task<NetworkRecord?> FindAsync(string project, string name, CancellationToken ct) => (await ListAsync(project, ct).ConfigureAwait(false)).Find(n => n.Name == name);

    public async Task<NetworkRecord> GetAsync(string project, string name, CancellationToken ct) => await FindAsync(project, name, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Network not found");

    /// <summary>Whether a project may use a network; it is not there for the project otherwise.</summary>
    public async Task<Func<string, bool, bool>> AccessAsync(string project, CancellationToken ct)
    {
        var config = await with.Projects.ConfigAsync(project, ct).ConfigureAwait(false);
        return (name, managed) => NetworkAccess.Allows(config, name, managed);
    }

    public async Task CreateAsync(string project, NetworksPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        NetworkValidation.Name(post.Name);
        var owner = await ProjectAsync(project, ct).ConfigureAwait(false);
        var type = post.Type.Length > 0 ? post.Type : owner == "default" ? "bridge" : "ovn";
        NetworkStore.TypeCode(type);
        CheckType(type, owner);
        await with.Quota.CheckNetworkAsync(owner, ct).ConfigureAwait(false);
        await LockedAsync(async () =>
        {
            var all = await store.ListAsync(null, ct).ConfigureAwait(false);
            if (all.Exists(n => n.Project == owner && n.Name == post.Name))
            {
                throw ApiException.Conflict("The network already exists");
            }

            if (type == "bridge" && Bridge.Exists(post.Name))
            {
                throw ApiException.Conflict($"Network interface \"{post.Name}\" already exists");
            }

            var config = type == "bridge" ? Complete(post.Config, true, all) : NonEmpty(post.Config);
            var network = new NetworkRecord(0, owner, post.Name, type, post.Description, config);
            await CheckAsync(network, ct).ConfigureAwait(false);
            await using var undo = new Rollback(with.Logger.UndoFailed);
            var id = await store.InsertAsync(network, ct).ConfigureAwait(false);
            undo.Add(() => store.DeleteAsync(id, CancellationToken.None));
            undo.Add(() => RemoveFiles(network));
            await StartAsync(network with { Id = id }, null, ct).ConfigureAwait(false);
            if (type == "physical")
            {
                // Whether its interface was made for it is known only now.
                await store.UpdateAsync(id, network.Description, network.Config, ct).ConfigureAwait(false);
            }

            undo.Commit();
        }, ct).ConfigureAwait(false);
        Tell("network-created", owner, post.Name, requestor);
        await TellChangedAsync(ct).ConfigureAwait(false);
    }

    public async Task UpdateAsync(NetworkRecord network, NetworkPut put, OperationRequestor? requestor, CancellationToken ct)
    {
        await LockedAsync(async () =>
        {
            var config = network.Type == "bridge" ? Complete(put.Config, false, await store.ListAsync(null, ct).ConfigureAwait(false)) : NonEmpty(put.Config);
            foreach (var (key, value) in network.Config.Where(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal) && network.Type != "bridge"))
            {
                config.TryAdd(key, value);
            }

            var changed = network with { Config = config, Description = put.Description };
            await CheckAsync(changed, ct).ConfigureAwait(false);
            await using var undo = new Rollback(with.Logger.UndoFailed);
            if (config.Count != network.Config.Count || config.Any(c => network.Config.GetValueOrDefault(c.Key) != c.Value))
            {
                undo.Add(() => StartAsync(network, changed, CancellationToken.None));
                await StartAsync(changed, network, ct).ConfigureAwait(false);
            }

            await store.UpdateAsync(network.Id, put.Description, config, ct).ConfigureAwait(false);
            undo.Commit();
        }, ct).ConfigureAwait(false);
        await AvailableAsync(network, ct).ConfigureAwait(false);
        Tell("network-updated", network.Project, network.Name, requestor);
        await TellChangedAsync(ct).ConfigureAwait(false);
    }

    public async Task RenameAsync(NetworkRecord network, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        NetworkValidation.Name(name);
        CheckUnused(network);
        await LockedAsync(async () =>
        {
            if ((await store.ListAsync(network.Project, ct).ConfigureAwait(false)).Exists(n => n.Name == name))
            {
                throw ApiException.Conflict($"Network \"{name}\" already exists");
            }

            if (network.Type == "bridge" && Bridge.Exists(name))
            {
                throw ApiException.Conflict($"Network interface \"{name}\" already exists");
            }

            await using var undo = new Rollback(with.Logger.UndoFailed);
            await store.RenameAsync(network.Id, name, ct).ConfigureAwait(false);
            undo.Add(() => store.RenameAsync(network.Id, network.Name, CancellationToken.None));
            var renamed = network with { Name = name };
            await StopAsync(network, ct).ConfigureAwait(false);
            undo.Add(() => StartAsync(network, null, CancellationToken.None));
            MoveFiles(network, renamed);
            undo.Add(() => MoveFiles(renamed, network));
            await StartAsync(renamed, null, ct).ConfigureAwait(false);
            undo.Commit();
        }, ct).ConfigureAwait(false);
        with.Events.Lifecycle("network-renamed", network.Project, Url(network.Project, name), requestor, new() { ["old_name"] = network.Name }, name);
    }

    public async Task DeleteAsync(NetworkRecord network, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckUnused(network);
        await LockedAsync(async () =>
        {
            await StopAsync(network, ct).ConfigureAwait(false);
            RemoveFiles(network);
            await store.DeleteAsync(network.Id, ct).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        await AvailableAsync(network, ct).ConfigureAwait(false);
        Tell("network-deleted", network.Project, network.Name, requestor);
        await TellChangedAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The project whose networks a project uses.</summary>
    public Task<string> ProjectAsync(string project, CancellationToken ct) => with.Projects.EffectiveAsync(project, "features.networks", ct);

    /// <summary>Chooses what is left to choose. On creation an address not mentioned is chosen too, with NAT.</summary>
    private static Dictionary<string, string> Complete(IReadOnlyDictionary<string, string> given, bool create, List<NetworkRecord> all)
    {
        var config = NonEmpty(given);
        foreach (var family in (IEnumerable<string>)["ipv4", "ipv6"])
        {
            var key = family + ".address";
            if (create && !given.ContainsKey(key) && (family == "ipv4" || Directory.Exists("/proc/sys/net/ipv6")))
            {
                config[key] = "auto";
            }

            if (config.GetValueOrDefault(key) == "auto")
            {
                var taken = all.Where(n => n.Type == "bridge").Select(n => Spec("", "", n.Config)).SelectMany(s => new[] { s.Ipv4, s.Ipv6 }).OfType<Subnet>().ToList();
                config[key] = FreeSubnets.Choose(family == "ipv4", taken).ToString();
                if (create)
                {
                    config.TryAdd(family + ".nat", "true");
                }
            }
        }

        return config;
    }

    private async Task CheckAsync(NetworkRecord network, CancellationToken ct)
    {
        NetworkValidation.Config(network.Name, network.Type, network.Config);
        foreach (var check in Checks)
        {
            await check(network, ct).ConfigureAwait(false);
        }
    }

    private static void CheckType(string type, string project)
    {
        if (type == "ovn")
        {
            throw ApiException.BadRequest($"Network type \"{type}\" is not supported on this server");
        }

        if (project != "default")
        {
            throw ApiException.BadRequest("Network type does not support non-default projects");
        }
    }

    private static void CheckUnused(NetworkRecord network)
    {
        if (network.UsedBy.Count > 0)
        {
            throw ApiException.BadRequest("The network is currently in use");
        }
    }

    private static Dictionary<string, string> NonEmpty(IReadOnlyDictionary<string, string> config) => config.Where(c => c.Value.Length > 0).ToDictionary(StringComparer.Ordinal);

    private static string Url(string project, string network) => Names.Url(project, "1.0", "networks", network);

    private void Tell(string action, string project, string network, OperationRequestor? requestor) => with.Events.Lifecycle(action, project, Url(project, network), requestor, null, network);

    /// <summary>Something changed that may be told to the world.</summary>
    public async Task TellChangedAsync(CancellationToken ct)
    {
        foreach (var changed in Changed)
        {
            await changed(ct).ConfigureAwait(false);
        }
    }
}
