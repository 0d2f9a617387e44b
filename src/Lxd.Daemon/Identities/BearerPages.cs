using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Identities;

/// <summary>The first access to the UI: a link with a token becomes a cookie, and <c>/bearer/logout</c> takes it away.</summary>
internal sealed class BearerPages(BearerTokens bearers)
{
    public void Map(Router router)
    {
        router.Map("GET", "/", Access.Anyone, RootAsync);
        router.Map("GET", "/bearer/logout", Access.Anyone, (_, _) => Task.FromResult(Response.Raw((context, _) =>
        {
            SetCookie(context, "", TimeSpan.Zero, null);
            context.Response.Redirect("/ui/login");
            return Task.CompletedTask;
        })));
    }

    /// <summary>Programs are told the versions of the API, browsers are sent to the UI.</summary>
    private Task<Response> RootAsync(Request request, CancellationToken ct)
    {
        if (!request.UserAgent.StartsWith("Mozilla", StringComparison.Ordinal))
        {
            return Task.FromResult(Response.Sync(new List<string> { "/1.0" }));
        }

        var text = request.Query("token");
        return Task.FromResult(Response.Raw((context, _) =>
        {
            if (text.Length == 0)
            {
                context.Response.Redirect("/ui/");
            }
            else if (Jwt.Read(text) is { } token && bearers.IsOurs(token) && bearers.Verify(token) is var (identity, expires) && identity.Type != IdentityType.DevLxdBearer)
            {
                SetCookie(context, text, null, expires);
                context.Response.Redirect("/ui/");
            }
            else
            {
                context.Response.Redirect("/ui/?initial-access-link-invalid");
            }

            return Task.CompletedTask;
        }));
    }

    private static void SetCookie(HttpContext context, string value, TimeSpan? age, DateTime? expires) =>
        context.Response.Cookies.Append(TrustStore.SessionCookie, value, new CookieOptions { Path = "/", Secure = true, HttpOnly = true, SameSite = SameSiteMode.Strict, MaxAge = age, Expires = expires });
}
