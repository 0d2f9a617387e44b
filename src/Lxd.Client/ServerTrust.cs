using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxd.Client;

/// <summary>Which servers are the ones meant.</summary>
public static class ServerTrust
{
    /// <summary>How chains are built for <see cref="Of"/>: without asking anybody on the network for certificates that are missing.</summary>
    public static X509ChainPolicy Policy => new() { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };

    /// <summary>A check that takes these certificates, and those of the server's name that one of them signed.</summary>
    /// <param name="andSystem">Whether what the system's authorities signed is good too.</param>
    public static RemoteCertificateValidationCallback Of(IReadOnlyList<X509Certificate2> pinned, bool andSystem = false)
    {
        var hashes = pinned.Select(p => p.GetCertHashString(HashAlgorithmName.SHA256)).ToHashSet();
        return (_, shown, chain, errors) =>
        {
            if (shown is null || hashes.Contains(shown.GetCertHashString(HashAlgorithmName.SHA256)))
            {
                return shown is not null;
            }

            return chain is not null && (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0
                && ((pinned.Count > 0 && IsSigned(shown, chain, pinned)) || (andSystem && (errors == SslPolicyErrors.None || SystemTrust.Vouches(shown, chain))));
        };
    }

    /// <param name="sent">What the server sent besides.</param>
    internal static bool IsSigned(X509Certificate shown, X509Chain sent, IReadOnlyList<X509Certificate2> authorities)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        using var chain = new X509Chain { ChainPolicy = Policy };
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.ToArray());
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(e => e.Certificate).ToArray());
        return chain.Build(certificate);
    }
}
