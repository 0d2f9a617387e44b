using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Networks.Zones;

/// <summary>All SQL of DNS zones and the records users add to them.</summary>
internal sealed class ZoneStore(IDatabase db)
{
    private static readonly ConfigRows Config = new("networks_zones_config", "network_zone_id");
    private static readonly ConfigRows RecordConfig = new("networks_zones_records_config", "network_zone_record_id");

    /// <summary>The zones of a project, or of all for null.</summary>
    public Task<List<ZoneRecord>> ListAsync(string? project, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
        var rows = await tx.QueryAsync("SELECT z.id, p.name, z.name, z.description FROM networks_zones z JOIN projects p ON p.id = z.project_id ORDER BY p.name, z.name",
            r => new ZoneRecord(r.Long(0), r.Text(1), r.Text(2), r.Text(3), config.GetValueOrDefault(r.Long(0)) ?? [])).ConfigureAwait(false);
        return rows.Where(r => project is null || r.Project == project).ToList();
    }, ct);

    /// <summary>Takes the name, which no zone of any project has.</summary>
    public Task InsertAsync(ZoneRecord zone, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO networks_zones (project_id, name, description) VALUES (?, ?, ?)", await tx.ProjectIdAsync(zone.Project).ConfigureAwait(false), zone.Name, zone.Description).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, zone.Config).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("The network zone already exists");
        }
    }, ct);

    public Task UpdateAsync(ZoneRecord zone, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE networks_zones SET description = ? WHERE id = ?", zone.Description, zone.Id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, zone.Id, zone.Config).ConfigureAwait(false);
    }, ct);

    public Task DeleteAsync(long id, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("DELETE FROM networks_zones WHERE id = ?", id).ConfigureAwait(false); }, ct);

    public Task<List<NetworkZoneRecord>> RecordsAsync(long zone, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var config = await RecordConfig.ReadAsync(tx, "IN (SELECT id FROM networks_zones_records WHERE network_zone_id = ?)", zone).ConfigureAwait(false);
        return await tx.QueryAsync("SELECT id, name, description, entries FROM networks_zones_records WHERE network_zone_id = ? ORDER BY name",
            r => new NetworkZoneRecord { Name = r.Text(1), Description = r.Text(2), Entries = Entries(r.Text(3)), Config = config.GetValueOrDefault(r.Long(0)) ?? [] }, zone).ConfigureAwait(false);
    }, ct);

    public Task InsertRecordAsync(long zone, NetworkZoneRecord record, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO networks_zones_records (network_zone_id, name, description, entries) VALUES (?, ?, ?, ?)", zone, record.Name, record.Description, Json.Text(record.Entries)).ConfigureAwait(false)).LastId;
            await RecordConfig.ReplaceAsync(tx, id, record.Config).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("The network zone record already exists");
        }
    }, ct);

    public Task UpdateRecordAsync(long zone, NetworkZoneRecord record, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        var id = await tx.ScalarAsync("SELECT id FROM networks_zones_records WHERE network_zone_id = ? AND name = ?", zone, record.Name).ConfigureAwait(false) ?? throw ApiException.NotFound("Network zone record not found");
        await tx.ExecAsync("UPDATE networks_zones_records SET description = ?, entries = ? WHERE id = ?", record.Description, Json.Text(record.Entries), id).ConfigureAwait(false);
        await RecordConfig.ReplaceAsync(tx, id, record.Config).ConfigureAwait(false);
    }, ct);

    public Task DeleteRecordAsync(long zone, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM networks_zones_records WHERE network_zone_id = ? AND name = ?", zone, name).ConfigureAwait(false);
    }, ct);

    private static List<NetworkZoneRecordEntry> Entries(string text) => text.Length == 0 || text == "null" ? [] : Json.Parse<List<NetworkZoneRecordEntry>>(text);
}
