using Lxd.Core;
using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

/// <summary>All SQL of custom volumes and the reading of all volumes.</summary>
internal sealed partial class VolumeStore(IDatabase database)
{
    private const string Select =
        "SELECT v.id, sp.name, p.name, v.name, v.type, v.content_type, v.description, v.creation_date FROM storage_volumes v JOIN storage_pools sp ON sp.id = v.storage_pool_id JOIN projects p ON p.id = v.project_id";

    private static readonly ConfigRows Config = new("storage_volumes_config", "storage_volume_id");
    private static readonly ConfigRows SnapshotConfig = new("storage_volumes_snapshots_config", "storage_volume_snapshot_id");

    public Task<List<VolumeRecord>> ListAsync(string? pool, CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            object?[] args = pool is null ? [] : [pool];
            var rows = await tx.QueryAsync($"{Select} {(pool is null ? "" : "WHERE sp.name = ?")} ORDER BY v.type, v.name", Map, args).ConfigureAwait(false);
            var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
            var users = await UsersAsync(tx).ConfigureAwait(false);
            return rows.ConvertAll(v => v with
            {
                Config = config.GetValueOrDefault(v.Id) ?? [],
                UsedBy = v.Type == VolumeType.Custom ? [.. users[(v.Pool, v.Project, v.Name)].Distinct()] : [VolumeRecord.UserUrl(v.Pool, v.Type, v.Name, v.Project)],
            });
        },
        ct);

    public async Task<VolumeRecord> GetAsync(string pool, string project, VolumeType type, string name, CancellationToken ct) =>
        (await ListAsync(pool, ct).ConfigureAwait(false)).Find(v => v.Project == project && v.Type == type && v.Name == name) ?? throw ApiException.NotFound("Storage volume not found");

    /// <summary>Takes the name; a conflict where somebody has it.</summary>
    public Task<long> InsertAsync(VolumeRecord volume, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            try
            {
                var id = (await tx.ExecAsync(
                    "INSERT INTO storage_volumes (name, storage_pool_id, node_id, type, description, project_id, content_type, creation_date) SELECT ?, sp.id, (SELECT MIN(id) FROM nodes), ?, ?, p.id, ?, ? FROM storage_pools sp, projects p WHERE sp.name = ? AND p.name = ?",
                    volume.Name, (long)volume.Type, volume.Description, (long)volume.Content, volume.Created, volume.Pool, volume.Project).ConfigureAwait(false)).LastId;
                await Config.ReplaceAsync(tx, id, volume.Config).ConfigureAwait(false);
                return id;
            }
            catch (DuplicateRowException)
            {
                throw ApiException.Conflict("Volume by that name already exists");
            }
        },
        ct);

    public Task UpdateAsync(long id, string description, IReadOnlyDictionary<string, string> config, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecAsync("UPDATE storage_volumes SET description = ? WHERE id = ?", description, id).ConfigureAwait(false);
            await Config.ReplaceAsync(tx, id, config).ConfigureAwait(false);
        },
        ct);

    /// <summary>A new name, also in the disk devices that use the volume.</summary>
    public Task RenameAsync(VolumeRecord volume, string next, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            try
            {
                await tx.ExecAsync("UPDATE storage_volumes SET name = ? WHERE id = ?", next, volume.Id).ConfigureAwait(false);
            }
            catch (DuplicateRowException)
            {
                throw ApiException.Conflict("Volume by that name already exists");
            }

            foreach (var kind in (string[])["instance", "profile"])
            {
                await tx.ExecAsync(
                    $"UPDATE {kind}s_devices_config SET value = ? WHERE key = 'source' AND value = ? AND {kind}_device_id IN (SELECT {kind}_device_id FROM {kind}s_devices_config WHERE key = 'pool' AND value = ?)",
                    next, volume.Name, volume.Pool).ConfigureAwait(false);
            }
        },
        ct);

    public Task DeleteAsync(long id, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecAsync("DELETE FROM storage_volumes WHERE id = ?", id).ConfigureAwait(false);
        },
        ct);

    /// <summary>Snapshots of one volume, oldest first.</summary>
    public Task<List<VolumeSnapshotRecord>> SnapshotsAsync(long volume, CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            var rows = await tx.QueryAsync(
                "SELECT id, storage_volume_id, name, description, creation_date, expiry_date FROM storage_volumes_snapshots WHERE storage_volume_id = ? ORDER BY creation_date, id",
                r => new VolumeSnapshotRecord(r.Long(0), r.Long(1), r.Text(2), r.Text(3), r.Time(4), r.Time(5)), volume).ConfigureAwait(false);
            var config = await SnapshotConfig.ReadAsync(tx, "IN (SELECT id FROM storage_volumes_snapshots WHERE storage_volume_id = ?)", volume).ConfigureAwait(false);
            return rows.ConvertAll(s => s with { Config = config.GetValueOrDefault(s.Id) ?? [] });
        },
        ct);

    /// <summary>Snapshots and volumes share one sequence of ids.</summary>
    public Task<long> InsertSnapshotAsync(VolumeSnapshotRecord snapshot, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            try
            {
                await tx.ExecAsync("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'storage_volumes'").ConfigureAwait(false);
                var id = await tx.ScalarAsync("SELECT seq FROM sqlite_sequence WHERE name = 'storage_volumes'").ConfigureAwait(false) ?? 1;
                await tx.ExecAsync(
                    "INSERT INTO storage_volumes_snapshots (id, storage_volume_id, name, description, expiry_date, creation_date) VALUES (?, ?, ?, ?, ?, ?)",
                    id, snapshot.VolumeId, snapshot.Name, snapshot.Description, snapshot.Expires, snapshot.Created).ConfigureAwait(false);
                await SnapshotConfig.ReplaceAsync(tx, id, snapshot.Config).ConfigureAwait(false);
                return id;
            }
            catch (DuplicateRowException)
            {
                throw ApiException.Conflict($"Snapshot \"{snapshot.Name}\" already in use");
            }
        },
        ct);

    public Task UpdateSnapshotAsync(VolumeSnapshotRecord snapshot, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            try
            {
                await tx.ExecAsync("UPDATE storage_volumes_snapshots SET name = ?, description = ?, expiry_date = ? WHERE id = ?", snapshot.Name, snapshot.Description, snapshot.Expires, snapshot.Id)
                    .ConfigureAwait(false);
            }
            catch (DuplicateRowException)
            {
                throw ApiException.Conflict($"Snapshot \"{snapshot.Name}\" already in use");
            }
        },
        ct);

    public Task DeleteSnapshotAsync(long id, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecAsync("DELETE FROM storage_volumes_snapshots WHERE id = ?", id).ConfigureAwait(false);
        },
        ct);

    /// <summary>Whether an instance that uses the volume was running when last seen.</summary>
    public Task<bool> IsUsedByRunningAsync(VolumeRecord volume, CancellationToken ct) => database.ReadAsync(
        async tx => await tx.ScalarAsync(
            "SELECT COUNT(*) FROM instances_devices d JOIN instances_devices_config c1 ON c1.instance_device_id = d.id AND c1.key = 'pool' AND c1.value = ? JOIN instances_devices_config c2 ON c2.instance_device_id = d.id AND c2.key = 'source' AND c2.value = ? JOIN instances_config ic ON ic.instance_id = d.instance_id AND ic.key = 'volatile.last_state.power' AND ic.value = 'RUNNING'",
            volume.Pool, volume.Name).ConfigureAwait(false) > 0,
        ct);

    private static VolumeRecord Map(IRow r) => new(r.Long(0), r.Text(1), r.Text(2), r.Text(3), (VolumeType)r.Long(4), (ContentType)r.Long(5), r.Text(6), r.Time(7));

    /// <summary>URLs of instances and profiles with a disk device on a custom volume, by pool, owning project and name.</summary>
    private static async ValueTask<ILookup<(string, string, string), string>> UsersAsync(ITx tx)
    {
        var users = new List<((string, string, string) Key, string Url)>();
        foreach (var (kind, segment) in ((string, string)[])[("instance", "instances"), ("profile", "profiles")])
        {
            users.AddRange(await UsersOfKindAsync(tx, kind, segment).ConfigureAwait(false));
        }

        return users.ToLookup(u => u.Key, u => u.Url);
    }

    private static async ValueTask<List<((string, string, string) Key, string Url)>> UsersOfKindAsync(ITx tx, string kind, string segment) => await tx.QueryAsync(
        $"SELECT c1.value, c2.value, o.name, p.name, COALESCE((SELECT value FROM projects_config WHERE project_id = p.id AND key = 'features.storage.volumes'), '') FROM {kind}s_devices d JOIN {kind}s_devices_config c1 ON c1.{kind}_device_id = d.id AND c1.key = 'pool' JOIN {kind}s_devices_config c2 ON c2.{kind}_device_id = d.id AND c2.key = 'source' JOIN {kind}s o ON o.id = d.{kind}_id JOIN projects p ON p.id = o.project_id",
        r =>
        {
            var owner = r.Text(3) == "default" || Core.Config.Checks.IsTrue(r.Text(4)) ? r.Text(3) : "default";
            return ((r.Text(0), owner, r.Text(1)), Names.Url(r.Text(3), "1.0", segment, r.Text(2)));
        }).ConfigureAwait(false);
}
