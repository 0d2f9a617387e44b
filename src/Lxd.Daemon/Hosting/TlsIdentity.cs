using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Hosting;

/// <summary>What the server shows on all its TLS addresses. When it is replaced, connections made from then on see the new one.</summary>
internal sealed class TlsIdentity(string directory)
{
    private volatile Shown _shown = Shown.Read(directory);

    public X509Certificate2 Certificate => _shown.Certificate;

    public string Pem => _shown.Pem;

    public string Fingerprint => _shown.Fingerprint;

    /// <summary>The certificate with those between it and its authority.</summary>
    public SslStreamCertificateContext Context => _shown.Context.Value;

    /// <summary>What <c>server.crt</c> says.</summary>
    public string Text => File.ReadAllText(ServerCertificate.PathOf(directory));

    /// <summary>Shows another certificate for the same key, now and after a restart.</summary>
    /// <param name="text">PEM: the certificate, then those between it and its authority.</param>
    public void Replace(string text)
    {
        Lxd.Core.SafeFile.Write(ServerCertificate.PathOf(directory), text);
        _shown = Shown.Read(directory);
    }

    private sealed record Shown(X509Certificate2 Certificate, string Pem, string Fingerprint, Lazy<SslStreamCertificateContext> Context)
    {
        public static Shown Read(string directory)
        {
            var certificate = ServerCertificate.LoadOrCreate(directory);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(ServerCertificate.PathOf(directory));

            // To make it reads the system's authorities, which the first connection is early enough for.
            return new Shown(certificate, CertificateFiles.Pem(certificate), CertificateFiles.Fingerprint(certificate), new(() => SslStreamCertificateContext.Create(certificate, all, offline: true)));
        }
    }
}
