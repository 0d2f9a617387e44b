using Lxd.Core;
using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>The rows of the volumes of instances and images, beside those of custom volumes.</summary>
internal sealed class VolumeRows(IDatabase db)
{
    private static readonly ConfigRows Config = new("storage_volumes_config", "storage_volume_id");
    private static readonly ConfigRows SnapshotConfig = new("storage_volumes_snapshots_config", "storage_volume_snapshot_id");

    public Task InsertAsync(VolumeKey key, DateTime created, VolumeDetails details, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync(
                "INSERT INTO storage_volumes (name, storage_pool_id, node_id, type, description, project_id, content_type, creation_date) SELECT ?, sp.id, (SELECT MIN(id) FROM nodes), ?, ?, p.id, ?, ? FROM storage_pools sp, projects p WHERE sp.name = ? AND p.name = ?",
                key.Name, (long)key.Type, details.Description, (long)details.Content, created, key.Pool, key.Project).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, details.Config).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            // An image's volume that another start has just made.
        }
    }, ct);

    /// <summary>What the row of a volume says; null where there is none.</summary>
    public Task<VolumeDetails?> FindAsync(VolumeKey key, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var (id, details) = await tx.FirstAsync($"SELECT id, description, creation_date, NULL, content_type FROM storage_volumes WHERE {Where}", Map, key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false);
        return id == 0 ? null : details with { Config = (await Config.ReadAsync(tx, "= ?", id).ConfigureAwait(false)).GetValueOrDefault(id) ?? [] };
    }, ct);

    public Task DeleteAsync(VolumeKey key, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"DELETE FROM storage_volumes WHERE {Where}", key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(VolumeKey key, string next, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"UPDATE storage_volumes SET name = ? WHERE {Where}", next, key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false);
    }, ct);

    /// <summary>Snapshots and volumes share one sequence of ids.</summary>
    public Task InsertSnapshotAsync(VolumeKey volume, string name, DateTime created, Moment expires, VolumeDetails details, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'storage_volumes'").ConfigureAwait(false);
        var id = await tx.ScalarAsync("SELECT seq FROM sqlite_sequence WHERE name = 'storage_volumes'").ConfigureAwait(false) ?? 1;
        await tx.ExecAsync(
            $"INSERT INTO storage_volumes_snapshots (id, storage_volume_id, name, description, expiry_date, creation_date) SELECT ?, id, ?, ?, ?, ? FROM storage_volumes WHERE {Where}",
            id, name, details.Description, expires, created, volume.Name, (long)volume.Type, volume.Pool, volume.Project).ConfigureAwait(false);
        await SnapshotConfig.ReplaceAsync(tx, id, details.Config).ConfigureAwait(false);
    }, ct);

    /// <summary>Description and configuration of an instance's volume, or of a snapshot of it; empty ones where there is no row.</summary>
    public Task<VolumeDetails> ReadAsync(VolumeKey key, string? snapshot, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var (id, details) = snapshot is null
            ? await tx.FirstAsync($"SELECT id, description, creation_date, NULL, content_type FROM storage_volumes WHERE {Where}", Map, key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false)
            : await tx.FirstAsync(
                "SELECT s.id, s.description, s.creation_date, s.expiry_date, v.content_type FROM storage_volumes_snapshots s JOIN storage_volumes v ON v.id = s.storage_volume_id WHERE s.name = ? AND v.name = ? AND v.type = ? AND v.storage_pool_id = (SELECT id FROM storage_pools WHERE name = ?) AND v.project_id = (SELECT id FROM projects WHERE name = ?)",
                Map, snapshot, key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false);
        var config = await (snapshot is null ? Config : SnapshotConfig).ReadAsync(tx, "= ?", id).ConfigureAwait(false);
        return (details ?? new VolumeDetails("", [])) with { Config = config.GetValueOrDefault(id) ?? [] };
    }, ct);

    private static (long Id, VolumeDetails Details) Map(IRow r) => (r.Long(0), new VolumeDetails(r.Text(1), []) { Created = r.Time(2), Expires = Moment.Parse(r.Text(3)), Content = (ContentType)r.Long(4) });

    /// <summary>Writes description and configuration anew; the UUID stays.</summary>
    public Task UpdateAsync(VolumeKey key, VolumeDetails details, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        var id = await tx.ScalarAsync($"SELECT id FROM storage_volumes WHERE {Where}", key.Name, (long)key.Type, key.Pool, key.Project).ConfigureAwait(false);
        if (id is null)
        {
            return;
        }

        var uuid = await tx.FirstAsync("SELECT value FROM storage_volumes_config WHERE storage_volume_id = ? AND key = 'volatile.uuid'", r => r.Text(0), id).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE storage_volumes SET description = ? WHERE id = ?", details.Description, id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, id.Value, details.With(uuid ?? "").Config).ConfigureAwait(false);
    }, ct);

    public Task DeleteSnapshotAsync(VolumeKey volume, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"DELETE FROM storage_volumes_snapshots WHERE name = ? AND storage_volume_id IN (SELECT id FROM storage_volumes WHERE {Where})", name, volume.Name, (long)volume.Type, volume.Pool, volume.Project).ConfigureAwait(false);
    }, ct);

    public Task RenameSnapshotAsync(VolumeKey volume, string name, string next, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"UPDATE storage_volumes_snapshots SET name = ? WHERE name = ? AND storage_volume_id IN (SELECT id FROM storage_volumes WHERE {Where})", next, name, volume.Name, (long)volume.Type, volume.Pool, volume.Project).ConfigureAwait(false);
    }, ct);

    private const string Where = "name = ? AND type = ? AND storage_pool_id = (SELECT id FROM storage_pools WHERE name = ?) AND project_id = (SELECT id FROM projects WHERE name = ?)";
}
