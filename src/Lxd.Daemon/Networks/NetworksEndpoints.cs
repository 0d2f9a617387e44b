using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Linux.Namespaces;

namespace Lxd.Daemon.Networks;

/// <summary><c>/1.0/networks</c>: managed ones and the host's own interfaces.</summary>
internal sealed class NetworksEndpoints(NetworkService service)
{
    private const string One = "/1.0/networks/{name}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/networks", Access.Project, ListAsync);
        router.Map("POST", "/1.0/networks", Access.Project, CreateAsync);
        router.Map("GET", One, Access.Project, GetAsync);
        router.Map("PUT", One, Access.Project, PutAsync);
        router.Map("PATCH", One, Access.Project, PatchAsync);
        router.Map("POST", One, Access.Project, RenameAsync);
        router.Map("DELETE", One, Access.Project, DeleteAsync);
        router.Map("GET", One + "/leases", Access.Project, LeasesAsync);
        router.Map("GET", One + "/state", Access.Project, StateAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var managed = request.AllProjects ? (await service.ListAllAsync(ct).ConfigureAwait(false)).Where(n => request.Caller.MaySee(n.Project)).ToList() : await service.ListAsync(request.Project, ct).ConfigureAwait(false);
        var all = managed.ConvertAll(Managed);
        foreach (var host in await Interfaces.ReadAsync(Environment.ProcessId).ConfigureAwait(false))
        {
            if (!all.Exists(n => n.Name == host.Name) && !host.Name.StartsWith("veth", StringComparison.Ordinal))
            {
                all.Add(Render(host));
            }
        }

        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.ConvertAll(n => Names.Url(request.AllProjects ? n.Project : request.Project, "1.0", "networks", n.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworksPost>(ct).ConfigureAwait(false);
        request.Caller.CheckProject(await service.ProjectAsync(request.Project, ct).ConfigureAwait(false));
        await service.CreateAsync(request.Project, post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "networks", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (await service.FindAsync(request.Project, request.Route("name"), ct).ConfigureAwait(false) is { } network)
        {
            return Response.Sync(Managed(network), Tag(network));
        }

        return Response.Sync(Render(await HostAsync(request.Route("name")).ConfigureAwait(false) ?? throw ApiException.NotFound("Network not found")));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var network = await OwnAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(network));
        await service.UpdateAsync(network, await request.BodyAsync<NetworkPut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var network = await OwnAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(network));
        await service.UpdateAsync(network, Patching.Merge(Editable(network), await request.ObjectAsync(ct).ConfigureAwait(false)), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkPost>(ct).ConfigureAwait(false);
        await service.RenameAsync(await OwnAsync(request, ct).ConfigureAwait(false), post.Name, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "networks", post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(await OwnAsync(request, ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> LeasesAsync(Request request, CancellationToken ct) =>
        Response.Sync(await service.LeasesAsync(request.Project, await ManagedAsync(request, ct).ConfigureAwait(false), ct).ConfigureAwait(false));

    private async Task<Response> StateAsync(Request request, CancellationToken ct)
    {
        var managed = await service.FindAsync(request.Project, request.Route("name"), ct).ConfigureAwait(false);
        if (managed is null)
        {
            return Response.Sync(NetworkStates.Render(await HostAsync(request.Route("name")).ConfigureAwait(false) ?? throw ApiException.NotFound($"Network interface \"{request.Route("name")}\" not found")));
        }

        var host = await HostAsync(managed.Type == "bridge" ? managed.Name : ParentLink.Name(managed)).ConfigureAwait(false);
        return Response.Sync(host is null ? NetworkStates.Missing : NetworkStates.Render(host));
    }

    private Task<NetworkRecord> ManagedAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("name"), ct);

    /// <summary>A network the caller may change: one that the project only borrows belongs to another.</summary>
    private async Task<NetworkRecord> OwnAsync(Request request, CancellationToken ct)
    {
        var network = await ManagedAsync(request, ct).ConfigureAwait(false);
        request.Caller.CheckProject(network.Project);
        return network;
    }

    private static async Task<InterfaceInfo?> HostAsync(string name) => (await Interfaces.ReadAsync(Environment.ProcessId).ConfigureAwait(false)).Find(i => i.Name == name);

    private static NetworkPut Editable(NetworkRecord network) => new() { Config = network.Config, Description = network.Description };

    private static string Tag(NetworkRecord network) => Etag.Of(Editable(network));

    private Lxd.Core.Api.Network Managed(NetworkRecord network) => new()
    {
        Name = network.Name,
        Description = network.Description,
        Config = network.Config,
        Type = network.Type,
        Managed = true,
        Status = service.Status(network),
        Locations = ["none"],
        Project = network.Project,
        UsedBy = network.UsedBy,
    };

    private static Lxd.Core.Api.Network Render(InterfaceInfo host) => new()
    {
        Name = host.Name,
        Type = host.IsLoopback ? "loopback" : Directory.Exists($"/sys/class/net/{host.Name}/bridge") ? "bridge" : "physical",
        Project = "default",
    };
}
