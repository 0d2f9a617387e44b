using System.Net;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Network.Bridges;
using Lxd.Network.Firewalls;

namespace Lxd.Daemon.Networks.Forwards;

/// <summary>Addresses of the host that lead into a bridge.</summary>
internal sealed class ForwardService
{
    private readonly NetworkNeeds _with;
    private readonly ForwardStore _store;
    private readonly NetworkService _networks;
    private readonly SemaphoreSlim _lock = new(1, 1);

    public ForwardService(NetworkNeeds with, ForwardStore store, NetworkService networks)
    {
        (_with, _store, _networks) = (with, store, networks);
        networks.AfterStart.Add(async (network, ct) => await ApplyAsync(network, await store.ListAsync(network.Id, ct).ConfigureAwait(false), ct).ConfigureAwait(false));
    }

    /// <summary>The proxy device that translates what comes to an address of the host, null for none; set by the instances domain.</summary>
    public Func<IPAddress, CancellationToken, Task<string?>> ProxyOn { get; set; } = (_, _) => Task.FromResult<string?>(null);

    /// <summary>Whether an address of the host is a forward's.</summary>
    public Task<bool> IsTakenAsync(IPAddress address, CancellationToken ct) => _store.ExistsAsync(address.ToString(), ct);

    public Task<List<NetworkForward>> ListAsync(NetworkRecord network, CancellationToken ct)
    {
        CheckType(network);
        return _store.ListAsync(network.Id, ct);
    }

    public async Task<NetworkForward> GetAsync(NetworkRecord network, string address, CancellationToken ct) =>
        (await ListAsync(network, ct).ConfigureAwait(false)).Find(f => f.ListenAddress == address) ?? throw ApiException.NotFound("Network forward not found");

    public async Task CreateAsync(NetworkRecord network, NetworkForwardsPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        CheckType(network);
        var listen = ForwardCompiler.Listen(post.ListenAddress);
        if (await ProxyOn(listen, ct).ConfigureAwait(false) is { } proxy)
        {
            throw ApiException.Conflict($"Listen address \"{listen}\" is used by the proxy device {proxy}");
        }

        var forward = new NetworkForward { ListenAddress = listen.ToString(), Description = post.Description, Config = post.Config, Ports = post.Ports, Location = "none" };
        await ChangeAsync(network, all => [.. all, forward], () => _store.InsertAsync(network.Id, forward, ct), ct).ConfigureAwait(false);
        Tell("network-forward-created", network, forward.ListenAddress, requestor);
    }

    public async Task UpdateAsync(NetworkRecord network, string address, NetworkForwardPut put, OperationRequestor? requestor, CancellationToken ct)
    {
        var forward = await GetAsync(network, address, ct).ConfigureAwait(false) with { Description = put.Description, Config = put.Config, Ports = put.Ports };
        await ChangeAsync(network, all => all.ConvertAll(f => f.ListenAddress == address ? forward : f), () => _store.UpdateAsync(network.Id, forward, ct), ct).ConfigureAwait(false);
        Tell("network-forward-updated", network, address, requestor);
    }

    public async Task DeleteAsync(NetworkRecord network, string address, OperationRequestor? requestor, CancellationToken ct)
    {
        await GetAsync(network, address, ct).ConfigureAwait(false);
        await ChangeAsync(network, all => all.FindAll(f => f.ListenAddress != address), () => _store.DeleteAsync(network.Id, address, ct), ct).ConfigureAwait(false);
        Tell("network-forward-deleted", network, address, requestor);
    }

    /// <summary>Firewall first, then the record; the firewall goes back where the record is refused.</summary>
    private async Task ChangeAsync(NetworkRecord network, Func<List<NetworkForward>, List<NetworkForward>> change, Func<Task> save, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            var before = await _store.ListAsync(network.Id, ct).ConfigureAwait(false);
            await using var undo = new Rollback(_with.Logger.UndoFailed);
            undo.Add(() => ApplyAsync(network, before, CancellationToken.None));
            await ApplyAsync(network, change(before), ct).ConfigureAwait(false);
            await save().ConfigureAwait(false);
            undo.Commit();
        }
        finally
        {
            _lock.Release();
        }

        await _networks.TellChangedAsync(ct).ConfigureAwait(false);
    }

    private static Task ApplyAsync(NetworkRecord network, List<NetworkForward> forwards, CancellationToken ct)
    {
        var spec = new BridgeSpec(network.Name, "", network.Config);
        return HostFirewall.Default.SetForwardsAsync(network.Name, [.. forwards.SelectMany(f => ForwardCompiler.Compile(f, spec))], ct);
    }

    private static void CheckType(NetworkRecord network)
    {
        if (network.Type != "bridge")
        {
            throw ApiException.BadRequest($"Network driver \"{network.Type}\" does not support forwards");
        }
    }

    private void Tell(string action, NetworkRecord network, string address, OperationRequestor? requestor) =>
        _with.Events.Lifecycle(action, network.Project, Names.Url(network.Project, "1.0", "networks", network.Name, "forwards", address), requestor, null, address);
}
