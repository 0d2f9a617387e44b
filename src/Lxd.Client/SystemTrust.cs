using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxd.Client;

/// <summary>The system's authorities. The runtime reads all of them for the first server it speaks with; here only those are looked at that may have signed what a server shows.</summary>
internal static class SystemTrust
{
    private static readonly string[] Bundles = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];
    private static readonly string[] Directories = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

    /// <summary>Whether the system's authorities vouch for a certificate, whatever name it has.</summary>
    /// <param name="chain">What is known of those who signed it.</param>
    public static bool Vouches(X509Certificate shown, X509Chain chain)
    {
        var names = chain.ChainElements.Select(e => e.Certificate.IssuerName.RawData).ToList();
        return Files().Any(file => Named(file, names) is { Count: > 0 } signers && ServerTrust.IsSigned(shown, chain, signers));
    }

    /// <summary>The one file with all authorities first. <c>SSL_CERT_FILE</c> and <c>SSL_CERT_DIR</c> come before what systems usually have.</summary>
    private static IEnumerable<string> Files()
    {
        var file = Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { Length: > 0 } own ? own : Array.Find(Bundles, File.Exists);
        var directories = Environment.GetEnvironmentVariable("SSL_CERT_DIR") is { Length: > 0 } list ? list.Split(':') : Directories;
        return (File.Exists(file) ? [file] : Array.Empty<string>()).Concat(directories.Where(Directory.Exists).SelectMany(Directory.EnumerateFiles));
    }

    /// <summary>The authorities in a file that have one of these names.</summary>
    private static List<X509Certificate2> Named(string file, List<byte[]> names)
    {
        var found = new List<X509Certificate2>();
        try
        {
            ReadOnlySpan<char> text = File.ReadAllText(file);
            while (PemEncoding.TryFind(text, out var fields))
            {
                var der = Convert.FromBase64String(text[fields.Base64Data].ToString());
                if (names.Exists(n => der.AsSpan().IndexOf(n) >= 0))
                {
                    found.Add(X509CertificateLoader.LoadCertificate(der));
                }

                text = text[fields.Location.End..];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            // A file that is no certificate vouches for nobody.
        }

        return found;
    }
}
