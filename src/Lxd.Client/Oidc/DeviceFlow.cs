using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Client.Oidc;

/// <summary>A login at an identity provider for a program without a browser (RFC 8628): the user opens an address anywhere, the program asks until it is done.</summary>
internal sealed class DeviceFlow(OidcOffer offer) : IDisposable
{
    private const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";
    private const int UsualInterval = 5;
    private const int LongestAnswer = 1 << 20;
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = LongestAnswer };

    /// <param name="show">Tells the user the address to open, and the code to compare there.</param>
    public async Task<OidcTokens> LogInAsync(Func<string, string, Task> show, CancellationToken ct)
    {
        var provider = await DiscoverAsync(ct).ConfigureAwait(false);
        var begun = await PostAsync(provider, "device_authorization_endpoint", new() { ["scope"] = offer.Scopes, ["audience"] = offer.Audience }, ct).ConfigureAwait(false);
        var (code, page) = (Text(begun, "device_code"), Text(begun, "verification_uri_complete") is { Length: > 0 } whole ? whole : Text(begun, "verification_uri"));
        if (code.Length == 0 || !Uri.TryCreate(page, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            throw Failed(Text(begun, "error") is { Length: > 0 } error ? error : "no page to log in");
        }

        await show(page, Text(begun, "user_code")).ConfigureAwait(false);
        return await AwaitAsync(provider, code, Number(begun, "interval", UsualInterval), TimeSpan.FromSeconds(Number(begun, "expires_in", 600)), ct).ConfigureAwait(false);
    }

    /// <summary>New tokens for a login of before; null where the provider wants a new one.</summary>
    public async Task<OidcTokens?> RefreshAsync(string refreshToken, CancellationToken ct)
    {
        try
        {
            var provider = await DiscoverAsync(ct).ConfigureAwait(false);
            var tokens = OidcTokens.Of(await PostAsync(provider, "token_endpoint", new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, ct).ConfigureAwait(false));
            return tokens is { RefreshToken: "" } ? tokens with { RefreshToken = refreshToken } : tokens;
        }
        catch (ApiException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<OidcTokens> AwaitAsync(JsonObject provider, string code, int interval, TimeSpan valid, CancellationToken ct)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < valid;)
        {
            await Task.Delay(TimeSpan.FromSeconds(interval), ct).ConfigureAwait(false);
            var answer = await PostAsync(provider, "token_endpoint", new() { ["grant_type"] = GrantType, ["device_code"] = code }, ct).ConfigureAwait(false);
            if (OidcTokens.Of(answer) is { } tokens)
            {
                return tokens;
            }

            switch (Text(answer, "error"))
            {
                case "authorization_pending":
                    break;
                case "slow_down":
                    interval += UsualInterval;
                    break;
                case var error:
                    throw Failed(Text(answer, "error_description") is { Length: > 0 } why ? $"{error}: {why}" : error.Length > 0 ? error : "no token");
            }
        }

        throw Failed("expired_token");
    }

    private async Task<JsonObject> DiscoverAsync(CancellationToken ct) => await SendAsync(http => http.GetAsync(offer.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", ct), ct).ConfigureAwait(false);

    private async Task<JsonObject> PostAsync(JsonObject provider, string endpoint, Dictionary<string, string> form, CancellationToken ct)
    {
        form["client_id"] = offer.ClientId;
        using var content = new FormUrlEncodedContent(form.Where(f => f.Value.Length > 0));
        var url = Text(provider, endpoint) is { Length: > 0 } there ? there : throw Failed($"no {endpoint}");
        return await SendAsync(http => http.PostAsync(url, content, ct), ct).ConfigureAwait(false);
    }

    /// <summary>Refusals come as JSON too.</summary>
    private async Task<JsonObject> SendAsync(Func<HttpClient, Task<HttpResponseMessage>> send, CancellationToken ct)
    {
        try
        {
            using var response = await send(_http).ConfigureAwait(false);
            return JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)) as JsonObject ?? throw Failed("an answer that is no JSON object");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or UriFormatException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw Failed(e.Message);
        }
    }

    private ApiException Failed(string why) => new(0, $"Failed logging in at the identity provider \"{offer.Issuer}\": {why}");

    internal static string Text(JsonObject map, string name) => map[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static int Number(JsonObject map, string name, int fallback) => map[name] is JsonValue value && value.TryGetValue<int>(out var number) && number > 0 ? number : fallback;
}
