using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Acme;

/// <summary>The key of the account at the authority: <c>acme.key</c> (0600), made when it is first needed. With the same key an authority finds the account it has already.</summary>
internal sealed class AccountKey : IDisposable
{
    private readonly ECDsa _key;

    private AccountKey(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(false).Q;

        // In the order and without the blanks that the thumbprint is made of (RFC 7638).
        Jwk = new JsonObject { ["crv"] = "P-256", ["kty"] = "EC", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Jwk.ToJsonString(Json.Options))));
    }

    public string Thumbprint { get; }

    private JsonObject Jwk { get; }

    public static AccountKey LoadOrCreate(string path)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            if (!File.Exists(path))
            {
                SafeFile.WritePrivate(path, key.ExportPkcs8PrivateKeyPem() + "\n");
                return new AccountKey(key);
            }

            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256 ? new AccountKey(key) : throw new CryptographicException("it is of another curve than P-256");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new AcmeException($"The key of the account in {path} cannot be read ({e.Message}); one is made anew when the file is removed", cause: e);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A request as authorities take it: signed for one URL and one nonce (JWS, ES256).</summary>
    /// <param name="account">The URL of the account; empty: the request shows the key itself.</param>
    /// <param name="payload">Empty: the thing at the URL is only asked for.</param>
    public string Sign(string url, string nonce, string account, string payload)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["nonce"] = nonce, ["url"] = url };
        if (account.Length > 0)
        {
            header["kid"] = account;
        }
        else
        {
            header["jwk"] = Jwk.DeepClone();
        }

        var head = Encode(header.ToJsonString(Json.Options));
        var body = Encode(payload);
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256);
        return new JsonObject { ["protected"] = head, ["payload"] = body, ["signature"] = Base64Url.EncodeToString(signature) }.ToJsonString(Json.Options);
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
