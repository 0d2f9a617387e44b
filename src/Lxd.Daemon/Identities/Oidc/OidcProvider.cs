using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Identities.Oidc;

/// <summary>An identity provider as its discovery document describes it.</summary>
internal sealed class OidcProvider : IDisposable
{
    private const int LongestAnswer = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeysAtMostEvery = TimeSpan.FromSeconds(10);
    private readonly OidcSettings _settings;
    private readonly HttpClient _http;
    private readonly JsonObject _document;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private JsonArray _keys = [];
    private long _keysRead;

    private OidcProvider(OidcSettings settings, HttpClient http, JsonObject document)
    {
        _settings = settings;
        _http = http;
        _document = document;
    }

    public OidcSettings Settings => _settings;

    /// <summary>Reads the discovery document; a bad request tells why it cannot.</summary>
    public static async Task<OidcProvider> DiscoverAsync(OidcSettings settings, CancellationToken ct)
    {
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = Patience }) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
        try
        {
            var document = await ReadAsync(await http.GetAsync(settings.Issuer.TrimEnd('/') + "/.well-known/openid-configuration", ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            return (string?)document["issuer"] == settings.Issuer || ((string?)document["issuer"])?.TrimEnd('/') == settings.Issuer.TrimEnd('/')
                ? new OidcProvider(settings, http, document)
                : throw new HttpRequestException("The issuer calls itself otherwise");
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or UriFormatException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            http.Dispose();
            throw ApiException.BadRequest($"Failed OIDC discovery of \"{settings.Issuer}\": {e.Message}", e);
        }
    }

    /// <summary>Where a browser is sent to log in.</summary>
    public string LoginUrl(string redirect, string state, string nonce, string challenge)
    {
        var query = new Dictionary<string, string>
        {
            ["client_id"] = _settings.ClientId, ["response_type"] = "code", ["redirect_uri"] = redirect, ["scope"] = _settings.Scopes, ["state"] = state, ["nonce"] = nonce,
            ["code_challenge"] = challenge, ["code_challenge_method"] = "S256",
        };
        if (_settings.Audience.Length > 0)
        {
            query["audience"] = _settings.Audience;
        }

        var endpoint = Url("authorization_endpoint");
        return endpoint + (endpoint.Contains('?') ? '&' : '?') + string.Join('&', query.Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value)}"));
    }

    /// <summary>What the code of a browser's login is worth.</summary>
    public Task<OidcTokens> ExchangeAsync(string code, string redirect, string verifier, CancellationToken ct) =>
        TokensAsync(new() { ["grant_type"] = "authorization_code", ["code"] = code, ["redirect_uri"] = redirect, ["code_verifier"] = verifier }, ct);

    public Task<OidcTokens> RefreshAsync(string refreshToken, CancellationToken ct) =>
        TokensAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, ct);

    /// <summary>Who an id token is about; its nonce has to be the one of the login. Throws forbidden for one that is not good.</summary>
    public async Task<Jwt> VerifyIdTokenAsync(string text, string nonce, CancellationToken ct)
    {
        var token = await VerifyAsync(text, IsIdentity, ct).ConfigureAwait(false);
        return token is not null && TrustTokens.Same(token.Claim("nonce"), nonce) ? token : throw ApiException.Forbidden("The identity token is not valid");
    }

    /// <summary>The user behind an access token that a client shows. It has to be meant for us: a user gives tokens of the same provider to other services too, which are not to be the user here.
    /// A web token tells that itself; of one that only the provider can read, the provider has to, except where it never says such things to us and no audience is asked for:
    /// then whoever it tells the user of (LXD knows nothing else).</summary>
    /// <returns>Null where the token is not good.</returns>
    public async Task<OidcUser?> BearerAsync(string accessToken, CancellationToken ct)
    {
        if (Jwt.Read(accessToken) is not null)
        {
            return await VerifyAsync(accessToken, IsForUs, ct).ConfigureAwait(false) is { } token ? await AskAsync(accessToken, token, ct).ConfigureAwait(false) : null;
        }

        return await IsIntrospectedAsync(accessToken, ct).ConfigureAwait(false) ?? _settings.Audience.Length == 0 ? await AskAsync(accessToken, null, ct).ConfigureAwait(false) : null;
    }

    /// <summary>The user behind an access token that the provider has given us itself.</summary>
    /// <returns>Null where the token is not good.</returns>
    public async Task<OidcUser?> UserAsync(OidcTokens tokens, CancellationToken ct)
    {
        if (Jwt.Read(tokens.AccessToken) is null)
        {
            return await AskAsync(tokens.AccessToken, null, ct).ConfigureAwait(false);
        }

        return await VerifyAsync(tokens.AccessToken, IsForUs, ct).ConfigureAwait(false) is { } token ? await AskAsync(tokens.AccessToken, token, ct).ConfigureAwait(false) : null;
    }

    /// <summary>The tokens of a login that goes on, without an identity token that is not the user's.</summary>
    public async Task<OidcTokens> CheckedAsync(OidcTokens tokens, string subject, CancellationToken ct) =>
        tokens.IdToken.Length > 0 && (await VerifyAsync(tokens.IdToken, IsIdentity, ct).ConfigureAwait(false))?.Subject != subject ? tokens with { IdToken = "" } : tokens;

    /// <summary>What the provider tells about the user of a token.</summary>
    private async Task<OidcUser?> AskAsync(string accessToken, Jwt? token, CancellationToken ct)
    {
        JsonObject info;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url("userinfo_endpoint"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            info = await ReadAsync(await _http.SendAsync(request, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }
        catch (Exception e) when (IsSilent(e, ct))
        {
            return null;
        }

        var subject = Text(info, "sub");
        return subject.Length > 0 && (token is null || token.Subject == subject) && Text(info, "email") is { Length: > 0 } email
            ? new OidcUser(subject, email, Text(info, "name"), Groups(token, info))
            : null;
    }

    /// <summary>The groups that a token names, which was verified when it came.</summary>
    public IReadOnlyList<string> GroupsOf(OidcTokens tokens) =>
        _settings.GroupsClaim.Length == 0 ? [] : [.. new[] { tokens.IdToken, tokens.AccessToken }.Select(Jwt.Read).SelectMany(t => t?.Texts(_settings.GroupsClaim) ?? []).Distinct()];

    public void Dispose()
    {
        _http.Dispose();
        _lock.Dispose();
    }

    /// <summary>Whether the provider says (RFC 7662) that a token holds and is meant for us.</summary>
    /// <returns>Null where it does not answer such questions, or not us.</returns>
    private async Task<bool?> IsIntrospectedAsync(string accessToken, CancellationToken ct)
    {
        if (Text(_document, "introspection_endpoint").Length == 0)
        {
            return null;
        }

        try
        {
            var answer = await PostAsync("introspection_endpoint", new() { ["token"] = accessToken, ["token_type_hint"] = "access_token" }, ct).ConfigureAwait(false);
            return answer["active"] is JsonValue active && active.TryGetValue<bool>(out var holds) && holds && IsForUs(Jwt.OfClaims(answer));
        }
        catch (HttpRequestException e) when (e.StatusCode is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError)
        {
            return null;
        }
        catch (Exception e) when (IsSilent(e, ct))
        {
            return false;
        }
    }

    /// <summary>Where an audience is set, it has to be among those of the token; else the token has to be for one of our clients, or given to one.</summary>
    private bool IsForUs(Jwt token) => _settings.Audience.Length > 0
        ? token.Audience.Contains(_settings.Audience)
        : token.Audience.Append(token.Claim("azp")).Append(token.Claim("client_id")).Any(a => a.Length > 0 && (a == _settings.ClientId || a == _settings.DeviceClientId));

    /// <summary>One for several readers names the one it was given to.</summary>
    private bool IsIdentity(Jwt token) => token.Audience.Contains(_settings.ClientId) && token.Claim("azp") is var party && (party == _settings.ClientId || (party.Length == 0 && token.Audience.Count == 1));

    private static bool IsSilent(Exception e, CancellationToken ct) => e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested);

    private async Task<Jwt?> VerifyAsync(string text, Func<Jwt, bool> isMeant, CancellationToken ct)
    {
        if (Jwt.Read(text) is not { } token || token.Issuer.TrimEnd('/') != _settings.Issuer.TrimEnd('/') || !isMeant(token))
        {
            return null;
        }

        var now = DateTime.UtcNow;
        if (token.Expires <= now || token.NotBefore > now.AddMinutes(1))
        {
            return null;
        }

        return await IsSignedAsync(token, ct).ConfigureAwait(false) ? token : null;
    }

    /// <summary>Keys change: one that is not known is looked for again, though not all the time.</summary>
    private async Task<bool> IsSignedAsync(Jwt token, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (IsSigned(token))
            {
                return true;
            }

            if (_keysRead != 0 && Stopwatch.GetElapsedTime(_keysRead) < KeysAtMostEvery)
            {
                return false;
            }

            _keysRead = Stopwatch.GetTimestamp();
            _keys = (await ReadAsync(await _http.GetAsync(Url("jwks_uri"), ct).ConfigureAwait(false), ct).ConfigureAwait(false))["keys"] as JsonArray ?? [];
            return IsSigned(token);
        }
        catch (Exception e) when (IsSilent(e, ct))
        {
            return false;
        }
        finally
        {
            _lock.Release();
        }
    }

    private bool IsSigned(Jwt token) => _keys.OfType<JsonObject>().Any(k => (token.KeyId.Length == 0 || Text(k, "kid") == token.KeyId) && token.IsSignedWith(k));

    private async Task<OidcTokens> TokensAsync(Dictionary<string, string> form, CancellationToken ct)
    {
        try
        {
            var answer = await PostAsync("token_endpoint", form, ct).ConfigureAwait(false);
            return new OidcTokens(Text(answer, "id_token"), Text(answer, "access_token"), Text(answer, "refresh_token"));
        }
        catch (Exception e) when (IsSilent(e, ct))
        {
            throw ApiException.Forbidden($"The identity provider refuses: {e.Message}");
        }
    }

    /// <summary>Asks as the client that we are.</summary>
    private async Task<JsonObject> PostAsync(string endpoint, Dictionary<string, string> form, CancellationToken ct)
    {
        form["client_id"] = _settings.ClientId;
        if (_settings.ClientSecret.Length > 0)
        {
            form["client_secret"] = _settings.ClientSecret;
        }

        using var content = new FormUrlEncodedContent(form);
        return await ReadAsync(await _http.PostAsync(Url(endpoint), content, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    private List<string> Groups(Jwt? token, JsonObject info) =>
        _settings.GroupsClaim.Length == 0 ? [] : [.. (token?.Texts(_settings.GroupsClaim) ?? []).Concat((info[_settings.GroupsClaim] as JsonArray ?? []).Select(g => g?.ToString() ?? "")).Where(g => g.Length > 0).Distinct()];

    private string Url(string member) => Uri.TryCreate(Text(_document, member), UriKind.Absolute, out var url) ? url.AbsoluteUri : throw new HttpRequestException($"The identity provider has no {member}");

    private static string Text(JsonObject map, string name) => map[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        using (response)
        {
            response.EnsureSuccessStatusCode();
            try
            {
                return JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false)) as JsonObject ?? throw new HttpRequestException("The answer is no JSON object");
            }
            catch (JsonException e)
            {
                throw new HttpRequestException("The answer is no JSON", e);
            }
        }
    }
}
