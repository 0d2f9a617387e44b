using System.Security.Cryptography;
using System.Text;
using Lxd.Core;
using Lxd.Daemon.Server;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Identities.Oidc;

/// <summary>What the server signs sessions with: a secret that all members share and that is replaced before <c>core.auth_secret_expiry</c> is over.</summary>
internal sealed class CoreSecrets(IDatabase database, ServerConfig config)
{
    private const int EntityServer = 21;
    private const int TypeCoreAuth = 1;
    private const int Size = 64;

    /// <summary>The secrets that are still good, the newest first; one is made where the newest is past half its time.</summary>
    public async Task<IReadOnlyList<(byte[] Key, DateTime Ends)>> ReadAsync(CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        var all = Good(await database.ReadAsync(tx => tx.QueryAsync("SELECT value, creation_date FROM secrets WHERE entity_type = ? AND type = ? ORDER BY id DESC", r => (r.Text(0), r.Time(1)), EntityServer, TypeCoreAuth), ct).ConfigureAwait(false), now);
        if (all.Count > 0 && all[0].Ends - now > (all[0].Ends - all[0].Made) / 2)
        {
            return [.. all.Select(s => (s.Key, s.Ends))];
        }

        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size));
        await database.WriteAsync(async tx =>
        {
            await tx.ExecAsync("INSERT INTO secrets (entity_type, entity_id, type, value, creation_date) VALUES (?, 0, ?, ?, ?)", EntityServer, TypeCoreAuth, secret, GoTime.Format(now)).ConfigureAwait(false);
            foreach (var (value, made) in await tx.QueryAsync("SELECT value, creation_date FROM secrets WHERE entity_type = ? AND type = ?", r => (r.Text(0), r.Time(1)), EntityServer, TypeCoreAuth).ConfigureAwait(false))
            {
                if (End(made) <= now)
                {
                    await tx.ExecAsync("DELETE FROM secrets WHERE entity_type = ? AND type = ? AND value = ?", EntityServer, TypeCoreAuth, value).ConfigureAwait(false);
                }
            }
        }, ct).ConfigureAwait(false);
        return [(Derive(secret), End(now)), .. all.Select(s => (s.Key, s.Ends))];
    }

    private List<(byte[] Key, DateTime Made, DateTime Ends)> Good(List<(string Value, DateTime Made)> rows, DateTime now) =>
        [.. rows.Select(r => (Derive(r.Value), r.Made, Ends: End(r.Made))).Where(r => r.Ends > now)];

    /// <summary>Throws where the secret would end before a login that it signs.</summary>
    /// <param name="setting">The value of a key, as it is to be.</param>
    public static void Check(Func<string, string> setting)
    {
        var now = DateTime.UtcNow;
        if (Expiry.After(setting("core.auth_secret_expiry"), now) < Expiry.After(setting("oidc.session.expiry"), now))
        {
            throw ApiException.BadRequest("core.auth_secret_expiry must not be shorter than oidc.session.expiry");
        }
    }

    private DateTime End(DateTime made) => Expiry.After(config.Get("core.auth_secret_expiry"), made) ?? made;

    private static byte[] Derive(string secret) => HKDF.DeriveKey(HashAlgorithmName.SHA512, Convert.FromBase64String(secret), Size, info: Encoding.ASCII.GetBytes("oidc session"));
}
