using System.Security.Cryptography;
using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Identities;

/// <summary>Tokens with which a client makes itself known: where the server is, how it is recognized, and a secret.</summary>
internal sealed class TrustTokens(ServerConfig config, HttpsListener https)
{
    /// <summary>The address that the server listens on.</summary>
    public Func<string> Listening { get; set; } = () => https.Address;

    /// <summary>A new token; it ends when <c>core.remote_token_expiry</c> says.</summary>
    public CertificateAddToken Create(string clientName, string type)
    {
        if (Listening().Length == 0)
        {
            throw ApiException.BadRequest("Can't issue token when server isn't listening on network");
        }

        return new CertificateAddToken
        {
            ClientName = clientName,
            Fingerprint = https.Identity.Fingerprint,
            Addresses = [.. Hosting.Addresses.Of(Listening())],
            Secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ExpiresAt = Expiry.After(config.Get("core.remote_token_expiry"), DateTime.UtcNow) ?? default,
            Type = type,
        };
    }

    /// <summary>A token as it is handed around; null for what is none.</summary>
    public static CertificateAddToken? Decode(string text)
    {
        try
        {
            return text.Length == 0 ? null : Json.Parse<CertificateAddToken>(Encoding.UTF8.GetString(Convert.FromBase64String(text)));
        }
        catch (Exception e) when (e is FormatException or ApiException)
        {
            return null;
        }
    }

    public static bool Same(string one, string other) => one.Length > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
