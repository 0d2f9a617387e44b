using System.Security.Cryptography.X509Certificates;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Identities;

/// <summary>Whom the daemon trusts: servers and clients by certificate, clients of the authority where that is wished for, bearers of tokens, and whom the identity provider vouches for.</summary>
internal sealed class TrustStore(IdentityCache cache, BearerTokens bearers, Pki pki, ServerConfig config, SecurityEvents security) : ITrustStore
{
    public const string SessionCookie = "token_bearer_session";

    /// <summary>Who an identity provider says it is; null where the request is not for it to say. Set where OIDC is there.</summary>
    public Func<Request, string, CancellationToken, ValueTask<Caller?>> Oidc { get; set; } = (_, _, _) => ValueTask.FromResult<Caller?>(null);

    public async ValueTask<Caller?> ByCertificateAsync(X509Certificate2 certificate, string fingerprint, string address, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        var expires = certificate.NotAfter.ToUniversalTime();
        if (expires < now || certificate.NotBefore.ToUniversalTime() > now)
        {
            return null;
        }

        var identity = cache.ByFingerprint(fingerprint);
        if (identity?.Type == IdentityType.ServerCertificate)
        {
            // Members of one cluster know each other, whatever an authority says.
            return new Caller("cluster", fingerprint, address) { Trusted = true, ExpiresAt = expires };
        }

        if (pki.IsOn && !pki.Accepts(certificate))
        {
            return null;
        }

        if (identity is null)
        {
            return pki.IsOn && config.IsTrue("core.trust_ca_certificates") ? new Caller("pki", fingerprint, address) { Trusted = true, ExpiresAt = expires } : null;
        }

        return new Caller("tls", fingerprint, address)
        {
            Trusted = true,
            ExpiresAt = expires,
            MetricsOnly = identity.Type.IsMetrics,
            Projects = identity.Type.IsRestricted ? identity.Projects.ToHashSet() : null,
            Rights = identity.Type.IsFineGrained ? await cache.RightsAsync(identity, [], ct).ConfigureAwait(false) : null,
        };
    }

    public async ValueTask<Caller?> ByTokenAsync(Request request, string address, CancellationToken ct)
    {
        var header = request.Header("Authorization");
        var text = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : request.Context.Request.Cookies[SessionCookie] ?? "";
        if (text.Length > 0 && Jwt.Read(text) is { } token && bearers.IsOurs(token))
        {
            return await BearerAsync(request, token, address, ct).ConfigureAwait(false);
        }

        return await Oidc(request, address, ct).ConfigureAwait(false);
    }

    private async ValueTask<Caller> BearerAsync(Request request, Jwt token, string address, CancellationToken ct)
    {
        if (bearers.Verify(token) is not var (identity, expires) || identity.Type == IdentityType.DevLxdBearer)
        {
            security.BadToken(request, new Caller("bearer", token.Subject, address));
            throw ApiException.Forbidden();
        }

        return new Caller("bearer", identity.Identifier, address)
        {
            Trusted = true,
            ExpiresAt = expires,
            Rights = identity.Type.IsFineGrained ? await cache.RightsAsync(identity, [], ct).ConfigureAwait(false) : null,
        };
    }
}
