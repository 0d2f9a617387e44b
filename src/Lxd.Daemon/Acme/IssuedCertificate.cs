using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Acme;

/// <summary>The request for a certificate, and whether what came of it can be shown.</summary>
internal static class IssuedCertificate
{
    private const int LongestChain = 10;
    private const int LongestCommonName = 64;
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    /// <summary>A request for the key that the server has now: it stays the same, so that only one file is replaced.</summary>
    /// <returns>PKCS #10, DER.</returns>
    public static byte[] Request(X509Certificate2 current, string domain)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(domain);
        var subject = new X500DistinguishedNameBuilder();
        if (domain.Length <= LongestCommonName)
        {
            subject.AddCommonName(domain);
        }

        using var ec = current.GetECDsaPrivateKey();
        using var rsa = current.GetRSAPrivateKey();
        var request = ec is not null ? new CertificateRequest(subject.Build(), ec, HashAlgorithmName.SHA256)
            : rsa is not null ? new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : throw new AcmeException("The key of the server is neither RSA nor of an elliptic curve");
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }

    /// <summary>What an authority sent, looked through: for our key and name, valid now.</summary>
    /// <returns>PEM: the certificate, then those between it and the authority, and nothing else.</returns>
    public static string Check(string pem, X509Certificate2 current, string domain, DateTimeOffset now)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(pem);
            if (chain.Count is 0 or > LongestChain)
            {
                throw Bad($"{chain.Count} certificates");
            }

            var own = chain[0];
            if (!own.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(current.PublicKey.ExportSubjectPublicKeyInfo()))
            {
                throw Bad("a certificate for another key");
            }

            if (!own.MatchesHostname(domain, allowCommonName: false))
            {
                throw Bad("a certificate for another name");
            }

            if (own.NotAfter.ToUniversalTime() <= now.UtcDateTime || own.NotBefore.ToUniversalTime() > now.UtcDateTime)
            {
                throw Bad($"a certificate that is valid from {own.NotBefore.ToUniversalTime():u} to {own.NotAfter.ToUniversalTime():u} only");
            }

            return string.Concat(chain.Select(c => c.ExportCertificatePem() + "\n"));
        }
        catch (CryptographicException e)
        {
            throw new AcmeException($"The certificate authority sent what is no certificate: {e.Message}", cause: e);
        }
        finally
        {
            foreach (var certificate in chain)
            {
                certificate.Dispose();
            }
        }
    }

    /// <summary>Whether it is time for another: this one is our own, for another name, or in its last 30 days (its last third, if it lasts less than 90).</summary>
    public static bool IsDue(X509Certificate2 current, string domain, DateTimeOffset now)
    {
        var (from, until) = (current.NotBefore.ToUniversalTime(), current.NotAfter.ToUniversalTime());
        var third = (until - from) / 3;
        return current.SubjectName.RawData.AsSpan().SequenceEqual(current.IssuerName.RawData) || !current.MatchesHostname(domain, allowCommonName: false)
            || until - now.UtcDateTime <= (third < RenewalTime ? third : RenewalTime);
    }

    private static AcmeException Bad(string what) => new($"The certificate authority sent {what}");
}
