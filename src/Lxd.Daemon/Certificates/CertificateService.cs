using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Certificates;

/// <summary>Clients that are trusted by their certificate alone: added by an administrator, by the holder of a token, or by one who knows the trust password.</summary>
internal sealed class CertificateService(IdentityStore store, IdentityCache cache, ServerConfig config, TrustTokens tokens, Pki pki, OperationService operations, EventHub events, SecurityEvents security)
{
    private const string TokenWords = "Certificate add token";

    public IEnumerable<IdentityRecord> List(Request request) => cache.All.Where(i => i.Type.IsCertificate && request.May(i.Entity, "can_view"));

    /// <summary>By fingerprint or an unambiguous beginning of it.</summary>
    public IdentityRecord Find(string fingerprint)
    {
        var found = cache.All.Where(i => i.Type.IsCertificate && i.Identifier.StartsWith(fingerprint, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 when fingerprint.Length > 0 => found[0],
            > 1 => throw ApiException.BadRequest("Partial fingerprint matches multiple certificates"),
            _ => throw ApiException.NotFound("Certificate not found"),
        };
    }

    public static Certificate Render(IdentityRecord identity) => new()
    {
        CertificateValue = identity.Pem,
        Fingerprint = identity.Identifier,
        Name = identity.Name,
        Projects = [.. identity.Projects],
        Restricted = identity.Type.IsRestricted,
        Type = identity.Type.CertificateType,
    };

    public static CertificatePut Editable(IdentityRecord identity) => new() { Certificate = identity.Pem, Name = identity.Name, Projects = [.. identity.Projects], Restricted = identity.Type.IsRestricted, Type = identity.Type.CertificateType };

    /// <summary>Trusts a certificate: that of the body, or for a client the one of its connection.</summary>
    public async Task<IdentityRecord> AddAsync(Request request, CertificatesPost post, CancellationToken ct)
    {
        var caller = request.Caller;
        var token = caller.May(Entity.Server, "can_create_identities") ? null : Open(post);
        if (token is not null)
        {
            var wanted = Json.Parse<CertificatesPost>(token.Render().Metadata!["request"]);
            post = post with { Restricted = wanted.Restricted, Projects = wanted.Projects, Name = wanted.Name, Type = wanted.Type };
        }
        else if (!caller.May(Entity.Server, "can_create_identities"))
        {
            post = ByPassword(post, caller);
        }

        Check(post.Type, post.Name, post.Restricted, post.Projects);
        using var certificate = ReadCertificate(post.Certificate, caller, request.Context.Connection.ClientCertificate);
        CertificateFiles.CheckDates(certificate);
        pki.Check(certificate);
        // Of two that come with one token, one is the first.
        if (token is not null && !token.TryTake())
        {
            throw ApiException.Forbidden();
        }

        try
        {
            var identity = await AddAsync(request, post, certificate, ct).ConfigureAwait(false);
            token?.Abort();
            return identity;
        }
        catch
        {
            // Only a token that did not serve may serve again: one who looked it up meanwhile must not find it free.
            token?.Release();
            throw;
        }
    }

    private async Task<IdentityRecord> AddAsync(Request request, CertificatesPost post, X509Certificate2 certificate, CancellationToken ct)
    {
        var fingerprint = CertificateFiles.Fingerprint(certificate);
        var name = post.Name.Length > 0 ? post.Name : certificate.GetNameInfo(X509NameType.SimpleName, false) is { Length: > 0 } cn ? cn : request.Caller.Address.Split(':')[0];
        var identity = new IdentityRecord(0, IdentityType.OfCertificate(post.Type, post.Restricted), fingerprint, name) { Pem = CertificateFiles.Pem(certificate), Projects = post.Projects };
        await store.AddAsync(identity, "Certificate already in trust store", ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        Tell(request, "created", fingerprint);
        return identity;
    }

    /// <summary>An operation that stands for the permission to add one certificate; its metadata is the token.</summary>
    public RunningOperation CreateToken(CertificatesPost post, Caller caller)
    {
        Check(post.Type, post.Name, post.Restricted, post.Projects);
        var token = tokens.Create(post.Name, post.Type);
        var metadata = new JsonObject
        {
            ["secret"] = token.Secret,
            ["fingerprint"] = token.Fingerprint,
            ["addresses"] = new JsonArray([.. token.Addresses.Select(a => JsonValue.Create(a))]),
            ["request"] = Json.Node(post),
        };
        if (token.ExpiresAt != default)
        {
            metadata["expiresAt"] = GoTime.Format(token.ExpiresAt);
        }

        return operations.Start(new OperationSpec(TokenWords, "", (_, ct) => Task.Delay(Timeout.InfiniteTimeSpan, ct))
        {
            Class = "token",
            Metadata = metadata,
            MayCancel = true,
            Requestor = caller.Requestor(),
        });
    }

    /// <summary>Ends the tokens whose time is over.</summary>
    public Task PruneAsync(CancellationToken ct)
    {
        foreach (var token in Tokens().Where(IsOver))
        {
            token.Abort();
        }

        return Task.CompletedTask;
    }

    /// <param name="own">Whether the caller may change nothing but the certificate itself.</param>
    public async Task UpdateAsync(Request request, IdentityRecord identity, CertificatePut put, bool own, CancellationToken ct)
    {
        var editable = Editable(identity);
        using var certificate = put.Certificate.Length > 0 && put.Certificate.Trim() != identity.Pem.Trim() ? CertificateFiles.Read(put.Certificate) : null;
        if (own && (put.Restricted != editable.Restricted || put.Name != editable.Name || put.Type != editable.Type || !put.Projects.ToHashSet().SetEquals(editable.Projects)))
        {
            throw ApiException.Forbidden();
        }

        var type = put.Type.Length > 0 ? put.Type : editable.Type;
        if (type != editable.Type && type is not ("client" or "metrics"))
        {
            throw ApiException.BadRequest($"Unknown request type \"{type}\"");
        }

        var name = put.Name.Length > 0 ? put.Name : identity.Name;
        Check("", name, put.Restricted, put.Projects);
        var changed = identity with { Type = IdentityType.OfCertificate(type, put.Restricted), Name = name, Projects = put.Projects };
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

        Tell(request, "updated", changed.Identifier);
    }

    public async Task DeleteAsync(Request request, IdentityRecord identity, CancellationToken ct)
    {
        await store.DeleteAsync(identity, ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        Tell(request, "deleted", identity.Identifier);
    }

    /// <summary>The operation of the token that came in one of the two members; null for none. One that is over ends here.</summary>
    private RunningOperation? Open(CertificatesPost post)
    {
        foreach (var offered in (string[])[post.TrustToken, post.Password])
        {
            if (TrustTokens.Decode(offered) is not { } decoded)
            {
                if (offered == post.TrustToken && offered.Length > 0)
                {
                    throw ApiException.Forbidden();
                }

                continue;
            }

            if (decoded.Type == IdentityType.Tls.Name)
            {
                throw ApiException.BadRequest("Failed during search for certificate add token operation: TLS Identity token detected (you must update your client)");
            }

            if (Tokens().FirstOrDefault(o => o.HasSecret(decoded.Secret)) is { } operation)
            {
                if (!IsOver(operation))
                {
                    return operation;
                }

                operation.Abort();
                throw ApiException.Forbidden("Token has expired");
            }
        }

        return null;
    }

    private CertificatesPost ByPassword(CertificatesPost post, Caller caller)
    {
        var kept = config.Get(ServerConfig.TrustPassword);
        return !caller.Trusted && post.Password.Length > 0 && kept.Length > 0 && Scrypt.Matches(kept, post.Password)
            ? post with { Restricted = false, Projects = [], Type = "client" }
            : throw ApiException.Forbidden();
    }

    private IEnumerable<RunningOperation> Tokens() => operations.All.Where(o => o.Class == "token" && o.Description == TokenWords && !o.IsFinal);

    private static bool IsOver(RunningOperation token) => (string?)token.Render().Metadata?["expiresAt"] is { } text && GoTime.Parse(text) < DateTime.UtcNow;

    private static X509Certificate2 ReadCertificate(string text, Caller caller, X509Certificate2? connection)
    {
        if (text.Length > 0)
        {
            return CertificateFiles.Read(text);
        }

        return connection is not null
            ? X509CertificateLoader.LoadCertificate(connection.RawData)
            : throw ApiException.BadRequest(caller.Trusted ? "Can't use TLS data on non-TLS link" : "No client certificate provided");
    }

    private static void Check(string type, string name, bool restricted, List<string> projects)
    {
        if (type is not ("" or "client" or "metrics"))
        {
            throw ApiException.BadRequest($"Unknown request type \"{type}\"");
        }

        CertificateFiles.CheckName(name);
        if (!restricted && projects.Count > 0)
        {
            throw ApiException.BadRequest("Projects can only be set on restricted certificates");
        }
    }

    private void Tell(Request request, string what, string fingerprint)
    {
        events.Lifecycle("certificate-" + what, "", $"/1.0/certificates/{fingerprint}", request.Requestor, name: fingerprint);
        security.User(request, what, "tls", fingerprint);
    }
}
