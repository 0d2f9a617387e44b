using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Core;

namespace Lxd.Daemon.Hosting;

/// <summary>A certificate of our own: <c>server.crt</c> and <c>server.key</c> (0600), made at the first start.</summary>
internal static class ServerCertificate
{
    public static string PathOf(string directory, string name = "server") => Path.Combine(directory, name + ".crt");

    public static X509Certificate2 LoadOrCreate(string directory, string name = "server")
    {
        var certPath = PathOf(directory, name);
        var keyPath = Path.Combine(directory, name + ".key");
        if (!File.Exists(certPath) || !File.Exists(keyPath))
        {
            Create(certPath, keyPath, name == "server");
        }

        using var pem = X509Certificate2.CreateFromPemFile(certPath, keyPath);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static void Create(string certPath, string keyPath, bool server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"O=LXD, CN=root@{Environment.MachineName}", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Environment.MachineName);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10));
        SafeFile.WritePrivate(keyPath, key.ExportPkcs8PrivateKeyPem() + "\n");
        SafeFile.Write(certPath, certificate.ExportCertificatePem() + "\n");
    }
}
