using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Warnings;

/// <summary>All SQL of warnings.</summary>
internal sealed class WarningStore(IDatabase database)
{
    public const int New = 1;
    public const int Acknowledged = 2;
    public const int Resolved = 3;

    private const string Select = """
        SELECT w.uuid, w.type_code, w.status, w.first_seen_date, w.last_seen_date, w.last_message, w.count, p.name, w.entity_type_code,
               COALESCE(i.name, n.name, s.name, f.name, g.fingerprint, q.name)
        FROM warnings w
        LEFT JOIN projects p ON p.id = w.project_id
        LEFT JOIN instances i ON w.entity_type_code IN (0, 5) AND i.id = w.entity_id
        LEFT JOIN networks n ON w.entity_type_code = 8 AND n.id = w.entity_id
        LEFT JOIN storage_pools s ON w.entity_type_code = 12 AND s.id = w.entity_id
        LEFT JOIN profiles f ON w.entity_type_code = 2 AND f.id = w.entity_id
        LEFT JOIN images g ON w.entity_type_code = 1 AND g.id = w.entity_id
        LEFT JOIN projects q ON w.entity_type_code = 3 AND q.id = w.entity_id
        """;

    /// <param name="project">Only those of this project; empty for all.</param>
    public Task<List<Warning>> ListAsync(string project, CancellationToken ct) => database.ReadAsync(async tx =>
    {
        if (project.Length == 0)
        {
            return await tx.QueryAsync(Select + " ORDER BY w.uuid", Map).ConfigureAwait(false);
        }

        return await tx.QueryAsync(Select + " WHERE w.project_id = ? ORDER BY w.uuid", Map, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false);
    }, ct);

    public async Task<Warning> GetAsync(string uuid, CancellationToken ct) =>
        await database.ReadAsync(tx => tx.FirstAsync(Select + " WHERE w.uuid = ?", Map, uuid), ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Warning not found");

    /// <summary>Counts one up where the same warning is there already (a resolved one is new again), else adds it.</summary>
    public Task RaiseAsync(WarningKind kind, WarningSubject subject, string message, string uuid, DateTime now, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        long? project = subject.Project.Length > 0 ? await tx.ProjectIdAsync(subject.Project).ConfigureAwait(false) : null;
        var time = GoTime.Format(now);
        var known = await tx.ExecAsync(
            "UPDATE warnings SET last_message = ?, last_seen_date = ?, updated_date = ?, count = count + 1, status = CASE status WHEN 3 THEN 1 ELSE status END WHERE type_code = ? AND project_id IS ? AND entity_type_code = ? AND entity_id = ?",
            message, time, time, kind.Code, project, subject.EntityType, subject.EntityId).ConfigureAwait(false);
        if (known.Rows == 0)
        {
            await tx.ExecAsync(
                "INSERT INTO warnings (project_id, entity_type_code, entity_id, uuid, type_code, status, first_seen_date, last_seen_date, updated_date, last_message, count) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, 1)",
                project, subject.EntityType, subject.EntityId, uuid, kind.Code, time, time, time, message).ConfigureAwait(false);
        }
    }, ct);

    public Task ResolveAsync(WarningKind kind, WarningSubject subject, DateTime now, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE warnings SET status = 3, updated_date = ? WHERE type_code = ? AND entity_type_code = ? AND entity_id = ? AND status <> 3", GoTime.Format(now), kind.Code, subject.EntityType, subject.EntityId).ConfigureAwait(false);
    }, ct);

    public Task SetStatusAsync(string uuid, int status, DateTime now, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE warnings SET status = ?, updated_date = ? WHERE uuid = ?", status, GoTime.Format(now), uuid).ConfigureAwait(false);
    }, ct);

    /// <summary>Removes a warning; false where there is none.</summary>
    public Task<bool> DeleteAsync(string uuid, CancellationToken ct) => database.WriteAsync(async tx =>
        (await tx.ExecAsync("DELETE FROM warnings WHERE uuid = ?", uuid).ConfigureAwait(false)).Rows > 0, ct);

    /// <summary>Removes what was resolved before a time.</summary>
    public Task PruneAsync(DateTime before, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM warnings WHERE status = 3 AND updated_date < ?", GoTime.Format(before)).ConfigureAwait(false);
    }, ct);

    private static Warning Map(IRow row)
    {
        var kind = WarningKind.Find(row.Long(1)) ?? WarningKind.Find(0)!;
        return new Warning
        {
            Uuid = row.Text(0),
            Type = kind.Words,
            Severity = kind.Severity,
            Status = row.Long(2) switch { Acknowledged => "acknowledged", Resolved => "resolved", _ => "new" },
            FirstSeenAt = row.Time(3),
            LastSeenAt = row.Time(4),
            LastMessage = row.Text(5),
            Count = row.Long(6),
            Project = row.Text(7),
            Location = "none",
            EntityUrl = row.IsNull(9) ? "" : Url(row.Long(8), row.Text(9), row.Text(7)),
        };
    }

    private static string Url(long type, string name, string project) => type switch
    {
        0 or 5 => Names.Url(project, "1.0", "instances", name),
        1 => Names.Url(project, "1.0", "images", name),
        2 => Names.Url(project, "1.0", "profiles", name),
        3 => Names.Url("default", "1.0", "projects", name),
        8 => Names.Url(project, "1.0", "networks", name),
        12 => Names.Url("default", "1.0", "storage-pools", name),
        _ => "",
    };
}
