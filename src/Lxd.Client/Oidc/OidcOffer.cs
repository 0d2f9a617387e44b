using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lxd.Client.Oidc;

/// <summary>What a server tells a stranger about the identity provider that it believes.</summary>
internal sealed record OidcOffer(string Issuer, string ClientId, string Audience, string Scopes)
{
    private const string UsualScopes = "openid email profile offline_access";

    /// <summary>Null where the answer is not one for a stranger.</summary>
    public static OidcOffer? Of(HttpResponseMessage response)
    {
        var (issuer, client) = (Header(response, "X-LXD-OIDC-issuer"), Header(response, "X-LXD-OIDC-clientid"));
        if (response.StatusCode is not (System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden) || issuer.Length == 0 || client.Length == 0)
        {
            return null;
        }

        var scopes = ReadScopes(Header(response, "X-LXD-OIDC-scopes"));
        var groups = Header(response, "X-LXD-OIDC-groups-claim");
        return new OidcOffer(issuer, client, Header(response, "X-LXD-OIDC-audience"), groups.Length == 0 || scopes.Split(' ').Contains(groups) ? scopes : $"{scopes} {groups}");
    }

    /// <summary>A list in JSON, or words; servers of old name none.</summary>
    private static string ReadScopes(string text)
    {
        try
        {
            return text.StartsWith('[') && JsonNode.Parse(text) is JsonArray { Count: > 0 } list ? string.Join(' ', list.Select(s => s?.ToString())) : text.Length > 0 ? text : UsualScopes;
        }
        catch (JsonException)
        {
            return UsualScopes;
        }
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : "";
}
