using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>A backup the server keeps.</summary>
/// <param name="Owner">The id of the instance or volume.</param>
/// <param name="Only">Whether it is without the snapshots.</param>
internal sealed record BackupRecord(long Id, long Owner, string Name, DateTime Created, DateTime Expires, bool Only, bool Optimized);

/// <summary>All SQL of backups: of instances and of volumes, which differ in the names of table and columns.</summary>
internal sealed class BackupStore
{
    private readonly IDatabase _db;
    private readonly string _table;
    private readonly string _owner;
    private readonly string _only;
    private readonly string _what;

    private BackupStore(IDatabase db, string table, string owner, string only, string what)
    {
        _db = db;
        _table = table;
        _owner = owner;
        _only = only;
        _what = what;
    }

    public static BackupStore OfInstances(IDatabase db) => new(db, "instances_backups", "instance_id", "container_only", "Instance");

    public static BackupStore OfVolumes(IDatabase db) => new(db, "storage_volumes_backups", "storage_volume_id", "volume_only", "Storage volume");

    public Task<List<BackupRecord>> ListAsync(long owner, CancellationToken ct) => QueryAsync($"WHERE {_owner} = ?", [owner], ct);

    public Task<List<BackupRecord>> ListAllAsync(CancellationToken ct) => QueryAsync("", [], ct);

    /// <summary>A not-found error where there is none.</summary>
    public async Task<BackupRecord> GetAsync(long owner, string name, CancellationToken ct) =>
        (await QueryAsync($"WHERE {_owner} = ? AND name = ?", [owner, name], ct).ConfigureAwait(false)).FirstOrDefault() ?? throw NotFound();

    public ApiException NotFound() => ApiException.NotFound($"{_what} backup not found");

    /// <summary>Those whose time has come.</summary>
    public async Task<List<BackupRecord>> ExpiredAsync(DateTime now, CancellationToken ct) =>
        (await ListAllAsync(ct).ConfigureAwait(false)).FindAll(b => b.Expires != default && b.Expires <= now);

    /// <summary>Takes the name; a conflict where somebody has it.</summary>
    public Task<BackupRecord> InsertAsync(BackupRecord backup, string ownerName, CancellationToken ct) => _db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync($"INSERT INTO {_table} ({_owner}, name, creation_date, expiry_date, {_only}, optimized_storage) VALUES (?, ?, ?, ?, ?, ?)",
                backup.Owner, backup.Name, backup.Created, backup.Expires, backup.Only, backup.Optimized).ConfigureAwait(false)).LastId;
            return backup with { Id = id };
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Backup \"{ownerName}/{backup.Name}\" already exists");
        }
    }, ct);

    public Task RenameAsync(long id, string name, CancellationToken ct) => _db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync($"UPDATE {_table} SET name = ? WHERE id = ?", name, id).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Backup \"{name}\" already exists");
        }
    }, ct);

    public Task DeleteAsync(long id, CancellationToken ct) => _db.WriteAsync(async tx => { await tx.ExecAsync($"DELETE FROM {_table} WHERE id = ?", id).ConfigureAwait(false); }, ct);

    private Task<List<BackupRecord>> QueryAsync(string where, object?[] args, CancellationToken ct) => _db.ReadAsync(
        tx => tx.QueryAsync($"SELECT id, {_owner}, name, creation_date, expiry_date, {_only}, optimized_storage FROM {_table} {where} ORDER BY id",
            r => new BackupRecord(r.Long(0), r.Long(1), r.Text(2), r.Time(3), r.Time(4), r.Long(5) != 0, r.Long(6) != 0), args), ct);
}
