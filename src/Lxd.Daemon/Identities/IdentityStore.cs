using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities;

/// <summary>All SQL of identities and their certificates.</summary>
internal sealed class IdentityStore(IDatabase database)
{
    private const int Tls = 1;
    private const string Tls1To6 = "identities.auth_method = 1 AND identities.type IN (1, 2, 4, 6)";

    public Task<List<TlsIdentity>> ListAsync(CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var projects = (await tx.QueryAsync("SELECT identities_projects.identity_id, projects.name FROM identities_projects JOIN projects ON projects.id = identities_projects.project_id ORDER BY projects.name", r => (r.Long(0), r.Text(1))).ConfigureAwait(false)).ToLookup(p => p.Item1, p => p.Item2);
        return await tx.QueryAsync(
            $"SELECT identities.id, identities.type, identities.name, identities.identifier, certificates.certificate FROM identities JOIN identities_certificates ON identities_certificates.identity_id = identities.id JOIN certificates ON certificates.id = identities_certificates.certificate_id WHERE {Tls1To6} ORDER BY identities.id",
            r => new TlsIdentity((int)r.Long(1), r.Text(2), r.Text(3), r.Text(4), projects[r.Long(0)].ToList())).ConfigureAwait(false);
    }, ct);

    public Task AddAsync(TlsIdentity identity, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var now = GoTime.Format(DateTime.UtcNow);
            var id = (await tx.ExecAsync("INSERT INTO identities (auth_method, type, identifier, name, metadata, first_seen_date, updated_date) VALUES (?, ?, ?, ?, '', ?, ?)", Tls, identity.Type, identity.Fingerprint, identity.Name, now, now).ConfigureAwait(false)).LastId;
            await tx.ExecAsync("DELETE FROM certificates WHERE fingerprint = ?", identity.Fingerprint).ConfigureAwait(false);
            var certificate = (await tx.ExecAsync("INSERT INTO certificates (fingerprint, certificate) VALUES (?, ?)", identity.Fingerprint, identity.Pem).ConfigureAwait(false)).LastId;
            await tx.ExecAsync("INSERT INTO identities_certificates (identity_id, certificate_id) VALUES (?, ?)", id, certificate).ConfigureAwait(false);
            await SetProjectsAsync(tx, id, identity.Projects).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Certificate already in trust store");
        }
    }, ct);

    public Task UpdateAsync(string fingerprint, TlsIdentity identity, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await IdAsync(tx, fingerprint).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE identities SET type = ?, name = ?, identifier = ?, updated_date = ? WHERE id = ?", identity.Type, identity.Name, identity.Fingerprint, GoTime.Format(DateTime.UtcNow), id).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE certificates SET fingerprint = ?, certificate = ? WHERE fingerprint = ?", identity.Fingerprint, identity.Pem, fingerprint).ConfigureAwait(false);
        await SetProjectsAsync(tx, id, identity.Projects).ConfigureAwait(false);
    }, ct);

    public Task DeleteAsync(string fingerprint, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM identities WHERE id = ?", await IdAsync(tx, fingerprint).ConfigureAwait(false)).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM certificates WHERE fingerprint = ?", fingerprint).ConfigureAwait(false);
    }, ct);

    private static async ValueTask<long> IdAsync(ITx tx, string fingerprint) =>
        await tx.ScalarAsync($"SELECT id FROM identities WHERE {Tls1To6} AND identifier = ?", fingerprint).ConfigureAwait(false) ?? throw ApiException.NotFound("Certificate not found");

    private static async ValueTask SetProjectsAsync(ITx tx, long id, IReadOnlyList<string> projects)
    {
        await tx.ExecAsync("DELETE FROM identities_projects WHERE identity_id = ?", id).ConfigureAwait(false);
        foreach (var project in projects.Distinct())
        {
            await tx.ExecAsync("INSERT INTO identities_projects (identity_id, project_id) VALUES (?, ?)", id, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }
}
