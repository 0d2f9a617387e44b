using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary><c>/1.0/auth/identity-provider-groups</c>: groups that an identity provider tells, each standing for groups of ours.</summary>
internal sealed class ProviderGroupsEndpoints(GroupStore store, EventHub events, SecurityEvents security)
{
    private const string One = "/1.0/auth/identity-provider-groups/{idpGroupName}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/auth/identity-provider-groups", Access.List(EntityKind.IdentityProviderGroup), ListAsync);
        router.Map("POST", "/1.0/auth/identity-provider-groups", Access.Server("can_create_identity_provider_groups"), CreateAsync);
        router.Map("GET", One, Access.On(EntityKind.IdentityProviderGroup, "can_view"), GetAsync);
        router.Map("PUT", One, Access.On(EntityKind.IdentityProviderGroup, "can_edit"), PutAsync);
        router.Map("PATCH", One, Access.On(EntityKind.IdentityProviderGroup, "can_edit"), PatchAsync);
        router.Map("POST", One, Access.On(EntityKind.IdentityProviderGroup, "can_edit"), RenameAsync);
        router.Map("DELETE", One, Access.On(EntityKind.IdentityProviderGroup, "can_delete"), DeleteAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = request.Caller.Projects is null ? await store.ProviderGroupsAsync(ct).ConfigureAwait(false) : [];
        return request.Recursion > 0 ? Response.Sync(all.ConvertAll(g => Render(request, g))) : Response.Sync(all.ConvertAll(g => Url(g.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<IdentityProviderGroupsPost>(ct).ConfigureAwait(false);
        CheckName(post.Name);
        await store.CreateProviderGroupAsync(post.Name, post.Groups, ct).ConfigureAwait(false);
        Tell(request, "created", "create", post.Name);
        return Response.Created(Url(post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(Render(request, group), Tag(group));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(group));
        return await UpdateAsync(request, group.Name, (await request.BodyAsync<IdentityProviderGroupPut>(ct).ConfigureAwait(false)).Groups, ct).ConfigureAwait(false);
    }

    /// <summary>The body's groups are added to those before.</summary>
    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var group = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(group));
        var patch = await request.BodyAsync<IdentityProviderGroupPut>(ct).ConfigureAwait(false);
        return await UpdateAsync(request, group.Name, [.. group.Groups.Union(patch.Groups)], ct).ConfigureAwait(false);
    }

    private async Task<Response> UpdateAsync(Request request, string name, List<string> groups, CancellationToken ct)
    {
        await store.UpdateProviderGroupAsync(name, groups, ct).ConfigureAwait(false);
        Tell(request, "updated", "edit", name);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<IdentityProviderGroupPost>(ct).ConfigureAwait(false);
        CheckName(post.Name);
        await store.RenameProviderGroupAsync(request.Route("idpGroupName"), post.Name, ct).ConfigureAwait(false);
        Tell(request, "renamed", "edit", post.Name);
        return Response.Created(Url(post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await store.DeleteProviderGroupAsync(request.Route("idpGroupName"), ct).ConfigureAwait(false);
        Tell(request, "deleted", "delete", request.Route("idpGroupName"));
        return Response.Empty;
    }

    private async Task<(string Name, List<string> Groups)> FindAsync(Request request, CancellationToken ct)
    {
        var name = request.Route("idpGroupName");
        var found = (await store.ProviderGroupsAsync(ct).ConfigureAwait(false)).Find(g => g.Name == name);
        return found.Name is null ? throw ApiException.NotFound($"Identity provider group \"{name}\" not found") : found;
    }

    private void Tell(Request request, string action, string administered, string name)
    {
        events.Lifecycle("identity-provider-group-" + action, "", Url(name), request.Requestor, name: name);
        security.Administered(request, "idp_group_" + administered, name);
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Identity provider group name cannot be empty");
        }
    }

    private static string Url(string name) => Names.Url("default", "1.0", "auth", "identity-provider-groups", name);

    private static string Tag((string Name, List<string> Groups) group) => Etag.Of(new IdentityProviderGroupPut { Groups = group.Groups });

    private static IdentityProviderGroup Render(Request request, (string Name, List<string> Groups) group) =>
        new() { Name = group.Name, Groups = group.Groups.FindAll(g => request.May(Entity.Of(EntityKind.Group, "", g), "can_view")) };
}
