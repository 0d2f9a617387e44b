using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities;

/// <summary>All SQL of identities, their certificates and their secrets.</summary>
internal sealed class IdentityStore(IDatabase database)
{
    private const int SigningKey = 2;

    public Task<List<IdentityRecord>> ListAsync(CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var projects = (await tx.QueryAsync("SELECT identities_projects.identity_id, projects.name FROM identities_projects JOIN projects ON projects.id = identities_projects.project_id ORDER BY projects.name", r => (r.Long(0), r.Text(1))).ConfigureAwait(false)).ToLookup(p => p.Item1, p => p.Item2);
        var groups = (await tx.QueryAsync("SELECT identities_auth_groups.identity_id, auth_groups.name FROM identities_auth_groups JOIN auth_groups ON auth_groups.id = identities_auth_groups.auth_group_id ORDER BY auth_groups.name", r => (r.Long(0), r.Text(1))).ConfigureAwait(false)).ToLookup(g => g.Item1, g => g.Item2);
        var keys = (await tx.QueryAsync("SELECT entity_id, value FROM secrets WHERE entity_type = ? AND type = ?", r => (r.Long(0), r.Text(1)), EntityKind.Identity.Code, SigningKey).ConfigureAwait(false)).ToDictionary(k => k.Item1, k => k.Item2);
        return await tx.QueryAsync(
            "SELECT identities.id, identities.type, identities.identifier, identities.name, identities.metadata, certificates.certificate FROM identities LEFT JOIN identities_certificates ON identities_certificates.identity_id = identities.id LEFT JOIN certificates ON certificates.id = identities_certificates.certificate_id ORDER BY identities.id",
            r => new IdentityRecord(r.Long(0), IdentityType.Of(r.Long(1)), r.Text(2), r.Text(3))
            {
                Metadata = r.Text(4),
                Pem = r.Text(5),
                Projects = [.. projects[r.Long(0)]],
                Groups = [.. groups[r.Long(0)]],
                SigningKey = keys.GetValueOrDefault(r.Long(0), ""),
            }).ConfigureAwait(false);
    }, ct);

    /// <param name="conflict">What is said where there is one with this identifier.</param>
    public Task<long> AddAsync(IdentityRecord identity, string conflict, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var now = GoTime.Format(DateTime.UtcNow);
            var id = (await tx.ExecAsync("INSERT INTO identities (auth_method, type, identifier, name, metadata, first_seen_date, updated_date) VALUES (?, ?, ?, ?, ?, ?, ?)", identity.Type.AuthMethod, identity.Type.Code, identity.Identifier, identity.Name, identity.Metadata, now, now).ConfigureAwait(false)).LastId;
            await SetCertificateAsync(tx, id, identity).ConfigureAwait(false);
            await SetProjectsAsync(tx, id, identity.Projects).ConfigureAwait(false);
            await GroupStore.JoinAsync(tx, id, identity.Groups).ConfigureAwait(false);
            return id;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict(conflict);
        }
    }, ct);

    /// <summary>Makes this of the identity with its id: type, identifier, name, metadata, certificate, projects and groups.</summary>
    public Task UpdateAsync(IdentityRecord identity, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var changed = await tx.ExecAsync("UPDATE identities SET type = ?, identifier = ?, name = ?, metadata = ?, updated_date = ? WHERE id = ?", identity.Type.Code, identity.Identifier, identity.Name, identity.Metadata, GoTime.Format(DateTime.UtcNow), identity.Id).ConfigureAwait(false);
            if (changed.Rows == 0)
            {
                throw ApiException.NotFound("Identity not found");
            }

            await SetCertificateAsync(tx, identity.Id, identity).ConfigureAwait(false);
            await SetProjectsAsync(tx, identity.Id, identity.Projects).ConfigureAwait(false);
            await GroupStore.JoinAsync(tx, identity.Id, identity.Groups).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Certificate already in trust store");
        }
    }, ct);

    public Task DeleteAsync(IdentityRecord identity, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM certificates WHERE id IN (SELECT certificate_id FROM identities_certificates WHERE identity_id = ?)", identity.Id).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM identities WHERE id = ?", identity.Id).ConfigureAwait(false);
    }, ct);

    /// <summary>Takes an identity by its pending token, once: of two that come with one token, one finds it used.</summary>
    public Task<bool> ActivateAsync(IdentityRecord pending, IdentityRecord active, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        if (await tx.ScalarAsync("SELECT COUNT(*) FROM identities WHERE id = ? AND type = ? AND identifier = ?", pending.Id, pending.Type.Code, pending.Identifier).ConfigureAwait(false) == 0)
        {
            return false;
        }

        try
        {
            await tx.ExecAsync("UPDATE identities SET type = ?, identifier = ?, metadata = '', updated_date = ? WHERE id = ?", active.Type.Code, active.Identifier, GoTime.Format(DateTime.UtcNow), pending.Id).ConfigureAwait(false);
            await SetCertificateAsync(tx, pending.Id, active).ConfigureAwait(false);
            return true;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("Identity already exists");
        }
    }, ct);

    /// <summary>Replaces what the identity's tokens are signed with, and with it every token issued before; null: no token is good any more.</summary>
    public Task SetSigningKeyAsync(IdentityRecord identity, string? key, DateTime? expires, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM secrets WHERE entity_type = ? AND entity_id = ? AND type = ?", EntityKind.Identity.Code, identity.Id, SigningKey).ConfigureAwait(false);
        if (key is not null)
        {
            await tx.ExecAsync("INSERT INTO secrets (entity_type, entity_id, type, value, creation_date) VALUES (?, ?, ?, ?, ?)", EntityKind.Identity.Code, identity.Id, SigningKey, key, GoTime.Format(DateTime.UtcNow)).ConfigureAwait(false);
        }

        var metadata = expires is { } at ? new JsonObject { ["expires_at"] = GoTime.Format(at) }.ToJsonString() : "";
        await tx.ExecAsync("UPDATE identities SET metadata = ?, updated_date = ? WHERE id = ?", metadata, GoTime.Format(DateTime.UtcNow), identity.Id).ConfigureAwait(false);
    }, ct);

    private static async ValueTask SetCertificateAsync(ITx tx, long id, IdentityRecord identity)
    {
        await tx.ExecAsync("DELETE FROM certificates WHERE id IN (SELECT certificate_id FROM identities_certificates WHERE identity_id = ?)", id).ConfigureAwait(false);
        if (identity.Pem.Length == 0)
        {
            return;
        }

        // One that was left by an identity that went.
        await tx.ExecAsync("DELETE FROM certificates WHERE fingerprint = ? AND id NOT IN (SELECT certificate_id FROM identities_certificates)", identity.Identifier).ConfigureAwait(false);
        var certificate = (await tx.ExecAsync("INSERT INTO certificates (fingerprint, certificate) VALUES (?, ?)", identity.Identifier, identity.Pem).ConfigureAwait(false)).LastId;
        await tx.ExecAsync("INSERT INTO identities_certificates (identity_id, certificate_id) VALUES (?, ?)", id, certificate).ConfigureAwait(false);
    }

    private static async ValueTask SetProjectsAsync(ITx tx, long id, IReadOnlyList<string> projects)
    {
        await tx.ExecAsync("DELETE FROM identities_projects WHERE identity_id = ?", id).ConfigureAwait(false);
        foreach (var project in projects.Distinct())
        {
            await tx.ExecAsync("INSERT INTO identities_projects (identity_id, project_id) VALUES (?, ?)", id, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }
}
