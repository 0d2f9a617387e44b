using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Identities.Oidc;

/// <summary>Logins through an identity provider: an access token or a browser's login begins a session, whose cookie then says who asks.</summary>
internal sealed class OidcService(IdentityStore identities, IdentityCache cache, SessionStore sessions, CoreSecrets secrets, ServerConfig config, EventHub events, SecurityEvents security, ILogger logger) : IAsyncDisposable
{
    public const string Cookie = "session";
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private volatile OidcProvider? _provider;
    private CancellationTokenSource _searching = new();
    private Task _search = Task.CompletedTask;

    public bool IsReady => _provider is not null;

    public OidcProvider? Provider => _provider;

    public SessionStore Sessions => sessions;

    private string Us => "lxd:" + config.Get("volatile.uuid");

    /// <summary>Takes what the keys will be; a provider that does not answer is a bad request.</summary>
    public async Task UseAsync(Func<string, string> value, CancellationToken ct)
    {
        if (value("oidc.device.client.id").Length > 0 && value("oidc.client.id").Length == 0)
        {
            throw ApiException.BadRequest("\"oidc.device.client.id\" cannot be set if \"oidc.client.id\" is unset");
        }

        var settings = OidcSettings.Read(value);
        var next = settings is null ? null : await OidcProvider.DiscoverAsync(settings, ct).ConfigureAwait(false);
        await _searching.CancelAsync().ConfigureAwait(false);
        var old = _provider;
        _provider = next;
        old?.Dispose();
    }

    /// <summary>At the start the provider may not be there yet: it is looked for until it is.</summary>
    public void Start()
    {
        if (OidcSettings.Read(config.Get) is { } settings)
        {
            _searching = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            _search = Task.Run(() => SearchAsync(settings, _searching.Token));
        }
    }

    /// <summary>Who asks, by session or access token; null where the request has neither, or none that is good. A stranger is told how to log in.</summary>
    public async ValueTask<Caller?> IdentifyAsync(Request request, string address, CancellationToken ct)
    {
        if (_provider is not { } provider)
        {
            return null;
        }

        var cookie = request.Context.Request.Cookies[Cookie] ?? "";
        if (cookie.Length > 0 && await BySessionAsync(provider, request, cookie, address, ct).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        var header = request.Header("Authorization");
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && await provider.BearerAsync(header[7..].Trim(), ct).ConfigureAwait(false) is { } user)
        {
            return await LogInAsync(request, user, new OidcTokens("", header[7..].Trim(), ""), address, ct).ConfigureAwait(false);
        }

        Advertise(provider, request.Context);
        return null;
    }

    /// <summary>Begins a session and gives the client its cookie.</summary>
    public async Task<Caller> LogInAsync(Request request, OidcUser user, OidcTokens tokens, string address, CancellationToken ct)
    {
        var identity = await KnowAsync(user, ct).ConfigureAwait(false);
        var (key, ends) = (await secrets.ReadAsync(ct).ConfigureAwait(false))[0];
        var now = DateTime.UtcNow;
        var wanted = Expiry.After(config.Get("oidc.session.expiry"), now) ?? ends;
        var session = new SessionRecord(Guid.CreateVersion7(), user.Email, user.Name, tokens, Ip(address), request.UserAgent, wanted < ends ? wanted : ends);
        await sessions.AddAsync(identity.Id, session, ct).ConfigureAwait(false);
        SetCookie(request.Context, Jwt.Sign(Us, session.Id.ToString(), Us, now, session.Expires, key), session.Expires);
        return await CallerAsync(identity, user.Groups, address, ct).ConfigureAwait(false);
    }

    /// <summary>Ends the session that the request's cookie is of.</summary>
    public async Task LogOutAsync(Request request, CancellationToken ct)
    {
        if (await ReadCookieAsync(request.Context.Request.Cookies[Cookie] ?? "", ct).ConfigureAwait(false) is { } id)
        {
            await sessions.DeleteAsync(id, ct).ConfigureAwait(false);
        }

        SetCookie(request.Context, "", DateTime.UnixEpoch);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _search.ConfigureAwait(false);
        _provider?.Dispose();
        _searching.Dispose();
        _stop.Dispose();
    }

