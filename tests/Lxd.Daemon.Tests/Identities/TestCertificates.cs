using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Certificates for clients of tests.</summary>
internal static class TestCertificates
{
    public static X509Certificate2 Make(string name = "client", DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(from ?? DateTimeOffset.UtcNow.AddMinutes(-5), to ?? DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    public static string Pem(this X509Certificate2 certificate) => certificate.ExportCertificatePem();

    public static string Fingerprint(this X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();
}
