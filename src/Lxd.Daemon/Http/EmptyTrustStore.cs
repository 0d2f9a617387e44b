using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Http;

/// <summary>Trusts nobody.</summary>
internal sealed class EmptyTrustStore : ITrustStore
{
    public Caller? Find(X509Certificate2 certificate, string address) => null;
}
