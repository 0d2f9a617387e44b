using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Certificates;

/// <summary>Who is trusted: certificates added by an administrator, by the holder of a token, or by one who knows the trust password.</summary>
internal sealed class CertificateService(IdentityStore store, IdentityCache cache, ServerConfig config, HttpsListener https, OperationService operations, EventHub events)
{
    public IEnumerable<Certificate> List(Caller caller) => cache.All.Where(i => caller.IsAdmin || i.Fingerprint == caller.Username).Select(Render);

    /// <summary>By fingerprint or an unambiguous beginning of it.</summary>
    public TlsIdentity Find(string fingerprint)
    {
        var found = cache.All.Where(i => i.Fingerprint.StartsWith(fingerprint, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count switch
        {
            1 when fingerprint.Length > 0 => found[0],
            > 1 => throw ApiException.BadRequest("Partial fingerprint matches multiple certificates"),
            _ => throw ApiException.NotFound("Certificate not found"),
        };
    }

    public static Certificate Render(TlsIdentity identity) => new()
    {
        CertificateValue = identity.Pem,
        Fingerprint = identity.Fingerprint,
        Name = identity.Name,
        Projects = [.. identity.Projects],
        Restricted = identity.Restricted,
        Type = identity.TypeName,
    };

    public static CertificatePut Editable(TlsIdentity identity) => new() { Certificate = identity.Pem, Name = identity.Name, Projects = [.. identity.Projects], Restricted = identity.Restricted, Type = identity.TypeName };

    /// <summary>Trusts a certificate: that of the body, or for a client the one of its connection.</summary>
    public async Task<TlsIdentity> AddAsync(CertificatesPost post, Caller caller, X509Certificate2? connection, CancellationToken ct)
    {
        if (!caller.IsAdmin)
        {
            post = Redeem(post, caller);
        }

        CheckType(post.Type);
        var certificate = ReadCertificate(post.Certificate, caller, connection);
        using (certificate)
        {
            CheckDates(certificate);
            var fingerprint = Fingerprint(certificate);
            var name = post.Name.Length > 0 ? post.Name : certificate.GetNameInfo(X509NameType.SimpleName, false) is { Length: > 0 } cn ? cn : caller.Address.Split(':')[0];
            if (!post.Restricted && post.Projects.Count > 0)
            {
                throw ApiException.BadRequest("Projects can only be set on restricted certificates");
            }

            var identity = new TlsIdentity(TlsIdentity.TypeCode(post.Type, post.Restricted), name, fingerprint, certificate.ExportCertificatePem() + "\n", post.Projects);
            await store.AddAsync(identity, ct).ConfigureAwait(false);
            await cache.ReloadAsync(ct).ConfigureAwait(false);
            events.Lifecycle("certificate-created", "default", $"/1.0/certificates/{fingerprint}", caller.Requestor(), name: fingerprint);
            return identity;
        }
    }

    /// <summary>An operation that stands for the permission to add one certificate; its metadata is the token.</summary>
    public RunningOperation CreateToken(CertificatesPost post, Caller caller)
    {
        CheckType(post.Type);
        if (https.Address.Length == 0)
        {
            throw ApiException.BadRequest("Can't issue token when server isn't listening on network");
        }

        var expiry = Expiry.After(config.Get("core.remote_token_expiry"), DateTime.UtcNow);
        var metadata = new JsonObject
        {
            ["secret"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ["fingerprint"] = Fingerprint(https.Certificate),
            ["addresses"] = new JsonArray([.. Addresses.Of(https.Address).Select(a => JsonValue.Create(a))]),
            ["request"] = Json.Node(post),
        };
        if (expiry is { } at)
        {
            metadata["expiresAt"] = GoTime.Format(at);
        }

        return operations.Start(new OperationSpec("Executing operation", "default", (_, ct) => Task.Delay(expiry is { } end ? end - DateTime.UtcNow : Timeout.InfiniteTimeSpan, ct))
        {
            Class = "token",
            Metadata = metadata,
            MayCancel = true,
            Requestor = caller.Requestor(),
        });
    }

    public async Task UpdateAsync(TlsIdentity identity, CertificatePut put, Caller caller, CancellationToken ct)
    {
        var pem = identity.Pem;
        var fingerprint = identity.Fingerprint;
        if (put.Certificate.Length > 0 && put.Certificate.Trim() != identity.Pem.Trim())
        {
            using var certificate = ParsePem(put.Certificate);
            CheckDates(certificate);
            fingerprint = Fingerprint(certificate);
            pem = certificate.ExportCertificatePem() + "\n";
        }

        if (!caller.IsAdmin && (caller.Username != identity.Fingerprint || put.Restricted != identity.Restricted || put.Name != identity.Name || !put.Projects.ToHashSet().SetEquals(identity.Projects)))
        {
            throw ApiException.Forbidden();
        }

        CheckType(put.Type);
        var type = put.Type.Length > 0 ? put.Type : identity.TypeName;
        var name = put.Name.Length > 0 ? put.Name : identity.Name;
        await store.UpdateAsync(identity.Fingerprint, new TlsIdentity(TlsIdentity.TypeCode(type, put.Restricted), name, fingerprint, pem, put.Projects), ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        events.Lifecycle("certificate-updated", "default", $"/1.0/certificates/{fingerprint}", caller.Requestor(), name: fingerprint);
    }

    public async Task DeleteAsync(TlsIdentity identity, Caller caller, CancellationToken ct)
    {
        if (!caller.IsAdmin && caller.Username != identity.Fingerprint)
        {
            throw ApiException.Forbidden();
        }

        await store.DeleteAsync(identity.Fingerprint, ct).ConfigureAwait(false);
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        events.Lifecycle("certificate-deleted", "default", $"/1.0/certificates/{identity.Fingerprint}", caller.Requestor(), name: identity.Fingerprint);
    }

    public static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <summary>What an unknown client may add: as its token's maker said, or an unrestricted client for the trust password. A token serves once.</summary>
    private CertificatesPost Redeem(CertificatesPost post, Caller caller)
    {
        foreach (var offered in (string[])[post.TrustToken, post.Password])
        {
            if (DecodeToken(offered) is { } secret && operations.All.FirstOrDefault(o => o.Class == "token" && !o.IsFinal && o.HasSecret(secret)) is { } operation)
            {
                var request = Json.Parse<CertificatesPost>(operation.Render().Metadata!["request"]);
                operation.Cancel();
                return post with { Restricted = request.Restricted, Projects = request.Projects, Name = request.Name, Type = request.Type };
            }
        }

        var kept = config.Get(ServerConfig.TrustPassword);
        if (caller.Protocol == "" && post.Password.Length > 0 && kept.Length > 0 && Scrypt.Matches(kept, post.Password))
        {
            return post with { Restricted = false, Projects = [], Type = "client" };
        }

        throw ApiException.Forbidden();
    }

    private static string? DecodeToken(string text)
    {
        try
        {
            return text.Length == 0 ? null : Json.Parse<CertificateAddToken>(Encoding.UTF8.GetString(Convert.FromBase64String(text))).Secret;
        }
        catch (Exception e) when (e is FormatException or ApiException)
        {
            return null;
        }
    }

    private static X509Certificate2 ReadCertificate(string text, Caller caller, X509Certificate2? connection)
    {
        if (caller.IsAdmin && text.Length > 0)
        {
            return ParsePem(text);
        }

        if (connection is not null)
        {
            return X509CertificateLoader.LoadCertificate(connection.RawData);
        }

        throw ApiException.BadRequest(caller.IsAdmin ? "Can't use TLS data on non-TLS link" : "No client certificate provided");
    }

    /// <summary>PEM, or the base64 of its inside as older clients send it.</summary>
    private static X509Certificate2 ParsePem(string text)
    {
        try
        {
            return text.Contains("-----BEGIN", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(text) : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw ApiException.BadRequest("Invalid certificate material: " + e.Message, e);
        }
    }

    private static void CheckDates(X509Certificate2 certificate)
    {
        if (certificate.NotBefore.ToUniversalTime() > DateTime.UtcNow)
        {
            throw ApiException.BadRequest("The provided certificate isn't valid yet");
        }

        if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow)
        {
            throw ApiException.BadRequest("The provided certificate is expired");
        }
    }

    private static void CheckType(string type)
    {
        if (type is not ("" or "client" or "metrics"))
        {
            throw ApiException.BadRequest($"Unknown request type \"{type}\"");
        }
    }
}
