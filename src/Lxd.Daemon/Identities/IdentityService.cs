using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>Who is known to the server: made, changed and forgotten here, told to the listeners.</summary>
internal sealed class IdentityService(IdentityStore store, IdentityCache cache, TrustTokens tokens, Pki pki, EventHub events, SecurityEvents security)
{
    /// <summary>By identifier, or by a name that only one has of those that the caller may view.</summary>
    public IdentityRecord Find(Request request, int method, string nameOrIdentifier)
    {
        if (cache.ByIdentifier(method, nameOrIdentifier) is { } exact)
        {
            return exact;
        }

        var named = cache.All.Where(i => i.Type.AuthMethod == method && i.Name == nameOrIdentifier && request.May(i.Entity, "can_view")).ToList();
        return named.Count switch
        {
            1 => named[0],
            0 => throw ApiException.NotFound(),
            _ => throw ApiException.BadRequest($"More than one {IdentityType.Method(method)} identity is named \"{nameOrIdentifier}\": Use the identifier"),
        };
    }

    /// <summary>A TLS client that may come with the token at once.</summary>
    public async Task<CertificateAddToken> CreatePendingAsync(Request request, IdentitiesTLSPost post, CancellationToken ct)
    {
        CheckName(post.Name);
        var token = tokens.Create(post.Name, IdentityType.Tls.Name);
        var metadata = new JsonObject { ["secret"] = token.Secret, ["expires_at"] = GoTime.Format(token.ExpiresAt) };
        await AddAsync(request, new IdentityRecord(0, IdentityType.TlsPending, Guid.NewGuid().ToString(), post.Name) { Metadata = metadata.ToJsonString(), Groups = post.Groups }, ct).ConfigureAwait(false);
        return token;
    }

    public async Task<IdentityRecord> CreateTlsAsync(Request request, IdentitiesTLSPost post, X509Certificate2 certificate, CancellationToken ct)
    {
        CheckName(post.Name);
        pki.Check(certificate);
        var identity = new IdentityRecord(0, IdentityType.Tls, CertificateFiles.Fingerprint(certificate), post.Name) { Pem = CertificateFiles.Pem(certificate), Groups = post.Groups };
        await AddAsync(request, identity, ct).ConfigureAwait(false);
        return identity;
    }

    public async Task<IdentityRecord> CreateBearerAsync(Request request, string name, IdentityType type, IReadOnlyList<string> groups, CancellationToken ct)
    {
        CheckName(name);
        var identity = new IdentityRecord(0, type, Guid.NewGuid().ToString(), name) { Groups = groups };
        await AddAsync(request, identity, ct).ConfigureAwait(false);
        return cache.ByIdentifier(IdentityType.BearerMethod, identity.Identifier) ?? throw ApiException.NotFound();
    }

    /// <summary>A stranger comes with a token and becomes whom the token is for. The token serves once; one that has ended takes its identity with it.</summary>
    public async Task<IdentityRecord> ActivateAsync(Request request, string token, X509Certificate2 certificate, CancellationToken ct)
    {
        var secret = TrustTokens.Decode(token)?.Secret ?? "";
        var pending = cache.All.FirstOrDefault(i => i.Type == IdentityType.TlsPending && TrustTokens.Same(i.Fact("secret") ?? "", secret)) ?? throw ApiException.Forbidden();
        if (IsOver(pending))
        {
            await store.DeleteAsync(pending, ct).ConfigureAwait(false);
            await cache.ReloadAsync(ct).ConfigureAwait(false);
            Tell(request, "deleted", pending);
            throw ApiException.Forbidden("Token has expired");
        }

        CertificateFiles.CheckDates(certificate);
        pki.Check(certificate);
        var active = pending with { Type = IdentityType.Tls, Identifier = CertificateFiles.Fingerprint(certificate), Pem = CertificateFiles.Pem(certificate) };
        if (!await store.ActivateAsync(pending, active, ct).ConfigureAwait(false))
        {
            throw ApiException.Forbidden();
        }

        await cache.ReloadAsync(ct).ConfigureAwait(false);
        Tell(request, "updated", active);
        return active;
    }

    /// <summary>Forgets pending identities whose token has ended.</summary>
    public async Task PruneAsync(CancellationToken ct)
    {
        foreach (var pending in cache.All.Where(i => i.Type.IsPending && IsOver(i)))
        {
            await store.DeleteAsync(pending, ct).ConfigureAwait(false);
            await cache.ReloadAsync(ct).ConfigureAwait(false);
            events.Lifecycle("identity-deleted", "", pending.Url, null, name: pending.Identifier);
            security.User(null, "deleted", pending.Type.MethodName, pending.Identifier);
        }
    }

    /// <param name="certificate">Its new certificate, null to keep the old one.</param>
    public async Task<IdentityRecord> UpdateAsync(Request request, IdentityRecord identity, IReadOnlyList<string> groups, X509Certificate2? certificate, CancellationToken ct)
    {
        var changed = identity with { Groups = groups };
        if (certificate is not null)
        {
            pki.Check(certificate);
            changed = changed with { Identifier = CertificateFiles.Fingerprint(certificate), Pem = CertificateFiles.Pem(certificate) };
        }

        await store.UpdateAsync(changed, ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        if (changed.Identifier != identity.Identifier)
        {
            security.CertificateReplaced(request, identity.Identifier);
        }

        Tell(request, "updated", changed);
        return changed;
    }

    public async Task DeleteAsync(Request request, IdentityRecord identity, CancellationToken ct)
    {
        await store.DeleteAsync(identity, ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        Tell(request, "deleted", identity);
    }

    public static Identity Render(Request request, IdentityRecord identity) => new()
    {
        AuthenticationMethod = identity.Type.MethodName,
        Type = identity.Type.Name,
        Id = identity.Identifier,
        Name = identity.Name,
        Groups = [.. identity.Groups.Where(g => request.May(Entity.Of(EntityKind.Group, "", g), "can_view"))],
        TlsCertificate = identity.Pem,
        ExpiresAt = identity.Type.IsPending ? null : identity.ExpiresAt,
    };

    private static bool IsOver(IdentityRecord pending) => pending.Fact("expires_at") is { } text && GoTime.Parse(text) is var end && end != default && end < DateTime.UtcNow;

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("Identity name must be provided");
        }

        if (name.Any(char.IsControl) || name.Contains('/'))
        {
            throw ApiException.BadRequest($"Invalid identity name \"{name}\"");
        }
    }

    private async Task AddAsync(Request request, IdentityRecord identity, CancellationToken ct)
    {
        if (cache.All.Any(i => i.Type.AuthMethod == identity.Type.AuthMethod && i.Name == identity.Name))
        {
            throw ApiException.Conflict($"An identity with name \"{identity.Name}\" already exists");
        }

        await store.AddAsync(identity, "Identity already exists", ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        Tell(request, "created", identity);
    }

    private void Tell(Request request, string what, IdentityRecord identity)
    {
        events.Lifecycle("identity-" + what, "", identity.Url, request.Requestor, name: identity.Identifier);
        security.User(request, what, identity.Type.MethodName, identity.Identifier);
        security.Administered(request, "identity_" + (what == "created" ? "create" : what == "updated" ? "edit" : "delete"), $"{identity.Type.MethodName}/{identity.Identifier}");
    }
}
