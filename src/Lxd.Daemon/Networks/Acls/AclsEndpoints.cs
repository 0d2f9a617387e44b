using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Networks.Acls;

/// <summary><c>/1.0/network-acls</c>.</summary>
internal sealed class AclsEndpoints(AclService service)
{
    private const string One = "/1.0/network-acls/{name}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/network-acls", Access.List(EntityKind.NetworkAcl), ListAsync);
        router.Map("POST", "/1.0/network-acls", Access.InProject("can_create_network_acls"), CreateAsync);
        router.Map("GET", One, Access.On(EntityKind.NetworkAcl, "can_view"), GetAsync);
        router.Map("PUT", One, Access.On(EntityKind.NetworkAcl, "can_edit"), PutAsync);
        router.Map("PATCH", One, Access.On(EntityKind.NetworkAcl, "can_edit"), PatchAsync);
        router.Map("POST", One, Access.On(EntityKind.NetworkAcl, "can_edit"), RenameAsync);
        router.Map("DELETE", One, Access.On(EntityKind.NetworkAcl, "can_delete"), DeleteAsync);
        router.Map("GET", One + "/log", Access.On(EntityKind.NetworkAcl, "can_view"), LogAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = request.AllProjects ? (await service.ListAllAsync(ct).ConfigureAwait(false)).FindAll(a => request.Caller.MaySee(a.Project)) : (await service.ListAsync(request.Project, ct).ConfigureAwait(false)).ConvertAll(a => Asked(request, a));
        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.ConvertAll(a => Names.Url(request.AllProjects ? a.Project : request.Project, "1.0", "network-acls", a.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkACLsPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(request.Project, post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "network-acls", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var acl = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(Asked(request, acl), Tag(acl));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(Tag(await FindAsync(request, ct).ConfigureAwait(false)));
        await service.UpdateAsync(request.Project, request.Route("name"), await request.BodyAsync<NetworkACLPut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>The configuration is merged; description and rules are what the body says, even if it says nothing.</summary>
    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var acl = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(acl));
        var put = await request.BodyAsync<NetworkACLPut>(ct).ConfigureAwait(false);
        foreach (var (key, value) in acl.Config)
        {
            put.Config.TryAdd(key, value);
        }

        await service.UpdateAsync(request.Project, acl.Name, put, request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkACLPost>(ct).ConfigureAwait(false);
        await service.RenameAsync(request.Project, request.Route("name"), post.Name, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "network-acls", post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request.Project, request.Route("name"), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>The kernel's log is not ours to read: only OVN keeps one of its own.</summary>
    private async Task<Response> LogAsync(Request request, CancellationToken ct)
    {
        await FindAsync(request, ct).ConfigureAwait(false);
        throw ApiException.BadRequest("Only OVN log entries may be retrieved at this time");
    }

    /// <summary>One that is borrowed from the default project is told as the asking project's.</summary>
    private static NetworkACL Asked(Request request, NetworkACL acl) => acl with { Project = request.Project };

    private Task<NetworkACL> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("name"), ct);

    private static string Tag(NetworkACL acl) => Etag.Of(new NetworkACLPut { Config = acl.Config, Description = acl.Description, Ingress = acl.Ingress, Egress = acl.Egress });
}
