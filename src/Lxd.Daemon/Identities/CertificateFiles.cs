using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Core;

namespace Lxd.Daemon.Identities;

/// <summary>Certificates as clients send them.</summary>
internal static class CertificateFiles
{
    public static string Fingerprint(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    public static string Pem(X509Certificate2 certificate) => certificate.ExportCertificatePem() + "\n";

    /// <summary>PEM, or the base64 of its inside as older clients send it. A bad request where it is neither, not valid yet, or over.</summary>
    public static X509Certificate2 Read(string text)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = text.Contains("-----BEGIN", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(text) : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw ApiException.BadRequest("Invalid certificate material: " + e.Message, e);
        }

        try
        {
            CheckDates(certificate);
            return certificate;
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    public static void CheckDates(X509Certificate2 certificate)
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

    /// <summary>Names of clients stand in paths and in lists of commands.</summary>
    public static void CheckName(string name)
    {
        if (name.StartsWith('-') || name.Contains('/') || name.Any(char.IsControl))
        {
            throw ApiException.BadRequest($"Invalid certificate name \"{name}\"");
        }
    }
}
