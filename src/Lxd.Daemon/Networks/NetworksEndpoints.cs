using System.Globalization;
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
        router.Map("GET", "/1.0/networks", Access.List(EntityKind.Network), ListAsync);
        router.Map("POST", "/1.0/networks", Access.InProject("can_create_networks"), CreateAsync);
        router.Map("GET", One, Access.Network("can_view"), GetAsync);
        router.Map("PUT", One, Access.Network("can_edit"), PutAsync);
        router.Map("PATCH", One, Access.Network("can_edit"), PatchAsync);
        router.Map("POST", One, Access.Network("can_edit"), RenameAsync);
        router.Map("DELETE", One, Access.Network("can_delete"), DeleteAsync);
        router.Map("GET", One + "/leases", Access.Network("can_view"), LeasesAsync);
        router.Map("GET", One + "/state", Access.Network("can_view"), StateAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var access = request.AllProjects ? (_, _) => true : await service.AccessAsync(request.Project, ct).ConfigureAwait(false);
        var managed = (request.AllProjects ? await service.ListAllAsync(ct).ConfigureAwait(false) : await service.ListAsync(request.Project, ct).ConfigureAwait(false)).FindAll(n => access(n.Name, true) && request.May(EntityOf(n), "can_view"));
        var all = managed.ConvertAll(n => Managed(request, n));
        foreach (var host in await Interfaces.ReadAsync(Environment.ProcessId).ConfigureAwait(false))
        {
            if (request.May(Entity.Server, "can_view_unmanaged_networks") && !all.Exists(n => n.Name == host.Name) && access(host.Name, false) && !host.Name.StartsWith("veth", StringComparison.Ordinal))
            {
                all.Add(Render(host));
            }
        }

        return request.Recursion > 0 ? Response.Filtered(all) : Response.Filtered(all.ConvertAll(n => Names.Url(request.AllProjects ? n.Project : request.Project, "1.0", "networks", n.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworksPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(request.Project, post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "networks", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (await FindAsync(request, ct).ConfigureAwait(false) is { } network)
        {
            // The gate let through who may only see the host's own.
            request.Check(EntityOf(network), "can_view");
            return Response.Sync(Managed(request, network), Tag(network));
        }

        return Response.Sync(Render(await UnmanagedAsync(request, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Network not found")));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var network = await ManagedAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(network));
        await service.UpdateAsync(network, await request.BodyAsync<NetworkPut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var network = await ManagedAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(network));
        await service.UpdateAsync(network, Patching.Merge(Editable(network), await request.ObjectAsync(ct).ConfigureAwait(false)), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkPost>(ct).ConfigureAwait(false);
        await service.RenameAsync(await ManagedAsync(request, ct).ConfigureAwait(false), post.Name, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "networks", post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(await ManagedAsync(request, ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> LeasesAsync(Request request, CancellationToken ct) =>
        Response.Sync(await service.LeasesAsync(request.Project, await VisibleAsync(request, ct).ConfigureAwait(false), ct).ConfigureAwait(false));

    private async Task<NetworkRecord> VisibleAsync(Request request, CancellationToken ct)
    {
        var network = await ManagedAsync(request, ct).ConfigureAwait(false);
        request.Check(EntityOf(network), "can_view");
        return network;
    }

    private async Task<Response> StateAsync(Request request, CancellationToken ct)
    {
        var managed = await FindAsync(request, ct).ConfigureAwait(false);
        if (managed is null)
        {
            return Response.Sync(NetworkStates.Render(await UnmanagedAsync(request, ct).ConfigureAwait(false) ?? throw ApiException.NotFound($"Network interface \"{request.Route("name")}\" not found")));
        }

        request.Check(EntityOf(managed), "can_view");
        var host = await HostAsync(managed.Type == "bridge" ? managed.Name : ParentLink.Name(managed)).ConfigureAwait(false);
        var state = host is null ? NetworkStates.Missing : NetworkStates.Render(host);

        // Instances get the MTU of the network where it has one of its own, whatever the interface's is.
        return Response.Sync(long.TryParse(managed.Config.GetValueOrDefault("mtu"), CultureInfo.InvariantCulture, out var mtu) && managed.Type != "bridge" ? state with { Mtu = mtu } : state);
    }

    private async Task<NetworkRecord> ManagedAsync(Request request, CancellationToken ct) => await FindAsync(request, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Network not found");

    /// <summary>A network that the project may not use is not there, nor is the host's interface of its name.</summary>
    private async Task<NetworkRecord?> FindAsync(Request request, CancellationToken ct)
    {
        var found = await service.FindAsync(request.Project, request.Route("name"), ct).ConfigureAwait(false);
        return found is null || (await service.AccessAsync(request.Project, ct).ConfigureAwait(false))(found.Name, true) ? found : throw ApiException.NotFound("Network not found");
    }

    private async Task<InterfaceInfo?> UnmanagedAsync(Request request, CancellationToken ct) =>
        (await service.AccessAsync(request.Project, ct).ConfigureAwait(false))(request.Route("name"), false) ? await HostAsync(request.Route("name")).ConfigureAwait(false) : null;

    private static Entity EntityOf(NetworkRecord network) => Entity.Of(EntityKind.Network, network.Project, network.Name);

    private static async Task<InterfaceInfo?> HostAsync(string name) => (await Interfaces.ReadAsync(Environment.ProcessId).ConfigureAwait(false)).Find(i => i.Name == name);

    private static NetworkPut Editable(NetworkRecord network) => new() { Config = network.Config, Description = network.Description };

    private static string Tag(NetworkRecord network) => Etag.Of(Editable(network));

    /// <summary>A network that is borrowed from the default project is told as the asking project's.</summary>
    private Lxd.Core.Api.Network Managed(Request request, NetworkRecord network) => new()
    {
        Name = network.Name,
        Description = network.Description,
        Config = network.Config,
        Type = network.Type,
        Managed = true,
        Status = service.Status(network),
        Locations = ["none"],
        Project = request.AllProjects ? network.Project : request.Project,
        UsedBy = network.UsedBy,
    };

    private static Lxd.Core.Api.Network Render(InterfaceInfo host) => new()
    {
        Name = host.Name,
        Type = host.IsLoopback ? "loopback" : Directory.Exists($"/sys/class/net/{host.Name}/bridge") ? "bridge" : "physical",
        Project = "default",
    };
}
