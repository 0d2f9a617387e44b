using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Identities;

/// <summary>A JSON web token: three parts of base64, the last a signature of the first two. What it says is true only when its signature was checked.</summary>
internal sealed class Jwt
{
    private const int MaxLength = 16384;
    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly JsonObject _header;
    private readonly JsonObject _claims;

    private Jwt(byte[] signed, byte[] signature, JsonObject header, JsonObject claims)
    {
        _signed = signed;
        _signature = signature;
        _header = header;
        _claims = claims;
    }

    public string Algorithm => Text(_header, "alg");

    public string KeyId => Text(_header, "kid");

    public string Issuer => Text(_claims, "iss");

    public string Subject => Text(_claims, "sub");

    public IReadOnlyList<string> Audience => Texts("aud");

    public DateTime Expires => Time("exp");

    public DateTime NotBefore => Time("nbf");

    public string Claim(string name) => Text(_claims, name);

    /// <summary>A claim of several texts, or of one.</summary>
    public IReadOnlyList<string> Texts(string name) => _claims[name] switch
    {
        JsonArray list => [.. list.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : "").Where(t => t.Length > 0)],
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>Reads a token without believing it; null for what is none.</summary>
    public static Jwt? Read(string token)
    {
        var parts = token.Length > MaxLength ? [] : token.Split('.');
        if (parts.Length != 3)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(Base64Url.DecodeFromChars(parts[0])) is JsonObject header && JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])) is JsonObject claims
                ? new Jwt(Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]), Base64Url.DecodeFromChars(parts[2]), header, claims)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>What somebody who is believed says that a token holds.</summary>
    public static Jwt OfClaims(JsonObject claims) => new([], [], [], claims);

    /// <summary>A token with the signature HS512.</summary>
    public static string Sign(string issuer, string subject, string audience, DateTime now, DateTime expires, byte[] key, JsonObject? more = null)
    {
        var claims = new JsonObject
        {
            ["iss"] = issuer,
            ["sub"] = subject,
            ["aud"] = new JsonArray(audience),
            ["exp"] = new DateTimeOffset(expires).ToUnixTimeSeconds(),
            ["nbf"] = new DateTimeOffset(now).ToUnixTimeSeconds(),
            ["iat"] = new DateTimeOffset(now).ToUnixTimeSeconds(),
        };
        foreach (var (name, value) in more ?? [])
        {
            claims[name] = value?.DeepClone();
        }

        var signed = Encode("""{"alg":"HS512","typ":"JWT"}""") + "." + Encode(claims.ToJsonString());
        return signed + "." + Base64Url.EncodeToString(HMACSHA512.HashData(key, Encoding.ASCII.GetBytes(signed)));
    }

    /// <summary>Whether the token says HS512 and is signed so with the key; no other algorithm is believed, whatever the token says.</summary>
    public bool IsSignedWith(byte[] key) => Algorithm == "HS512" && CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(key, _signed), _signature);

    /// <summary>Whether the token is signed with the private half of a key of an identity provider.</summary>
    public bool IsSignedWith(JsonObject webKey) => WebKeys.Verify(webKey, Algorithm, _signed, _signature);

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    private static string Text(JsonObject map, string name) => map[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private DateTime Time(string name) =>
        _claims[name] is JsonValue value && value.TryGetValue<double>(out var seconds) && seconds is >= 0 and < 253402300800 ? DateTime.UnixEpoch.AddSeconds(seconds) : default;
}
