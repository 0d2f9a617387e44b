using System.Security.Cryptography.X509Certificates;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary>The known identities in memory, so that a request costs no query; reloaded after every change.</summary>
internal sealed class IdentityCache(IdentityStore store) : ITrustStore
{
    private volatile IReadOnlyDictionary<string, TlsIdentity> _byFingerprint = new Dictionary<string, TlsIdentity>();

    public IReadOnlyCollection<TlsIdentity> All => [.. _byFingerprint.Values];

    public async Task ReloadAsync(CancellationToken ct) => _byFingerprint = (await store.ListAsync(ct).ConfigureAwait(false)).ToDictionary(i => i.Fingerprint);

    public Caller? Find(X509Certificate2 certificate, string address)
    {
        var fingerprint = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        if (!_byFingerprint.TryGetValue(fingerprint, out var identity) || certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow || certificate.NotBefore.ToUniversalTime() > DateTime.UtcNow)
        {
            return null;
        }

        return new Caller("tls", fingerprint, address)
        {
            Trusted = true,
            MetricsOnly = identity.TypeName == "metrics",
            Projects = identity.Restricted ? identity.Projects.ToHashSet() : null,
        };
    }
}
