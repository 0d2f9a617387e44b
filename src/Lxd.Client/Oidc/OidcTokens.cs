using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Client.Oidc;

/// <summary>What an identity provider gave for a login.</summary>
internal sealed record OidcTokens(string AccessToken, string RefreshToken)
{
    /// <summary>Null where the provider gave none.</summary>
    public static OidcTokens? Of(JsonObject answer) => DeviceFlow.Text(answer, "access_token") is { Length: > 0 } access ? new OidcTokens(access, DeviceFlow.Text(answer, "refresh_token")) : null;

    public static OidcTokens? Load(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonObject kept ? Of(kept) : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    public void Save(string path) => SafeFile.WritePrivate(path, new JsonObject { ["access_token"] = AccessToken, ["token_type"] = "Bearer", ["refresh_token"] = RefreshToken }.ToJsonString());
}
