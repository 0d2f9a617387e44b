using Lxd.Daemon.Http;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities;

/// <summary>All things that rights can be granted on, with their ids: the tables of every domain, read only.</summary>
internal static class EntityStore
{
    /// <summary>A query per kind: id, project, parts of the name.</summary>
    private static readonly Dictionary<EntityKind, string> Queries = new()
    {
        [EntityKind.Certificate] = "SELECT id, '', identifier FROM identities WHERE type IN (1, 2, 3, 4, 6)",
        [EntityKind.ClusterLink] = "SELECT id, '', name FROM cluster_links",
        [EntityKind.Group] = "SELECT id, '', name FROM auth_groups",
        [EntityKind.Identity] = "SELECT id, '', CASE auth_method WHEN 1 THEN 'tls' WHEN 2 THEN 'oidc' ELSE 'bearer' END, identifier FROM identities WHERE type NOT IN (1, 2, 3, 4, 6)",
        [EntityKind.IdentityProviderGroup] = "SELECT id, '', name FROM identity_provider_groups",
        [EntityKind.Image] = Named("images", "fingerprint"),
        [EntityKind.ImageAlias] = Named("images_aliases", "name"),
        [EntityKind.Instance] = Named("instances", "name"),
        [EntityKind.Network] = Named("networks", "name"),
        [EntityKind.NetworkAcl] = Named("networks_acls", "name"),
        [EntityKind.NetworkZone] = Named("networks_zones", "name"),
        [EntityKind.PlacementGroup] = Named("placement_groups", "name"),
        [EntityKind.Profile] = Named("profiles", "name"),
        [EntityKind.Project] = "SELECT id, '', name FROM projects",
        [EntityKind.Replicator] = Named("replicators", "name"),
        [EntityKind.Server] = "SELECT 0, ''",
        [EntityKind.StorageBucket] = "SELECT storage_buckets.id, projects.name, storage_pools.name, storage_buckets.name FROM storage_buckets JOIN storage_pools ON storage_pools.id = storage_buckets.storage_pool_id JOIN projects ON projects.id = storage_buckets.project_id",
        [EntityKind.StoragePool] = "SELECT id, '', name FROM storage_pools",
        [EntityKind.StorageVolume] = "SELECT storage_volumes.id, projects.name, storage_pools.name, CASE storage_volumes.type WHEN 0 THEN 'container' WHEN 1 THEN 'image' WHEN 2 THEN 'custom' ELSE 'virtual-machine' END, storage_volumes.name FROM storage_volumes JOIN storage_pools ON storage_pools.id = storage_volumes.storage_pool_id JOIN projects ON projects.id = storage_volumes.project_id",
    };

    /// <summary>All things of a kind.</summary>
    public static ValueTask<List<(long Id, Entity Entity)>> ListAsync(ITx tx, EntityKind kind) =>
        tx.QueryAsync(Queries[kind], r => (r.Long(0), Entity.Of(kind, r.Text(1), [.. Enumerable.Range(2, kind.Parts).Select(r.Text)])));

    /// <summary>The id of a thing, null where there is none.</summary>
    public static async ValueTask<long?> IdAsync(ITx tx, Entity entity)
    {
        foreach (var (id, there) in await ListAsync(tx, entity.Kind).ConfigureAwait(false))
        {
            if (there == entity)
            {
                return id;
            }
        }

        return null;
    }

    private static string Named(string table, string name) => $"SELECT {table}.id, projects.name, {table}.{name} FROM {table} JOIN projects ON projects.id = {table}.project_id";
}
