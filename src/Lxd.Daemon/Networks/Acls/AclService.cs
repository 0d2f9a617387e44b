using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Network.Firewalls;

namespace Lxd.Daemon.Networks.Acls;

/// <summary>Access control lists of networks. They hold where a packet passes the bridge's own link: between instances and the host or the world.</summary>
internal sealed class AclService
{
    private readonly NetworkNeeds _with;
    private readonly AclStore _store;
    private readonly SemaphoreSlim _lock = new(1, 1);

    public AclService(NetworkNeeds with, AclStore store, NetworkService networks)
    {
        (_with, _store) = (with, store);
        networks.Checks.Add(CheckAsync);
        networks.AfterStart.Add((network, ct) => ApplyAsync(network, null, ct));
    }

    public async Task<List<NetworkACL>> ListAsync(string project, CancellationToken ct) => await RenderAsync(await _store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public async Task<List<NetworkACL>> ListAllAsync(CancellationToken ct) => await RenderAsync(await _store.ListAsync(null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public async Task<NetworkACL> GetAsync(string project, string name, CancellationToken ct) =>
        (await ListAsync(project, ct).ConfigureAwait(false)).Find(a => a.Name == name) ?? throw ApiException.NotFound("Network ACL not found");

    /// <summary>The project whose lists a project uses.</summary>
    public Task<string> ProjectAsync(string project, CancellationToken ct) => _with.Projects.EffectiveAsync(project, "features.networks", ct);

    public async Task CreateAsync(string project, NetworkACLsPost post, OperationRequestor? requestor, CancellationToken ct)
    {
        AclValidation.Name(post.Name);
        var owner = await ProjectAsync(project, ct).ConfigureAwait(false);
        var names = (await _store.ListAsync(owner, ct).ConfigureAwait(false)).ConvertAll(a => a.Name);
        await _store.InsertAsync(AclValidation.Check(new AclRecord(0, owner, post.Name, post.Description, post.Ingress, post.Egress, post.Config), [.. names, post.Name]), ct).ConfigureAwait(false);
        Tell("network-acl-created", owner, post.Name, requestor);
    }

    /// <summary>Changes the list, and the firewall of each network that uses it.</summary>
    public async Task UpdateAsync(string project, string name, NetworkACLPut put, OperationRequestor? requestor, CancellationToken ct)
    {
        var old = await RecordAsync(project, name, ct).ConfigureAwait(false);
        var names = (await _store.ListAsync(old.Project, ct).ConfigureAwait(false)).ConvertAll(a => a.Name);
        var changed = AclValidation.Check(old with { Description = put.Description, Ingress = put.Ingress, Egress = put.Egress, Config = put.Config }, names);
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await using var undo = new Rollback(_with.Logger.UndoFailed);
            foreach (var network in (await _with.Store.ListAsync(old.Project, ct).ConfigureAwait(false)).Where(n => n.Type == "bridge" && Names(n).Contains(name)))
            {
                undo.Add(() => ApplyAsync(network, old, CancellationToken.None));
                await ApplyAsync(network, changed, ct).ConfigureAwait(false);
            }

            await _store.UpdateAsync(changed, ct).ConfigureAwait(false);
            undo.Commit();
        }
        finally
        {
            _lock.Release();
        }

        Tell("network-acl-updated", old.Project, name, requestor);
    }

    public async Task RenameAsync(string project, string name, string next, OperationRequestor? requestor, CancellationToken ct)
    {
        AclValidation.Name(next);
        var acl = await UnusedAsync(project, name, "Cannot rename an ACL that is in use", ct).ConfigureAwait(false);
        await _store.RenameAsync(acl.Id, next, ct).ConfigureAwait(false);
        _with.Events.Lifecycle("network-acl-renamed", acl.Project, Url(acl.Project, next), requestor, new() { ["old_name"] = name }, next);
    }

    public async Task DeleteAsync(string project, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        var acl = await UnusedAsync(project, name, "Cannot delete an ACL that is in use", ct).ConfigureAwait(false);
        await _store.DeleteAsync(acl.Id, ct).ConfigureAwait(false);
        Tell("network-acl-deleted", acl.Project, name, requestor);
    }

    /// <summary>A network only refers to lists there are.</summary>
    private async Task CheckAsync(NetworkRecord network, CancellationToken ct)
    {
        var wanted = Names(network);
        if (wanted.Count == 0)
        {
            return;
        }

        var known = (await _store.ListAsync(network.Project, ct).ConfigureAwait(false)).ConvertAll(a => a.Name);
        if (wanted.Find(n => !known.Contains(n)) is { } missing)
        {
            throw ApiException.BadRequest($"Network ACL \"{missing}\" does not exist");
        }
    }

    /// <param name="instead">A list as it is to be, in place of what is stored.</param>
    private async Task ApplyAsync(NetworkRecord network, AclRecord? instead, CancellationToken ct)
    {
        var wanted = Names(network);
        var all = wanted.Count == 0 ? [] : (await _store.ListAsync(network.Project, ct).ConfigureAwait(false)).ConvertAll(a => a.Id == instead?.Id ? instead : a);
        await HostFirewall.Default.SetAclsAsync(network.Name, AclCompiler.Compile(network.Name, network.Config, all.FindAll(a => wanted.Contains(a.Name))), ct).ConfigureAwait(false);
    }

    private async Task<List<NetworkACL>> RenderAsync(List<AclRecord> acls, CancellationToken ct)
    {
        var networks = await _with.Store.ListAsync(null, ct).ConfigureAwait(false);
        return acls.ConvertAll(a => new NetworkACL
        {
            Name = a.Name,
            Description = a.Description,
            Project = a.Project,
            Config = a.Config,
            Ingress = a.Ingress,
            Egress = a.Egress,
            UsedBy = [.. networks.Where(n => n.Project == a.Project && Names(n).Contains(a.Name)).Select(n => Core.Names.Url(n.Project, "1.0", "networks", n.Name)),
                .. acls.Where(o => o.Id != a.Id && o.Project == a.Project && o.Ingress.Concat(o.Egress).Any(r => AclValidation.Split(r.Source).Concat(AclValidation.Split(r.Destination)).Contains(a.Name))).Select(o => Url(o.Project, o.Name))],
        });
    }

    private async Task<AclRecord> RecordAsync(string project, string name, CancellationToken ct) =>
        (await _store.ListAsync(await ProjectAsync(project, ct).ConfigureAwait(false), ct).ConfigureAwait(false)).Find(a => a.Name == name) ?? throw ApiException.NotFound("Network ACL not found");

    private async Task<AclRecord> UnusedAsync(string project, string name, string problem, CancellationToken ct)
    {
        if ((await GetAsync(project, name, ct).ConfigureAwait(false)).UsedBy.Count > 0)
        {
            throw ApiException.BadRequest(problem);
        }

        return await RecordAsync(project, name, ct).ConfigureAwait(false);
    }

    private static List<string> Names(NetworkRecord network) => AclValidation.Split(network.Config.GetValueOrDefault("security.acls", ""));

    private static string Url(string project, string name) => Core.Names.Url(project, "1.0", "network-acls", name);

    private void Tell(string action, string project, string name, OperationRequestor? requestor) => _with.Events.Lifecycle(action, project, Url(project, name), requestor, null, name);
}
