using Lxd.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Http;

/// <summary>The way of every request: match, authenticate, check access, handle, write; errors become LXD's envelope once, here.</summary>
internal sealed class Pipeline(Router router, Authenticator authenticator, Gate gate, ILogger logger)
{
    /// <summary>Set once the daemon has finished starting; before, only what the start itself needs is answered.</summary>
    public bool Ready { get; set; }

    /// <summary>The daemon goes down: nothing new is begun, what is being done can be followed and cancelled.</summary>
    public bool Closing { get; set; }

    /// <summary>Called with every request.</summary>
    public Action Used { get; init; } = () => { };

    /// <summary>Done when the daemon has started. Set where the first request is what starts it (systemd holds the socket): that one waits instead of being sent away.</summary>
    public Task? Starting { get; set; }

    /// <summary>What pages of other sites may do; set from the configuration.</summary>
    public Cors Cors { get; init; } = new(_ => "");

    /// <summary>Counts the requests.</summary>
    public RequestRates Rates { get; } = new();

    /// <summary>Answers on an address of its own for metrics, where nothing else is.</summary>
    public async Task HandleMetricsAsync(HttpContext context)
    {
        if (context.Request.Path.Value?.TrimEnd('/') is "" or "/1.0" or "/1.0/metrics")
        {
            await HandleAsync(context).ConfigureAwait(false);
            return;
        }

        await FailAsync(context, 404, ApiException.NotFound().Message, context.RequestAborted).ConfigureAwait(false);
    }

    public async Task HandleAsync(HttpContext context)
    {
        var ct = context.RequestAborted;
        Used();
        Cors.Apply(context);
        if (context.Request.Method == "OPTIONS")
        {
            // A browser asks what it may do: the headers are the answer.
            return;
        }

        var end = Rates.Begin(context.Request.Path.Value ?? "");
        try
        {
            var response = await RespondAsync(context, ct).ConfigureAwait(false);
            await response.WriteAsync(context, ct).ConfigureAwait(false);
            if (response.Operation is { } operation && end is not null)
            {
                var ended = end;
                end = null;
                _ = operation.Done.ContinueWith(_ => ended(operation.HasFailed ? 500 : 200), TaskScheduler.Default);
            }
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
        finally
        {
            end?.Invoke(context.Response.StatusCode);
        }
    }

    /// <summary>Answers a caller whom another socket of the daemon knows, as he would be answered over the network. The answer is not written.</summary>
    /// <param name="check">Throws what stands against a request that the caller has the right to; or null.</param>
    public async Task<Response> AskAsync(HttpContext context, Caller caller, string path, Func<Task>? check, CancellationToken ct)
    {
        var (route, values) = router.Match(context.Request.Method, path);
        var request = new Request(context, caller, values, path, gate);
        await gate.CheckAsync(route.Access, request, ct).ConfigureAwait(false);
        await (check?.Invoke() ?? Task.CompletedTask).ConfigureAwait(false);
        return await HandleAsync(route, request, ct).ConfigureAwait(false);
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
        var request = new Request(context, Caller.Nobody(Authenticator.AddressOf(context)), values, path, gate);
        var caller = request.Caller = await authenticator.IdentifyAsync(request, ct).ConfigureAwait(false);
        logger.Handling(context.Request.Method, LoggedTarget.Of(target), caller.Address, caller.Protocol, caller.Username);
        BrowserGuard.Check(context, Cors);
        if (!caller.Trusted && request.Header("X-LXD-authenticated") == "true")
        {
            // A client that means to be known does not want the answer for strangers.
            throw ApiException.Forbidden();
        }

        await gate.CheckAsync(route.Access, request, ct).ConfigureAwait(false);
        if (Closing && route.Access.Kind != AccessKind.Local && context.Request.Method != "GET" && path is not "/1.0" && !path.StartsWith("/1.0/operations/", StringComparison.Ordinal))
        {
            throw ApiException.Unavailable("LXD is shutting down");
        }

        if (!Ready && route.Access.Kind != AccessKind.Local && path is not ("/1.0" or "/"))
        {
            await (Starting?.WaitAsync(ct) ?? Task.CompletedTask).ConfigureAwait(false);
            if (!Ready)
            {
                throw ApiException.Unavailable("LXD daemon setup in progress");
            }
        }

        return await HandleAsync(route, request, ct).ConfigureAwait(false);
    }

    private async Task<Response> HandleAsync(Route route, Request request, CancellationToken ct) =>
        await ResponseView.ApplyAsync(request, route.Access, await route.Handler(request, ct).ConfigureAwait(false), gate, ct).ConfigureAwait(false);

    private async Task FailAsync(HttpContext context, int status, string message, CancellationToken ct)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        Cors.Apply(context);
        await Envelope.WriteErrorAsync(context, status, message, ct).ConfigureAwait(false);
    }
}
