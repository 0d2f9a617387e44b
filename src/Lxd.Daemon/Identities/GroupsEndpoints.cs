using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary><c>/1.0/auth/groups</c> and <c>/1.0/auth/permissions</c>.</summary>
internal sealed class GroupsEndpoints(GroupService service, GroupStore store)
{
    private const string One = "/1.0/auth/groups/{groupName}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/auth/groups", Access.List(EntityKind.Group), ListAsync);
        router.Map("POST", "/1.0/auth/groups", Access.Server("can_create_groups"), CreateAsync);
        router.Map("GET", One, Access.On(EntityKind.Group, "can_view"), GetAsync);
        router.Map("PUT", One, Access.On(EntityKind.Group, "can_edit"), PutAsync);
        router.Map("PATCH", One, Access.On(EntityKind.Group, "can_edit"), PatchAsync);
        router.Map("POST", One, Access.On(EntityKind.Group, "can_edit"), RenameAsync);
        router.Map("DELETE", One, Access.On(EntityKind.Group, "can_delete"), DeleteAsync);
        router.Map("GET", "/1.0/auth/permissions", Access.Server("can_view_permissions"), PermissionsAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        if (request.Caller.Projects is not null)
        {
            // No group is a restricted certificate's business.
            return request.Recursion > 0 ? Response.Sync(new List<AuthGroup>()) : Response.Sync(new List<string>());
        }

        var all = await service.ListAsync(ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(all.ConvertAll(g => Render(request, g))) : Response.Sync(all.ConvertAll(g => Url(g.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<AuthGroupsPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(request, post, ct).ConfigureAwait(false);
        return Response.Created(Url(post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(Render(request, group), Etag.Of(Editable(group)));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(group)));
        await service.UpdateAsync(request, group, await request.BodyAsync<AuthGroupPut>(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>What the body names is added to what was granted before.</summary>
    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        var editable = Editable(group);
        request.CheckEtag(Etag.Of(editable));
        var patch = await request.BodyAsync<AuthGroupPut>(ct).ConfigureAwait(false);
        var put = new AuthGroupPut { Description = patch.Description.Length > 0 ? patch.Description : group.Description, Permissions = [.. editable.Permissions.Union(patch.Permissions)] };
        await service.UpdateAsync(request, group, put, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<AuthGroupPost>(ct).ConfigureAwait(false);
        await service.RenameAsync(request, request.Route("groupName"), post.Name, ct).ConfigureAwait(false);
        return Response.Created(Url(post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request, request.Route("groupName"), ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>Everything that could be granted, or with recursion to whom it was.</summary>
    private async Task<Response> PermissionsAsync(Request request, CancellationToken ct)
    {
        var wanted = request.Query("entity-type");
        var kinds = wanted.Length == 0 ? EntityKind.All : [EntityKind.Find(wanted) ?? throw ApiException.BadRequest($"Invalid `entity-type` query parameter \"{wanted}\": Unknown entity type")];
        var all = await store.PermissionsAsync(kinds, request.Query("project"), ct).ConfigureAwait(false);
        return request.Recursion > 0
            ? Response.Sync(all)
            : Response.Sync(all.ConvertAll(p => new Permission { EntityType = p.EntityType, Url = p.Url, Entitlement = p.Entitlement }));
    }

    private Task<GroupRecord> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Route("groupName"), ct);

    private static string Url(string name) => Names.Url("default", "1.0", "auth", "groups", name);

    private static AuthGroupPut Editable(GroupRecord group) => new() { Description = group.Description, Permissions = Granted(group) };

    private static List<Permission> Granted(GroupRecord group) => [.. group.Permissions.Select(p => new Permission { EntityType = p.Entity.Kind.Name, Url = p.Entity.Url, Entitlement = p.Entitlement })];

    /// <summary>With those of its members and identity provider groups that the caller may view.</summary>
    private static AuthGroup Render(Request request, GroupRecord group) => new()
    {
        Name = group.Name,
        Description = group.Description,
        Permissions = Granted(group),
        Identities = group.Members.Where(m => request.May(Entity.Of(EntityKind.Identity, "", m.Method, m.Identifier), "can_view")).GroupBy(m => m.Method).ToDictionary(m => m.Key, m => m.Select(i => i.Identifier).ToList()),
        IdentityProviderGroups = [.. group.ProviderGroups.Where(p => request.May(Entity.Of(EntityKind.IdentityProviderGroup, "", p), "can_view"))],
    };
}
