using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities.Oidc;

/// <summary>All SQL of OIDC sessions.</summary>
internal sealed class SessionStore(IDatabase database)
{
    private const string Select = "SELECT oidc_sessions.uuid, identities.identifier, identities.name, oidc_sessions.id_token, oidc_sessions.access_token, oidc_sessions.refresh_token, oidc_sessions.ip, oidc_sessions.user_agent, oidc_sessions.expiry_date FROM oidc_sessions JOIN identities ON identities.id = oidc_sessions.identity_id";

    public Task<List<SessionRecord>> ListAsync(CancellationToken ct) => database.ReadAsync(tx => tx.QueryAsync(Select + " ORDER BY oidc_sessions.id", Map), ct);

    public Task<SessionRecord?> FindAsync(Guid id, CancellationToken ct) => database.ReadAsync(tx => tx.FirstAsync(Select + " WHERE oidc_sessions.uuid = ?", Map, id.ToString()), ct);

    public Task AddAsync(long identity, SessionRecord session, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("INSERT INTO oidc_sessions (uuid, identity_id, id_token, access_token, refresh_token, ip, user_agent, expiry_date) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            session.Id.ToString(), identity, session.Tokens.IdToken, session.Tokens.AccessToken, session.Tokens.RefreshToken, session.Ip, session.UserAgent, session.Expires).ConfigureAwait(false), ct);

    public Task DeleteAsync(Guid id, CancellationToken ct) => database.WriteAsync(async tx => await tx.ExecAsync("DELETE FROM oidc_sessions WHERE uuid = ?", id.ToString()).ConfigureAwait(false), ct);

    public Task PruneAsync(CancellationToken ct) => database.WriteAsync(async tx =>
    {
        foreach (var (id, ends) in await tx.QueryAsync("SELECT id, expiry_date FROM oidc_sessions", r => (r.Long(0), r.Time(1))).ConfigureAwait(false))
        {
            if (ends < DateTime.UtcNow)
            {
                await tx.ExecAsync("DELETE FROM oidc_sessions WHERE id = ?", id).ConfigureAwait(false);
            }
        }
    }, ct);

    private static SessionRecord Map(IRow r) => new(Guid.Parse(r.Text(0)), r.Text(1), r.Text(2), new OidcTokens(r.Text(3), r.Text(4), r.Text(5)), r.Text(6), r.Text(7), r.Time(8));
}
