using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceStore
{
    private const string SnapshotsFrom = "FROM instances_snapshots s JOIN instances i ON i.id = s.instance_id JOIN projects p ON p.id = i.project_id";

    /// <summary>The snapshots of the instances, oldest first, by the instance's id.</summary>
    public Task<ILookup<long, SnapshotRecord>> SnapshotsAsync(InstanceFilter filter, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var (where, args) = (filter.Where, filter.Args);
        var rows = await tx.QueryAsync(
            $"SELECT s.id, s.instance_id, s.name, s.creation_date, s.expiry_date, s.stateful, s.description {SnapshotsFrom} WHERE {where} ORDER BY s.creation_date, s.id",
            r => new SnapshotRecord { Id = r.Long(0), InstanceId = r.Long(1), Name = r.Text(2), CreatedAt = r.Time(3), ExpiresAt = Moment.Parse(r.Text(4)), Stateful = r.Long(5) != 0, Description = r.Text(6) }, args).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return rows.ToLookup(r => r.InstanceId);
        }

        var ids = $"IN (SELECT s.id {SnapshotsFrom} WHERE {where})";
        var config = await SnapshotConfig.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var devices = await SnapshotDevices.ReadAsync(tx, ids, args).ConfigureAwait(false);
        return rows.Select(r => r with { Config = config.GetValueOrDefault(r.Id) ?? [], Devices = devices.GetValueOrDefault(r.Id) ?? [] }).ToLookup(r => r.InstanceId);
    }, ct);

    public async Task<List<SnapshotRecord>> SnapshotsAsync(long instance, CancellationToken ct) => (await SnapshotsAsync(new InstanceFilter(Id: instance), ct).ConfigureAwait(false))[instance].ToList();

    /// <summary>The snapshot; a not-found error where there is none.</summary>
    public async Task<SnapshotRecord> SnapshotAsync(long instance, string name, CancellationToken ct) =>
        (await SnapshotsAsync(instance, ct).ConfigureAwait(false)).Find(s => s.Name == name) ?? throw ApiException.NotFound("Instance snapshot not found");

    /// <summary>Takes the snapshot's name; the row that lost a race throws conflict.</summary>
    public Task<SnapshotRecord> InsertSnapshotAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        long id;
        try
        {
            id = (await tx.ExecAsync("INSERT INTO instances_snapshots (instance_id, name, creation_date, stateful, description, expiry_date) VALUES (?, ?, ?, ?, ?, ?)",
                instance.Id, snapshot.Name, snapshot.CreatedAt, snapshot.Stateful, snapshot.Description, snapshot.ExpiresAt).ConfigureAwait(false)).LastId;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Failed creating instance snapshot record \"{snapshot.Name}\": Snapshot \"{instance.Name}/{snapshot.Name}\" already exists");
        }

        await SnapshotConfig.ReplaceAsync(tx, id, snapshot.Config).ConfigureAwait(false);
        await SnapshotDevices.ReplaceAsync(tx, id, snapshot.Devices).ConfigureAwait(false);
        return snapshot with { Id = id, InstanceId = instance.Id };
    }, ct);

    /// <param name="unfinished">What is left to do; empty when all is done.</param>
    public Task RenameSnapshotAsync(long id, string name, string unfinished, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE instances_snapshots SET name = ? WHERE id = ?", name, id).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Name \"{name}\" already in use");
        }

        await tx.ExecAsync("DELETE FROM instances_snapshots_config WHERE instance_snapshot_id = ? AND key = ?", id, InstanceRecord.Unfinished).ConfigureAwait(false);
        if (unfinished.Length > 0)
        {
            await tx.ExecAsync("INSERT INTO instances_snapshots_config (instance_snapshot_id, key, value) VALUES (?, ?, ?)", id, InstanceRecord.Unfinished, unfinished).ConfigureAwait(false);
        }
    }, ct);

    public Task SetSnapshotExpiryAsync(long id, Moment expires, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("UPDATE instances_snapshots SET expiry_date = ? WHERE id = ?", expires, id).ConfigureAwait(false); }, ct);

    public Task DeleteSnapshotAsync(long id, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("DELETE FROM instances_snapshots WHERE id = ?", id).ConfigureAwait(false); }, ct);
}
