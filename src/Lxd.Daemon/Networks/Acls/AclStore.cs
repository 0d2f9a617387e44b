using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Networks.Acls;

/// <summary>All SQL of access control lists.</summary>
internal sealed class AclStore(IDatabase db)
{
    private static readonly ConfigRows Config = new("networks_acls_config", "network_acl_id");

    /// <summary>The lists of a project, or of all for null.</summary>
    public Task<List<AclRecord>> ListAsync(string? project, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
        var rows = await tx.QueryAsync("SELECT a.id, p.name, a.name, a.description, a.ingress, a.egress FROM networks_acls a JOIN projects p ON p.id = a.project_id ORDER BY p.name, a.name",
            r => new AclRecord(r.Long(0), r.Text(1), r.Text(2), r.Text(3), Rules(r.Text(4)), Rules(r.Text(5)), config.GetValueOrDefault(r.Long(0)) ?? [])).ConfigureAwait(false);
        return rows.Where(r => project is null || r.Project == project).ToList();
    }, ct);

    /// <summary>Takes the name; whoever comes second gets a conflict.</summary>
    public Task InsertAsync(AclRecord acl, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO networks_acls (project_id, name, description, ingress, egress) VALUES (?, ?, ?, ?, ?)",
                await tx.ProjectIdAsync(acl.Project).ConfigureAwait(false), acl.Name, acl.Description, Json.Text(acl.Ingress), Json.Text(acl.Egress)).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, acl.Config).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("The network ACL already exists");
        }
    }, ct);

    public Task UpdateAsync(AclRecord acl, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE networks_acls SET description = ?, ingress = ?, egress = ? WHERE id = ?", acl.Description, Json.Text(acl.Ingress), Json.Text(acl.Egress), acl.Id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, acl.Id, acl.Config).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(long id, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE networks_acls SET name = ? WHERE id = ?", name, id).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("An ACL by that name exists already");
        }
    }, ct);

    public Task DeleteAsync(long id, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("DELETE FROM networks_acls WHERE id = ?", id).ConfigureAwait(false); }, ct);

    private static List<NetworkACLRule> Rules(string text) => text.Length == 0 || text == "null" ? [] : Json.Parse<List<NetworkACLRule>>(text);
}
