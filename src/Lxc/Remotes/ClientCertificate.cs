using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxc.Remotes;

/// <summary>The client's own certificate: <c>client.crt</c> and <c>client.key</c> (0600), made when first needed.</summary>
internal static class ClientCertificate
{
    public static X509Certificate2? Load(string directory)
    {
        var (cert, key) = (Path.Combine(directory, "client.crt"), Path.Combine(directory, "client.key"));
        if (!File.Exists(cert) || !File.Exists(key))
        {
            return null;
        }

        using var pem = X509Certificate2.CreateFromPemFile(cert, key);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    public static X509Certificate2 LoadOrCreate(string directory, TextWriter messages)
    {
        if (Load(directory) is { } there)
        {
            return there;
        }

        messages.WriteLine("Generating a client certificate. This may take a minute...");
        Directory.CreateDirectory(directory);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var request = new CertificateRequest($"O=LXD, CN={Environment.UserName}@{Environment.MachineName}", key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddYears(10));
        using (var file = new StreamWriter(Path.Combine(directory, "client.key"), new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            file.Write(key.ExportPkcs8PrivateKeyPem() + "\n");
        }

        File.WriteAllText(Path.Combine(directory, "client.crt"), certificate.ExportCertificatePem() + "\n");
        return Load(directory)!;
    }
}
