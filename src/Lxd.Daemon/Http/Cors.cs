using Lxd.Core.Config;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>The headers that tell a browser what pages of other sites may do with the API: <c>core.https_allowed_*</c>.</summary>
/// <param name="setting">The value of a key of the server.</param>
internal sealed class Cors(Func<string, string> setting)
{
    public void Apply(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/internal"))
        {
            return;
        }

        var headers = context.Response.Headers;
        if (context.Request.Headers.Origin.Count > 0)
        {
            Set(setting("core.https_allowed_origin"), value => headers.AccessControlAllowOrigin = value);
            Set(setting("core.https_allowed_methods"), value => headers.AccessControlAllowMethods = value);
            Set(setting("core.https_allowed_headers"), value => headers.AccessControlAllowHeaders = value);
        }

        if (Checks.IsTrue(setting("core.https_allowed_credentials")))
        {
            headers.AccessControlAllowCredentials = "true";
        }
    }

    /// <summary>Whether the configuration lets pages of an origin use the API.</summary>
    public bool Allows(string origin) => setting("core.https_allowed_origin") is { Length: > 0 } allowed && (allowed == "*" || allowed == origin);

    private static void Set(string value, Action<string> set)
    {
        if (value.Length > 0)
        {
            set(value);
        }
    }
}
