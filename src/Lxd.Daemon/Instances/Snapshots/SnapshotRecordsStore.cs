using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary>Each snapshot of an instance has one of its volume: two rows that a killed daemon, an old server, or a hand in the database, may have parted.</summary>
internal sealed class SnapshotRecordsStore(Databases databases)
{
    private const string Patch = "storage_missing_snapshot_records";

    // Types of instances and those of their volumes: containers 0 and 0, virtual machines 1 and 3.
    private const string Volume = "JOIN storage_volumes v ON v.name = i.name AND v.project_id = i.project_id AND v.type = CASE i.type WHEN 0 THEN 0 ELSE 3 END";

    /// <summary>Throws where the snapshots of an instance and those of its volume are not as many.</summary>
    public async Task CheckAsync(InstanceRecord instance, CancellationToken ct)
    {
        var (instances, volumes) = await databases.Global.ReadAsync(
            tx => tx.FirstAsync(
                $"SELECT (SELECT COUNT(*) FROM instances_snapshots s WHERE s.instance_id = i.id), (SELECT COUNT(*) FROM storage_volumes_snapshots x WHERE x.storage_volume_id = v.id) FROM instances i {Volume} WHERE i.id = ?",
                r => (r.Long(0), r.Long(1)), instance.Id), ct).ConfigureAwait(false);
        if (instances != volumes)
        {
            throw ApiException.Internal($"Instance snapshot record count and volume snapshot record count do not match: instance snapshot records {instances}, volume snapshot records {volumes}");
        }
    }

    /// <summary>Adds the rows of volumes' snapshots that are missing and removes those whose snapshot is gone; after what was half done has been finished or undone.</summary>
    public async Task RepairAsync(CancellationToken ct)
    {
        await databases.Global.WriteAsync(RepairAsync, ct).ConfigureAwait(false);
        if (await databases.Local.ReadAsync(tx => tx.ScalarAsync("SELECT id FROM patches WHERE name = ?", Patch), ct).ConfigureAwait(false) is not null)
        {
            return;
        }

        await databases.Local.WriteAsync(async tx => { await tx.ExecAsync("INSERT INTO patches (name, applied_at) VALUES (?, ?)", Patch, DateTime.UtcNow).ConfigureAwait(false); }, ct).ConfigureAwait(false);
    }

    private static async ValueTask RepairAsync(ITx tx)
    {
        var missing = await tx.QueryAsync(
            $"SELECT v.id, s.name, s.creation_date, s.expiry_date FROM instances_snapshots s JOIN instances i ON i.id = s.instance_id {Volume} WHERE NOT EXISTS (SELECT 1 FROM storage_volumes_snapshots x WHERE x.storage_volume_id = v.id AND x.name = s.name)",
            r => (Volume: r.Long(0), Name: r.Text(1), Created: r.Text(2), Expires: r.Text(3))).ConfigureAwait(false);
        await tx.ExecAsync(
            "DELETE FROM storage_volumes_snapshots WHERE id IN (SELECT x.id FROM storage_volumes_snapshots x JOIN storage_volumes v ON v.id = x.storage_volume_id JOIN instances i ON v.name = i.name AND v.project_id = i.project_id AND v.type = CASE i.type WHEN 0 THEN 0 ELSE 3 END WHERE NOT EXISTS (SELECT 1 FROM instances_snapshots s WHERE s.instance_id = i.id AND s.name = x.name))").ConfigureAwait(false);
        foreach (var row in missing)
        {
            await tx.ExecAsync("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'storage_volumes'").ConfigureAwait(false);
            var id = await tx.ScalarAsync("SELECT seq FROM sqlite_sequence WHERE name = 'storage_volumes'").ConfigureAwait(false) ?? 1;
            await tx.ExecAsync(
                "INSERT INTO storage_volumes_snapshots (id, storage_volume_id, name, description, expiry_date, creation_date) VALUES (?, ?, ?, 'Auto repaired', ?, ?)",
                id, row.Volume, row.Name, row.Expires, row.Created).ConfigureAwait(false);
            await tx.ExecAsync("INSERT INTO storage_volumes_snapshots_config (storage_volume_snapshot_id, key, value) SELECT ?, key, value FROM storage_volumes_config WHERE storage_volume_id = ? AND key <> 'volatile.uuid'", id, row.Volume).ConfigureAwait(false);
            await tx.ExecAsync("INSERT INTO storage_volumes_snapshots_config (storage_volume_snapshot_id, key, value) VALUES (?, 'volatile.uuid', ?)", id, Guid.NewGuid().ToString()).ConfigureAwait(false);
        }
    }
}
