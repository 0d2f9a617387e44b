using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>Groups of identities and what they were granted.</summary>
internal sealed class GroupService(GroupStore store, IdentityCache cache, EventHub events, SecurityEvents security)
{
    public Task<List<GroupRecord>> ListAsync(CancellationToken ct) => store.ListAsync(ct);

    public async Task<GroupRecord> GetAsync(string name, CancellationToken ct) =>
        (await store.ListAsync(ct).ConfigureAwait(false)).Find(g => g.Name == name) ?? throw ApiException.NotFound($"Authorization group \"{name}\" not found");

    public async Task CreateAsync(Request request, AuthGroupsPost post, CancellationToken ct)
    {
        CheckName(post.Name);
        await store.CreateAsync(post.Name, post.Description, Read(post.Permissions), ct).ConfigureAwait(false);
        await TellAsync(request, "created", "group_create", post.Name, ct).ConfigureAwait(false);
    }

    public async Task UpdateAsync(Request request, GroupRecord group, AuthGroupPut put, CancellationToken ct)
    {
        await store.UpdateAsync(group.Name, put.Description, Read(put.Permissions), ct).ConfigureAwait(false);
        await TellAsync(request, "updated", "group_edit", group.Name, ct).ConfigureAwait(false);
    }

    public async Task RenameAsync(Request request, string name, string next, CancellationToken ct)
    {
        CheckName(next);
        await store.RenameAsync(name, next, ct).ConfigureAwait(false);
        await TellAsync(request, "renamed", "group_edit", next, ct).ConfigureAwait(false);
    }

    public async Task DeleteAsync(Request request, string name, CancellationToken ct)
    {
        await store.DeleteAsync(name, ct).ConfigureAwait(false);
        await TellAsync(request, "deleted", "group_delete", name, ct).ConfigureAwait(false);
    }

    /// <summary>What the request grants, checked: kind, right and thing fit together, and nothing is granted in a project that the group could not even see.</summary>
    private static List<(Entity Entity, string Entitlement)> Read(List<Permission> permissions)
    {
        var read = permissions.ConvertAll(Read);
        var rights = new Rights(read.Select(p => (p.Entity.Url, p.Entitlement)).ToHashSet(), Entity.Server, []);
        foreach (var (entity, entitlement) in read)
        {
            if (entity.Kind.InProject && !rights.Has(Entity.OfProject(entity.Project), "can_view"))
            {
                throw ApiException.BadRequest($"Cannot grant \"{entitlement}\" on \"{entity.Url}\": The group cannot view project \"{entity.Project}\"");
            }
        }

        return read;
    }

    private static (Entity Entity, string Entitlement) Read(Permission permission)
    {
        var kind = EntityKind.Find(permission.EntityType) ?? throw ApiException.BadRequest($"No entitlements can be granted on entity type \"{permission.EntityType}\"");
        if (!Entitlements.Of(kind).Contains(permission.Entitlement))
        {
            throw ApiException.BadRequest($"Entitlement \"{permission.Entitlement}\" is not valid for entity type \"{kind}\"");
        }

        if (Entity.Parse(permission.Url, "", true) is not { } entity || entity.Kind != kind)
        {
            throw ApiException.BadRequest($"\"{permission.Url}\" is not the URL of an entity of type \"{kind}\"");
        }

        return entity.Kind.InProject && entity.Project.Length == 0
            ? throw ApiException.BadRequest($"The URL of an entity of type \"{kind}\" needs a project")
            : (entity, permission.Entitlement);
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Group name cannot be empty");
        }

        if (!Names.IsFileName(name))
        {
            throw ApiException.BadRequest($"Invalid group name \"{name}\"");
        }
    }

    private async Task TellAsync(Request request, string action, string administered, string name, CancellationToken ct)
    {
        // Identities tell their groups by name.
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        events.Lifecycle("auth-group-" + action, "", Names.Url("default", "1.0", "auth", "groups", name), request.Requestor, name: name);
        security.Administered(request, administered, name);
    }
}
