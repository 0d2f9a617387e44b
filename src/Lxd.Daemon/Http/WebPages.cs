using Lxd.Core;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Http;

/// <summary>Pages of a directory that the administrator named (<c>LXD_UI</c>, <c>LXD_DOCUMENTATION</c>), for everybody.</summary>
/// <param name="single">Whether it is one page that has its own addresses below: what is no file is its <c>index.html</c>.</param>
internal sealed class WebPages(string at, string directory, bool single)
{
    private const string Index = "index.html";

    private static readonly Dictionary<string, string> Types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8", [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8", [".mjs"] = "text/javascript; charset=utf-8", [".json"] = "application/json",
        [".svg"] = "image/svg+xml", [".png"] = "image/png", [".jpg"] = "image/jpeg", [".gif"] = "image/gif", [".ico"] = "image/x-icon", [".woff"] = "font/woff", [".woff2"] = "font/woff2", [".txt"] = "text/plain; charset=utf-8",
    };

    public void Map(Router router)
    {
        router.Map("GET", at, Access.Anyone, (request, _) => Task.FromResult(request.EscapedPath.EndsWith('/') ? Serve("") : Response.Raw((context, _) =>
        {
            context.Response.Redirect(at + "/");
            return Task.CompletedTask;
        })));
        router.Map("GET", at + "/{path...}", Access.Anyone, (request, _) => Task.FromResult(Serve(request.Route("path"))));
    }

    private Response Serve(string path)
    {
        if (directory.Length == 0)
        {
            return single ? Response.Raw(AbsentAsync) : throw ApiException.NotFound();
        }

        var file = Find(path) ?? (single ? Find(Index) : null) ?? throw ApiException.NotFound();
        return Response.Raw(async (context, ct) =>
        {
            context.Response.ContentType = Types.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream");
            context.Response.Headers.CacheControl = "no-cache";
            context.Response.ContentLength = new FileInfo(file).Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.SendFileAsync(file, ct).ConfigureAwait(false);
            }
        });
    }

    /// <summary>A file below the directory; null for everything else.</summary>
    private string? Find(string path)
    {
        var root = Path.GetFullPath(directory);
        var full = Path.GetFullPath(Path.Combine(root, path.TrimStart('/')));
        if (full != root && !full.StartsWith(root + "/", StringComparison.Ordinal))
        {
            return null;
        }

        full = Directory.Exists(full) ? Path.Combine(full, Index) : full;
        return File.Exists(full) ? full : null;
    }

    private static async Task AbsentAsync(HttpContext context, CancellationToken ct)
    {
        context.Response.StatusCode = 503;
        context.Response.ContentType = "text/html";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync("<!DOCTYPE html><title>LXD</title><p>This server has no web interface installed.</p>\n", ct).ConfigureAwait(false);
        }
    }
}