    private async Task SearchAsync(OidcSettings settings, CancellationToken ct)
    {
        var told = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var found = await OidcProvider.DiscoverAsync(settings, ct).ConfigureAwait(false);
                if (!ct.IsCancellationRequested)
                {
                    _provider = found;
                }

                return;
            }
            catch (ApiException e)
            {
                if (!told)
                {
                    told = true;
                    logger.ProviderMissing(e.Message);
                }

                await Task.Delay(Retry, ct).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async ValueTask<Caller?> BySessionAsync(OidcProvider provider, Request request, string cookie, string address, CancellationToken ct)
    {
        if (await ReadCookieAsync(cookie, ct).ConfigureAwait(false) is not { } id
            || await sessions.FindAsync(id, ct).ConfigureAwait(false) is not { } session
            || cache.ByIdentifier(IdentityType.OidcMethod, session.Email) is not { } identity)
        {
            return null;
        }

        if (session.Expires > DateTime.UtcNow)
        {
            return await CallerAsync(identity, provider.GroupsOf(session.Tokens), address, ct).ConfigureAwait(false);
        }

        return session.Tokens.RefreshToken.Length > 0 ? await RenewAsync(provider, request, session, address, ct).ConfigureAwait(false) : null;
    }

    /// <summary>A session that is over goes on when the provider still vouches for its user.</summary>
    private async Task<Caller?> RenewAsync(OidcProvider provider, Request request, SessionRecord session, string address, CancellationToken ct)
    {
        try
        {
            var tokens = await provider.RefreshAsync(session.Tokens.RefreshToken, ct).ConfigureAwait(false);
            if (await provider.UserAsync(tokens, ct).ConfigureAwait(false) is not { } user || user.Email != session.Email)
            {
                return null;
            }

            tokens = await provider.CheckedAsync(tokens, user.Subject, ct).ConfigureAwait(false);
            await sessions.DeleteAsync(session.Id, ct).ConfigureAwait(false);
            return await LogInAsync(request, user, tokens with { RefreshToken = tokens.RefreshToken.Length > 0 ? tokens.RefreshToken : session.Tokens.RefreshToken }, address, ct).ConfigureAwait(false);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    /// <summary>The session a cookie is of, if we made the cookie; it may be over.</summary>
    private async Task<Guid?> ReadCookieAsync(string cookie, CancellationToken ct)
    {
        if (Jwt.Read(cookie) is not { } token || token.Issuer != Us || !token.Audience.Contains(Us) || !Guid.TryParse(token.Subject, out var id))
        {
            return null;
        }

        return (await secrets.ReadAsync(ct).ConfigureAwait(false)).Any(s => token.IsSignedWith(s.Key)) ? id : null;
    }

    /// <summary>The identity of a user: made at the first login, and kept like the provider tells it.</summary>
    private async Task<IdentityRecord> KnowAsync(OidcUser user, CancellationToken ct)
    {
        var metadata = new JsonObject { ["subject"] = user.Subject }.ToJsonString();
        if (cache.ByIdentifier(IdentityType.OidcMethod, user.Email) is { } known)
        {
            if (known.Name != user.Name || known.Fact("subject") != user.Subject)
            {
                await identities.UpdateAsync(known with { Name = user.Name, Metadata = metadata }, ct).ConfigureAwait(false);
                await TellAsync("updated", known, ct).ConfigureAwait(false);
            }
        }
        else
        {
            var added = new IdentityRecord(0, IdentityType.Oidc, user.Email, user.Name) { Metadata = metadata };
            try
            {
                await identities.AddAsync(added, "", ct).ConfigureAwait(false);
                await TellAsync("created", added, ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.Status == 409)
            {
                // Another request of the same user was first.
                await cache.ReloadAsync(ct).ConfigureAwait(false);
            }
        }

        return cache.ByIdentifier(IdentityType.OidcMethod, user.Email) ?? throw ApiException.Forbidden();
    }

    private async Task TellAsync(string what, IdentityRecord identity, CancellationToken ct)
    {
        await cache.ReloadAsync(ct).ConfigureAwait(false);
        events.Lifecycle("identity-" + what, "", identity.Url, null, name: identity.Identifier);
        security.User(null, what, "oidc", identity.Identifier);
    }

    private async ValueTask<Caller> CallerAsync(IdentityRecord identity, IReadOnlyList<string> groups, string address, CancellationToken ct) => new("oidc", identity.Identifier, address)
    {
        Trusted = true,
        ProviderGroups = groups,
        Rights = await cache.RightsAsync(identity, groups, ct).ConfigureAwait(false),
    };

    private static string Ip(string address) => address.LastIndexOf(':') is > 0 and var colon ? address[..colon] : address;

    /// <summary>Set when the answer starts, so that an error's does not lose it.</summary>
    private static void SetCookie(HttpContext context, string value, DateTime expires) => context.Response.OnStarting(() =>
    {
        context.Response.Cookies.Append(Cookie, value, new CookieOptions { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Strict, Expires = new DateTimeOffset(expires, TimeSpan.Zero) });
        return Task.CompletedTask;
    });

    private static void Advertise(OidcProvider provider, HttpContext context)
    {
        var settings = provider.Settings;
        context.Response.OnStarting(() =>
        {
            var headers = context.Response.Headers;
            headers["X-LXD-OIDC-issuer"] = settings.Issuer;
            headers["X-LXD-OIDC-clientid"] = settings.DeviceClientId;
            headers["X-LXD-OIDC-audience"] = settings.Audience;
            headers["X-LXD-OIDC-groups-claim"] = settings.GroupsClaim;
            headers["X-LXD-OIDC-scopes"] = new JsonArray([.. settings.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => (JsonNode)JsonValue.Create(s))]).ToJsonString();
            return Task.CompletedTask;
        });
    }
}
