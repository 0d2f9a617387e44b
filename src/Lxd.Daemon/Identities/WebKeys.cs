using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Identities;

/// <summary>Public keys of an identity provider, as JSON web keys.</summary>
internal static class WebKeys
{
    /// <summary>Whether the signature is the key's. The algorithm has to be one of the key's own kind.</summary>
    public static bool Verify(JsonObject key, string algorithm, byte[] signed, byte[] signature)
    {
        if ((string?)key["use"] is { Length: > 0 } use && use != "sig")
        {
            return false;
        }

        try
        {
            return (algorithm, (string?)key["kty"]) switch
            {
                ("RS256" or "RS384" or "RS512" or "PS256" or "PS384" or "PS512", "RSA") => VerifyRsa(key, algorithm, signed, signature),
                ("ES256" or "ES384" or "ES512", "EC") => VerifyEc(key, algorithm, signed, signature),
                _ => false,
            };
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static bool VerifyRsa(JsonObject key, string algorithm, byte[] signed, byte[] signature)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        return rsa.KeySize >= 2048 && rsa.VerifyData(signed, signature, Hash(algorithm), algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static bool VerifyEc(JsonObject key, string algorithm, byte[] signed, byte[] signature)
    {
        var (curve, name) = algorithm switch
        {
            "ES256" => (ECCurve.NamedCurves.nistP256, "P-256"),
            "ES384" => (ECCurve.NamedCurves.nistP384, "P-384"),
            _ => (ECCurve.NamedCurves.nistP521, "P-521"),
        };
        if ((string?)key["crv"] != name)
        {
            return false;
        }

        using var ec = ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } });
        return ec.VerifyData(signed, signature, Hash(algorithm));
    }

    private static HashAlgorithmName Hash(string algorithm) => algorithm[2..] switch
    {
        "256" => HashAlgorithmName.SHA256,
        "384" => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    private static byte[] Bytes(JsonObject key, string member) => Base64Url.DecodeFromChars((string?)key[member] ?? "");
}
