using Lxd.Daemon.Store;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>The rows of the volumes of instances and images, beside those of custom volumes.</summary>
internal sealed class VolumeRows(IDatabase db)
{
    public Task InsertAsync(string pool, string project, VolumeType type, string name, DateTime created, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync(
                "INSERT INTO storage_volumes (name, storage_pool_id, node_id, type, description, project_id, content_type, creation_date) SELECT ?, sp.id, (SELECT MIN(id) FROM nodes), ?, '', p.id, 0, ? FROM storage_pools sp, projects p WHERE sp.name = ? AND p.name = ?",
                name, (long)type, created, pool, project).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            // An image's volume that another start has just made.
        }
    }, ct);

    public Task DeleteAsync(string pool, string project, VolumeType type, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"DELETE FROM storage_volumes WHERE {Where}", name, (long)type, pool, project).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(string pool, string project, string name, string next, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"UPDATE storage_volumes SET name = ? WHERE {Where}", next, name, (long)VolumeType.Container, pool, project).ConfigureAwait(false);
    }, ct);

    /// <summary>Snapshots and volumes share one sequence of ids.</summary>
    public Task InsertSnapshotAsync(string pool, string project, string volume, string name, DateTime created, DateTime expires, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'storage_volumes'").ConfigureAwait(false);
        await tx.ExecAsync(
            $"INSERT INTO storage_volumes_snapshots (id, storage_volume_id, name, description, expiry_date, creation_date) SELECT (SELECT seq FROM sqlite_sequence WHERE name = 'storage_volumes'), id, ?, '', ?, ? FROM storage_volumes WHERE {Where}",
            name, expires, created, volume, (long)VolumeType.Container, pool, project).ConfigureAwait(false);
    }, ct);

    public Task DeleteSnapshotAsync(string pool, string project, string volume, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"DELETE FROM storage_volumes_snapshots WHERE name = ? AND storage_volume_id IN (SELECT id FROM storage_volumes WHERE {Where})", name, volume, (long)VolumeType.Container, pool, project).ConfigureAwait(false);
    }, ct);

    public Task RenameSnapshotAsync(string pool, string project, string volume, string name, string next, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync($"UPDATE storage_volumes_snapshots SET name = ? WHERE name = ? AND storage_volume_id IN (SELECT id FROM storage_volumes WHERE {Where})", next, name, volume, (long)VolumeType.Container, pool, project).ConfigureAwait(false);
    }, ct);

    private const string Where = "name = ? AND type = ? AND storage_pool_id = (SELECT id FROM storage_pools WHERE name = ?) AND project_id = (SELECT id FROM projects WHERE name = ?)";
}
