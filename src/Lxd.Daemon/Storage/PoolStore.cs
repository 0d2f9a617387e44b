using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Storage;

/// <summary>All SQL of pools.</summary>
internal sealed class PoolStore(IDatabase database)
{
    private static readonly ConfigRows Config = new("storage_pools_config", "storage_pool_id");

    /// <summary>Asked with every <c>GET /1.0</c>, so it is read again only after something was written.</summary>
    private (long Generation, IReadOnlyList<string> Names)? _drivers;

    public async Task<IReadOnlyList<string>> DriversAsync(CancellationToken ct)
    {
        var generation = database.Generation;
        if (_drivers is not { } known || known.Generation != generation)
        {
            var names = await database.ReadAsync(tx => tx.QueryAsync("SELECT DISTINCT driver FROM storage_pools ORDER BY driver", r => r.Text(0)), ct).ConfigureAwait(false);
            _drivers = known = (generation, names);
        }

        return known.Names;
    }

    public Task<List<PoolRecord>> ListAsync(CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            var pools = await tx.QueryAsync("SELECT id, name, driver, description, state FROM storage_pools ORDER BY name", r => new PoolRecord(r.Long(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4)))
                .ConfigureAwait(false);
            var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
            var users = await UsersAsync(tx).ConfigureAwait(false);
            return pools.ConvertAll(p => p with { Config = config.GetValueOrDefault(p.Id) ?? [], UsedBy = [.. users[p.Name].Distinct().Order(StringComparer.Ordinal)] });
        },
        ct);

    public async Task<PoolRecord> GetAsync(string name, CancellationToken ct) =>
        (await ListAsync(ct).ConfigureAwait(false)).Find(p => p.Name == name) ?? throw ApiException.NotFound("Storage pool not found");

    /// <summary>One pool without who uses it; null where there is none.</summary>
    public Task<PoolRecord?> FindAsync(string name, CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            var pool = await tx.FirstAsync("SELECT id, name, driver, description, state FROM storage_pools WHERE name = ?", r => new PoolRecord(r.Long(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4)), name).ConfigureAwait(false);
            if (pool is null)
            {
                return null;
            }

            var config = await Config.ReadAsync(tx, "= ?", pool.Id).ConfigureAwait(false);
            return pool with { Config = config.GetValueOrDefault(pool.Id) ?? [] };
        },
        ct);

    /// <summary>Takes the name; a conflict where somebody has it.</summary>
    public Task InsertAsync(string name, string driver, string description, IReadOnlyDictionary<string, string> config, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            try
            {
                var id = (await tx.ExecAsync("INSERT INTO storage_pools (name, driver, description, state) VALUES (?, ?, ?, ?)", name, driver, description, PoolRecord.Pending).ConfigureAwait(false)).LastId;
                await tx.ExecAsync("INSERT INTO storage_pools_nodes (storage_pool_id, node_id, state) SELECT ?, MIN(id), ? FROM nodes", id, PoolRecord.Created).ConfigureAwait(false);
                await Config.ReplaceAsync(tx, id, config).ConfigureAwait(false);
            }
            catch (DuplicateRowException)
            {
                throw ApiException.Conflict($"Storage pool \"{name}\" already exists");
            }
        },
        ct);

    public Task UpdateAsync(string name, string description, IReadOnlyDictionary<string, string> config, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var id = await tx.ScalarAsync("SELECT id FROM storage_pools WHERE name = ?", name).ConfigureAwait(false) ?? throw ApiException.NotFound("Storage pool not found");
            await tx.ExecAsync("UPDATE storage_pools SET description = ?, state = ? WHERE id = ?", description, PoolRecord.Created, id).ConfigureAwait(false);
            await Config.ReplaceAsync(tx, id, config).ConfigureAwait(false);
        },
        ct);

    public Task DeleteAsync(string name, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecAsync("DELETE FROM storage_pools WHERE name = ?", name).ConfigureAwait(false);
        },
        ct);

    /// <summary>URLs of what lies in a pool, snapshots too, or names it in a profile, by the pool's name.</summary>
    private static async ValueTask<ILookup<string, string>> UsersAsync(ITx tx)
    {
        var volumes = await tx.QueryAsync(
            "SELECT storage_pools.name, v.type, v.name, projects.name FROM storage_volumes_all v JOIN storage_pools ON storage_pools.id = v.storage_pool_id JOIN projects ON projects.id = v.project_id",
            r => (Pool: r.Text(0), Url: VolumeRecord.UserUrl(r.Text(0), (Lxd.Storage.VolumeType)r.Long(1), r.Text(2), r.Text(3)))).ConfigureAwait(false);
        var profiles = await tx.QueryAsync(
            "SELECT c.value, profiles.name, projects.name FROM profiles_devices_config c JOIN profiles_devices d ON d.id = c.profile_device_id JOIN profiles ON profiles.id = d.profile_id JOIN projects ON projects.id = profiles.project_id WHERE c.key = 'pool'",
            r => (Pool: r.Text(0), Url: Names.Url(r.Text(2), "1.0", "profiles", r.Text(1)))).ConfigureAwait(false);
        return volumes.Concat(profiles).ToLookup(u => u.Pool, u => u.Url);
    }
}
