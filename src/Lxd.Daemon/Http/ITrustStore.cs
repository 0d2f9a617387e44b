using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Http;

/// <summary>Whom the daemon trusts over TLS.</summary>
internal interface ITrustStore
{
    /// <summary>The caller behind a client certificate, or null where it is not trusted.</summary>
    Caller? Find(X509Certificate2 certificate, string address);
}
