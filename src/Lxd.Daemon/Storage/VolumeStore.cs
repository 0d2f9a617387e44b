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
                UsedBy = v.Type == VolumeType.Custom ? [.. users[(v.Pool, v.Project, v.Name)].Select(u => u.Url).Distinct()] : [VolumeRecord.UserUrl(v.Pool, v.Type, v.Name, v.Project)],
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

    /// <summary>Sets (or with null removes) single keys.</summary>
    public Task SetConfigAsync(long id, IReadOnlyDictionary<string, string?> changes, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            foreach (var (key, value) in changes)
            {
                await tx.ExecAsync("DELETE FROM storage_volumes_config WHERE storage_volume_id = ? AND key = ?", id, key).ConfigureAwait(false);
                if (value is not null)
                {
                    await tx.ExecAsync("INSERT INTO storage_volumes_config (storage_volume_id, key, value) VALUES (?, ?, ?)", id, key, value).ConfigureAwait(false);
                }
            }
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

            await PointUsersAsync(tx, volume, volume.Pool, next).ConfigureAwait(false);
        },
        ct);

    /// <summary>Has the disk devices that use a volume use another one.</summary>
    public Task MoveUsersAsync(VolumeRecord volume, VolumeRecord target, CancellationToken ct) => database.WriteAsync(tx => PointUsersAsync(tx, volume, target.Pool, target.Name), ct);

    public Task DeleteAsync(long id, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecAsync("DELETE FROM storage_volumes WHERE id = ?", id).ConfigureAwait(false);
        },
        ct);

    /// <summary>Snapshots of one volume, oldest first.</summary>
    public Task<List<VolumeSnapshotRecord>> SnapshotsAsync(long volume, CancellationToken ct) =>
        database.ReadAsync(tx => SnapshotsAsync(tx, "WHERE storage_volume_id = ?", "IN (SELECT id FROM storage_volumes_snapshots WHERE storage_volume_id = ?)", volume), ct);

    public async Task<ILookup<long, VolumeSnapshotRecord>> AllSnapshotsAsync(CancellationToken ct) =>
        (await database.ReadAsync(tx => SnapshotsAsync(tx, "", "> 0"), ct).ConfigureAwait(false)).ToLookup(s => s.VolumeId);

    private static async ValueTask<List<VolumeSnapshotRecord>> SnapshotsAsync(ITx tx, string where, string ids, params object?[] args)
    {
        var rows = await tx.QueryAsync(
            $"SELECT id, storage_volume_id, name, description, creation_date, expiry_date FROM storage_volumes_snapshots {where} ORDER BY creation_date, id",
            r => new VolumeSnapshotRecord(r.Long(0), r.Long(1), r.Text(2), r.Text(3), r.Time(4), Moment.Parse(r.Text(5))), args).ConfigureAwait(false);
        var config = await SnapshotConfig.ReadAsync(tx, ids, args).ConfigureAwait(false);
        return rows.ConvertAll(s => s with { Config = config.GetValueOrDefault(s.Id) ?? [] });
    }

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
                await SnapshotConfig.ReplaceAsync(tx, snapshot.Id, snapshot.Config).ConfigureAwait(false);
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

    private static VolumeRecord Map(IRow r) => new(r.Long(0), r.Text(1), r.Text(2), r.Text(3), (VolumeType)r.Long(4), (ContentType)r.Long(5), r.Text(6), r.Time(7));
}
