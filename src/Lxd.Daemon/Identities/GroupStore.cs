using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities;

/// <summary>All SQL of groups, what they were granted, and the groups of identity providers that stand for them.</summary>
internal sealed class GroupStore(IDatabase database)
{
    public Task<List<GroupRecord>> ListAsync(CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var grants = (await GrantsAsync(tx).ConfigureAwait(false)).ToLookup(g => g.Group);
        var members = (await tx.QueryAsync("SELECT identities_auth_groups.auth_group_id, identities.auth_method, identities.identifier FROM identities_auth_groups JOIN identities ON identities.id = identities_auth_groups.identity_id ORDER BY identities.identifier", r => (Group: r.Long(0), Method: r.Long(1), Id: r.Text(2))).ConfigureAwait(false)).ToLookup(m => m.Group);
        var provider = (await tx.QueryAsync("SELECT auth_groups_identity_provider_groups.auth_group_id, identity_provider_groups.name FROM auth_groups_identity_provider_groups JOIN identity_provider_groups ON identity_provider_groups.id = auth_groups_identity_provider_groups.identity_provider_group_id ORDER BY identity_provider_groups.name", r => (Group: r.Long(0), Name: r.Text(1))).ConfigureAwait(false)).ToLookup(p => p.Group);
        return await tx.QueryAsync("SELECT id, name, description FROM auth_groups ORDER BY name", r => new GroupRecord(r.Long(0), r.Text(1), r.Text(2))
        {
            Permissions = [.. grants[r.Long(0)].Select(g => (g.Entity, g.Entitlement))],
            Members = [.. members[r.Long(0)].Select(m => (IdentityType.Method(m.Method), m.Id))],
            ProviderGroups = [.. provider[r.Long(0)].Select(p => p.Name)],
        }).ConfigureAwait(false);
    }, ct);

    public Task CreateAsync(string name, string description, IReadOnlyList<(Entity Entity, string Entitlement)> permissions, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO auth_groups (name, description) VALUES (?, ?)", name, description).ConfigureAwait(false)).LastId;
            await SetPermissionsAsync(tx, id, permissions).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Authorization group already exists");
        }
    }, ct);

    public Task UpdateAsync(string name, string description, IReadOnlyList<(Entity Entity, string Entitlement)> permissions, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await IdAsync(tx, name).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE auth_groups SET description = ? WHERE id = ?", description, id).ConfigureAwait(false);
        await SetPermissionsAsync(tx, id, permissions).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(string name, string next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE auth_groups SET name = ? WHERE id = ?", next, await IdAsync(tx, name).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Authorization group already exists");
        }
    }, ct);

    public Task DeleteAsync(string name, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("DELETE FROM auth_groups WHERE id = ?", await IdAsync(tx, name).ConfigureAwait(false)).ConfigureAwait(false), ct);

    /// <summary>Every thing of the kinds with what may be granted on it and to which groups it was.</summary>
    public Task<List<PermissionInfo>> PermissionsAsync(IReadOnlyList<EntityKind> kinds, string project, CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var names = (await tx.QueryAsync("SELECT id, name FROM auth_groups", r => (r.Long(0), r.Text(1))).ConfigureAwait(false)).ToDictionary(g => g.Item1, g => g.Item2);
        var granted = (await GrantsAsync(tx).ConfigureAwait(false)).ToLookup(g => (g.Entity, g.Entitlement), g => names[g.Group]);
        var all = new List<PermissionInfo>();
        foreach (var kind in kinds)
        {
            foreach (var (_, entity) in await EntityStore.ListAsync(tx, kind).ConfigureAwait(false))
            {
                if (project.Length == 0 || entity.Project == project || entity == Entity.OfProject(project))
                {
                    all.AddRange(Entitlements.Of(kind).Select(e => new PermissionInfo { EntityType = kind.Name, Url = entity.Url, Entitlement = e, Groups = [.. granted[(entity, e)].Order(StringComparer.Ordinal)] }));
                }
            }
        }

        return all;
    }, ct);

    public Task<List<(string Name, List<string> Groups)>> ProviderGroupsAsync(CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var groups = (await tx.QueryAsync("SELECT auth_groups_identity_provider_groups.identity_provider_group_id, auth_groups.name FROM auth_groups_identity_provider_groups JOIN auth_groups ON auth_groups.id = auth_groups_identity_provider_groups.auth_group_id ORDER BY auth_groups.name", r => (Id: r.Long(0), Name: r.Text(1))).ConfigureAwait(false)).ToLookup(g => g.Id);
        return await tx.QueryAsync("SELECT id, name FROM identity_provider_groups ORDER BY name", r => (r.Text(1), groups[r.Long(0)].Select(g => g.Name).ToList())).ConfigureAwait(false);
    }, ct);

    public Task CreateProviderGroupAsync(string name, IReadOnlyList<string> groups, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO identity_provider_groups (name) VALUES (?)", name).ConfigureAwait(false)).LastId;
            await MapAsync(tx, id, groups).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Identity provider group \"{name}\" already exists");
        }
    }, ct);

    public Task UpdateProviderGroupAsync(string name, IReadOnlyList<string> groups, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await ProviderGroupIdAsync(tx, name).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM auth_groups_identity_provider_groups WHERE identity_provider_group_id = ?", id).ConfigureAwait(false);
        await MapAsync(tx, id, groups).ConfigureAwait(false);
    }, ct);

    public Task RenameProviderGroupAsync(string name, string next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE identity_provider_groups SET name = ? WHERE id = ?", next, await ProviderGroupIdAsync(tx, name).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Identity provider group \"{next}\" already exists");
        }
    }, ct);

    public Task DeleteProviderGroupAsync(string name, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("DELETE FROM identity_provider_groups WHERE id = ?", await ProviderGroupIdAsync(tx, name).ConfigureAwait(false)).ConfigureAwait(false), ct);

    /// <summary>Puts an identity into exactly these groups.</summary>
    public static async ValueTask JoinAsync(ITx tx, long identity, IReadOnlyList<string> groups)
    {
        var ids = await IdsAsync(tx, groups).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM identities_auth_groups WHERE identity_id = ?", identity).ConfigureAwait(false);
        foreach (var id in ids)
        {
            await tx.ExecAsync("INSERT INTO identities_auth_groups (identity_id, auth_group_id) VALUES (?, ?)", identity, id).ConfigureAwait(false);
        }
    }

    /// <summary>All grants. One whose thing has gone is not there.</summary>
    private static async ValueTask<List<(long Group, Entity Entity, string Entitlement)>> GrantsAsync(ITx tx)
    {
        var rows = await tx.QueryAsync("SELECT auth_group_id, entity_type, entity_id, entitlement FROM auth_groups_permissions", r => (Group: r.Long(0), Kind: r.Long(1), Id: r.Long(2), Entitlement: r.Text(3))).ConfigureAwait(false);
        var grants = new List<(long, Entity, string)>();
        foreach (var kind in EntityKind.All)
        {
            var ofKind = rows.FindAll(r => r.Kind == kind.Code);
            if (ofKind.Count == 0)
            {
                continue;
            }

            var things = (await EntityStore.ListAsync(tx, kind).ConfigureAwait(false)).ToDictionary(e => e.Id, e => e.Entity);
            grants.AddRange(ofKind.Where(r => things.ContainsKey(r.Id)).OrderBy(r => things[r.Id].Url, StringComparer.Ordinal).ThenBy(r => r.Entitlement, StringComparer.Ordinal).Select(r => (r.Group, things[r.Id], r.Entitlement)));
        }

        return grants;
    }

    private static async ValueTask SetPermissionsAsync(ITx tx, long group, IReadOnlyList<(Entity Entity, string Entitlement)> permissions)
    {
        await tx.ExecAsync("DELETE FROM auth_groups_permissions WHERE auth_group_id = ?", group).ConfigureAwait(false);
        foreach (var ofKind in permissions.Distinct().GroupBy(p => p.Entity.Kind))
        {
            var ids = (await EntityStore.ListAsync(tx, ofKind.Key).ConfigureAwait(false)).ToDictionary(e => e.Entity, e => e.Id);
            foreach (var (entity, entitlement) in ofKind)
            {
                var id = ids.TryGetValue(entity, out var there) ? there : throw ApiException.BadRequest($"Failed to find entity with URL \"{entity.Url}\": Not Found");
                await tx.ExecAsync("INSERT INTO auth_groups_permissions (auth_group_id, entity_type, entity_id, entitlement) VALUES (?, ?, ?, ?)", group, entity.Kind.Code, id, entitlement).ConfigureAwait(false);
            }
        }
    }

    private static async ValueTask MapAsync(ITx tx, long providerGroup, IReadOnlyList<string> groups)
    {
        foreach (var id in await IdsAsync(tx, groups).ConfigureAwait(false))
        {
            await tx.ExecAsync("INSERT INTO auth_groups_identity_provider_groups (auth_group_id, identity_provider_group_id) VALUES (?, ?)", id, providerGroup).ConfigureAwait(false);
        }
    }

    private static async ValueTask<List<long>> IdsAsync(ITx tx, IReadOnlyList<string> names)
    {
        var all = (await tx.QueryAsync("SELECT name, id FROM auth_groups", r => (r.Text(0), r.Long(1))).ConfigureAwait(false)).ToDictionary(g => g.Item1, g => g.Item2);
        var missing = names.Where(n => !all.ContainsKey(n)).ToList();
        return missing.Count == 0
            ? [.. names.Distinct().Select(n => all[n])]
            : throw ApiException.NotFound($"One or more groups were not found: {string.Join(", ", missing.Select(m => $"\"{m}\""))}");
    }

    private static async ValueTask<long> IdAsync(ITx tx, string name) =>
        await tx.ScalarAsync("SELECT id FROM auth_groups WHERE name = ?", name).ConfigureAwait(false) ?? throw ApiException.NotFound($"Authorization group \"{name}\" not found");

    private static async ValueTask<long> ProviderGroupIdAsync(ITx tx, string name) =>
        await tx.ScalarAsync("SELECT id FROM identity_provider_groups WHERE name = ?", name).ConfigureAwait(false) ?? throw ApiException.NotFound($"Identity provider group \"{name}\" not found");
}
