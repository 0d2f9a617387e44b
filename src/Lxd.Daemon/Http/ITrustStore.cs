using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Http;

/// <summary>Whom the daemon trusts over TLS.</summary>
internal interface ITrustStore
{
    /// <summary>The caller behind a client certificate, or null where it is not trusted.</summary>
    ValueTask<Caller?> ByCertificateAsync(X509Certificate2 certificate, string fingerprint, string address, CancellationToken ct);

    /// <summary>The caller behind a token or a session's cookie, null where the request has none. Throws forbidden for one that is not good.</summary>
    ValueTask<Caller?> ByTokenAsync(Request request, string address, CancellationToken ct);
}
