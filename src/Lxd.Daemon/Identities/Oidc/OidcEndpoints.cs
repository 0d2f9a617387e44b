using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Identities.Oidc;

/// <summary><c>/oidc</c>: a browser's way to the identity provider and back; <c>/1.0/auth/oidc-sessions</c>: the logins that hold.</summary>
internal sealed class OidcEndpoints(OidcService service, IdentityCache cache)
{
    /// <summary>Kept by the browser between leaving and coming back: state, nonce and code verifier.</summary>
    private const string LoginCookie = "oidc_login";
    private static readonly TimeSpan LoginPatience = TimeSpan.FromMinutes(10);

    public void Map(Router router)
    {
        router.Map("GET", "/oidc/login", Access.Anyone, LoginAsync);
        router.Map("GET", "/oidc/callback", Access.Anyone, CallbackAsync);
        router.Map("GET", "/oidc/logout", Access.Anyone, LogoutAsync);
        router.Map("GET", "/1.0/auth/oidc-sessions", Access.Trusted, ListAsync);
        router.Map("GET", "/1.0/auth/oidc-sessions/{id}", Access.Trusted, async (r, ct) => Response.Sync(Render(await FindAsync(r, "can_view", ct).ConfigureAwait(false))));
        router.Map("DELETE", "/1.0/auth/oidc-sessions/{id}", Access.Trusted, async (r, ct) =>
        {
            await service.Sessions.DeleteAsync((await FindAsync(r, "can_delete", ct).ConfigureAwait(false)).Id, ct).ConfigureAwait(false);
            return Response.Empty;
        });
    }

    private Task<Response> LoginAsync(Request request, CancellationToken ct)
    {
        var provider = Provider();
        var (state, nonce, verifier) = (Random(), Random(), Random());
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        Keep(request.Context, $"{state}.{nonce}.{verifier}", LoginPatience);
        return Task.FromResult(Redirect(provider.LoginUrl(Callback(request), state, nonce, challenge)));
    }

    private async Task<Response> CallbackAsync(Request request, CancellationToken ct)
    {
        var provider = Provider();
        var kept = (request.Context.Request.Cookies[LoginCookie] ?? "").Split('.');
        if (kept.Length != 3 || !TrustTokens.Same(kept[0], request.Query("state")))
        {
            throw ApiException.Forbidden("This login was not begun here, or took too long");
        }

        Keep(request.Context, "", -LoginPatience);
        if (request.Query("error") is { Length: > 0 } error)
        {
            throw ApiException.Forbidden($"The identity provider refuses: {error}");
        }

        var tokens = await provider.ExchangeAsync(request.Query("code"), Callback(request), kept[2], ct).ConfigureAwait(false);
        var token = await provider.VerifyIdTokenAsync(tokens.IdToken, kept[1], ct).ConfigureAwait(false);
        var user = await provider.UserAsync(tokens, ct).ConfigureAwait(false);
        if (user is null || user.Subject != token.Subject)
        {
            throw ApiException.Forbidden("The identity provider tells no address for the user");
        }

        await service.LogInAsync(request, user with { Groups = [.. user.Groups.Union(provider.GroupsOf(tokens))] }, tokens, Authenticator.AddressOf(request.Context), ct).ConfigureAwait(false);
        return Redirect("/ui/");
    }

    private async Task<Response> LogoutAsync(Request request, CancellationToken ct)
    {
        await service.LogOutAsync(request, ct).ConfigureAwait(false);
        return Redirect("/ui/login");
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var email = request.Query("email");
        var visible = (await service.Sessions.ListAsync(ct).ConfigureAwait(false)).FindAll(s => (email.Length == 0 || s.Email == email) && request.May(EntityOf(s), "can_view"));
        return request.Recursion > 0 ? Response.Sync(visible.ConvertAll(Render)) : Response.Sync(visible.ConvertAll(s => $"/1.0/auth/oidc-sessions/{s.Id}"));
    }

    /// <summary>A session is its user's: who may see or delete the user may see or end it.</summary>
    private async Task<SessionRecord> FindAsync(Request request, string entitlement, CancellationToken ct)
    {
        var session = Guid.TryParse(request.Route("id"), out var id) ? await service.Sessions.FindAsync(id, ct).ConfigureAwait(false) : null;
        if (session is null || cache.ByIdentifier(IdentityType.OidcMethod, session.Email) is null)
        {
            throw ApiException.NotFound("OIDC session not found");
        }

        request.Check(EntityOf(session), entitlement);
        return session;
    }

    private OidcProvider Provider() => service.Provider ?? throw ApiException.NotFound("OIDC is not configured");

    private static Entity EntityOf(SessionRecord session) => Entity.Of(EntityKind.Identity, "", "oidc", session.Email);

    private static OIDCSession Render(SessionRecord session) => new()
    {
        Uuid = session.Id.ToString(),
        Email = session.Email,
        Username = session.Name,
        Ip = session.Ip,
        UserAgent = session.UserAgent,
        CreatedAt = session.Created,
        ExpiresAt = session.Expires,
    };

    private static string Callback(Request request) => $"https://{request.Context.Request.Host}/oidc/callback";

    private static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static void Keep(HttpContext context, string value, TimeSpan time) =>
        // Lax: the browser comes back from another site.
        context.Response.Cookies.Append(LoginCookie, value, new CookieOptions { Path = "/oidc", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Lax, MaxAge = time > TimeSpan.Zero ? time : TimeSpan.Zero });

    private static Response Redirect(string url) => Response.Raw((context, _) =>
    {
        context.Response.Redirect(url);
        return Task.CompletedTask;
    });
}
