using System.Security.Cryptography;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Identities;

/// <summary>Tokens of bearer identities: signed with a key of the identity's own, so that a new one or a revocation ends all before.</summary>
internal sealed class BearerTokens(IdentityStore store, IdentityCache cache, ServerConfig config, EventHub events, SecurityEvents security)
{
    private const int KeySize = 64;

    private string Issuer => "lxd:" + config.Get("volatile.uuid");

    /// <param name="expiry">When it ends, as a span; empty: in ten years.</param>
    public async Task<(string Token, DateTime Expires)> IssueAsync(Request request, IdentityRecord identity, string expiry, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        now = new DateTime(now.Ticks - now.Ticks % TimeSpan.TicksPerSecond, DateTimeKind.Utc);
        var expires = Expiry.After(expiry.Length > 0 ? expiry : "10y", now) ?? now;
        if (expires <= now)
        {
            throw ApiException.BadRequest("The token's expiry is not in the future");
        }

        var key = RandomNumberGenerator.GetBytes(KeySize);
        await store.SetSigningKeyAsync(identity, Convert.ToBase64String(key), expires, ct).ConfigureAwait(false);
        await ChangedAsync(request, identity, ct).ConfigureAwait(false);
        security.TokenIssued(request, identity.Identifier);
        return (Jwt.Sign(Issuer, identity.Identifier, Audience(identity.Type), now, expires, key), expires);
    }

    public async Task RevokeAsync(Request request, IdentityRecord identity, CancellationToken ct)
    {
        await store.SetSigningKeyAsync(identity, null, null, ct).ConfigureAwait(false);
        await ChangedAsync(request, identity, ct).ConfigureAwait(false);
        security.TokenRevoked(request, identity.Identifier);
    }

    /// <summary>Whether a token claims to be one of this server's.</summary>
    public bool IsOurs(Jwt token) => token.Issuer == Issuer;

    /// <summary>Who a token of this server's stands for, and until when; null where it is forged, over, revoked or for something else.</summary>
    public (IdentityRecord Identity, DateTime Expires)? Verify(Jwt token)
    {
        if (cache.ByIdentifier(IdentityType.BearerMethod, token.Subject) is not { SigningKey.Length: > 0 } identity
            || !token.IsSignedWith(Convert.FromBase64String(identity.SigningKey))
            || !token.Audience.Contains(Audience(identity.Type)))
        {
            return null;
        }

        var now = DateTime.UtcNow;
        return token.NotBefore <= now.AddSeconds(1) && token.Expires > now ? (identity, token.Expires) : null;
    }

    /// <summary>Who speaks from inside an instance: nobody known with a token that is for the main API. Throws what is wrong with one that is no good.</summary>
    public IdentityRecord? VerifyGuest(string text)
    {
        if (Jwt.Read(text) is not { } token || !IsOurs(token))
        {
            throw Refused("Failed authenticating bearer token: Token is malformed");
        }

        if (cache.ByIdentifier(IdentityType.BearerMethod, token.Subject) is not { SigningKey.Length: > 0 } identity)
        {
            throw Refused("Unrecognized token subject: No secret found for bearer token identity");
        }

        if (!token.IsSignedWith(Convert.FromBase64String(identity.SigningKey)))
        {
            throw Refused("Failed authenticating bearer token: Token is not valid: token signature is invalid: signature is invalid");
        }

        if (token.Expires <= DateTime.UtcNow)
        {
            throw Refused("Failed authenticating bearer token: Token is not valid: token has invalid claims: token is expired");
        }

        return identity.Type == IdentityType.DevLxdBearer && token.Audience.Contains(Audience(identity.Type)) ? identity : null;
    }

    private static ApiException Refused(string why) => ApiException.Forbidden("Failed verifying bearer token: " + why);

    private string Audience(IdentityType type) => (type == IdentityType.DevLxdBearer ? "devlxd:" : "lxd:") + config.Get("volatile.uuid");

    private async Task ChangedAsync(Request request, IdentityRecord identity, CancellationToken ct)
    {
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        events.Lifecycle("identity-updated", "", identity.Url, request.Requestor, name: identity.Identifier);
    }
}
