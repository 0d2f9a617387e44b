using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Server;

/// <summary>Servers that show certificates of an authority the administrator names.</summary>
internal static class CustomAuthorities
{
    /// <param name="pem">The only authorities that are good.</param>
    public static X509ChainPolicy Only(string pem)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(pem);
        return policy;
    }
}
