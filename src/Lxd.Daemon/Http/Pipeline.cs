using Lxd.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Http;

/// <summary>The way of every request: match, authenticate, check access, handle, write; errors become LXD's envelope once, here.</summary>
internal sealed class Pipeline(Router router, Authenticator authenticator, ILogger logger)
{
    /// <summary>Set once the daemon has finished starting; before, only what the start itself needs is answered.</summary>
    public bool Ready { get; set; }

    public async Task HandleAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        try
        {
            var response = await RespondAsync(context, ct).ConfigureAwait(false);
            await response.WriteAsync(context, ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The client went away.
        }
        catch (ApiException e)
        {
            await FailAsync(context, e.Status, e.Message, ct).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, e.StatusCode, e.Message, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            logger.RequestFailed(context.Request.Method, context.Request.Path, e);
            await FailAsync(context, 500, e.Message, ct).ConfigureAwait(false);
        }
    }

    private async Task<Response> RespondAsync(HttpContext context, CancellationToken ct)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? context.Request.Path;
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (path.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(path, UriKind.Absolute, out var uri))
        {
            path = uri.AbsolutePath;
        }

        var (route, values) = router.Match(context.Request.Method, path);
        var caller = authenticator.Identify(context);
        logger.Handling(context.Request.Method, target, caller.Address, caller.Protocol, caller.Username);
        CheckOrigin(context);
        var request = new Request(context, caller, values);
        CheckAccess(route.Access, request);
        if (!Ready && route.Access != Access.Local && path is not ("/1.0" or "/"))
        {
            throw ApiException.Unavailable("LXD daemon setup in progress");
        }

        return await route.Handler(request, ct).ConfigureAwait(false);
    }

    private static void CheckAccess(Access access, Request request)
    {
        var caller = request.Caller;
        var allowed = access switch
        {
            Access.Anyone => true,
            Access.Trusted => caller.Trusted && !caller.MetricsOnly,
            Access.Project => request.AllProjects ? caller.Trusted && !caller.MetricsOnly : caller.MaySee(request.Project),
            Access.Admin => caller.IsAdmin,
            Access.Local => caller.Protocol == "unix",
            Access.Metrics => caller.IsAdmin || caller.MetricsOnly,
            _ => false,
        };
        if (!allowed)
        {
            throw ApiException.Forbidden();
        }
    }

    /// <summary>A browser's page of another site must not open our websockets with the user's certificate.</summary>
    private static void CheckOrigin(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue("Upgrade", out _) || !context.Request.Headers.TryGetValue("Origin", out var origin))
        {
            return;
        }

        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !string.Equals(uri.Authority, context.Request.Host.Value, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiException.Forbidden("The websocket's origin is not this server");
        }
    }

    private static async Task FailAsync(HttpContext context, int status, string message, CancellationToken ct)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        await Envelope.WriteErrorAsync(context, status, message, ct).ConfigureAwait(false);
    }
}
