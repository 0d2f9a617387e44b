using Lxd.Core;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>A browser sends the user's certificate with what pages of other sites ask for too: what changes something, or opens a websocket, has to come from a page of this server, or of one the configuration allows.</summary>
internal static class BrowserGuard
{
    private static readonly string[] Bodies = ["application/json", "application/octet-stream", "multipart/form-data"];

    public static void Check(HttpContext context, Cors cors)
    {
        var headers = context.Request.Headers;
        if (!IsHarmless(context.Request) && !IsOwn(context, cors))
        {
            throw ApiException.Forbidden("cross-origin request detected");
        }

        // A form of another site can send other types without asking.
        var type = context.Request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type.Length > 0 && headers.UserAgent.ToString().StartsWith("Mozilla", StringComparison.Ordinal) && !Bodies.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            throw new ApiException(415, $"Content type \"{type}\" is not allowed");
        }
    }

    private static bool IsHarmless(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) && !request.Headers.ContainsKey("Upgrade")) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    private static bool IsOwn(HttpContext context, Cors cors)
    {
        var (site, origin) = (context.Request.Headers["Sec-Fetch-Site"].ToString(), context.Request.Headers.Origin.ToString());
        if (origin.Length > 0 && cors.Allows(origin))
        {
            return true;
        }

        return site.Length > 0 ? site is "same-origin" or "none" : origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, context.Request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
