using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Operations;

/// <summary><c>/1.0/operations</c>.</summary>
/// <param name="checkProject">Throws not found for a project that is not there.</param>
internal sealed class OperationsEndpoints(OperationService operations, Func<string, CancellationToken, Task> checkProject)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/operations", Access.Trusted, ListAsync);
        router.Map("GET", "/1.0/operations/{id}", Access.Trusted, GetAsync);
        router.Map("DELETE", "/1.0/operations/{id}", Access.Trusted, CancelAsync);
        router.Map("GET", "/1.0/operations/{id}/wait", Access.Anyone, WaitAsync);
        router.Map("GET", "/1.0/operations/{id}/websocket", Access.Anyone, ConnectAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        if (!request.AllProjects)
        {
            request.Check(Entity.OfProject(request.Project), "can_view");
            await checkProject(request.Project, ct).ConfigureAwait(false);
        }

        var visible = operations.All.Where(o => o.Parent is null && (request.AllProjects || o.Project is "" || o.Project == request.Project) && MayView(request, o)).ToList();
        var groups = new JsonObject();
        foreach (var group in visible.Select(o => (o.Url, o.Children, Full: o.Render())).GroupBy(o => o.Full.Status.ToLowerInvariant()))
        {
            groups[group.Key] = new JsonArray([.. group.Select(o => request.Recursion switch { 0 => JsonValue.Create(o.Url), 1 => Json.Node(o.Full), _ => WithChildren(o.Full, o.Children) })]);
        }

        return Response.Sync((JsonNode)groups);
    }

    private Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var operation = Find(request);
        return Task.FromResult(request.Recursion == 0 ? Response.Sync(operation.Render()) : Response.Sync(WithChildren(operation.Render(), operation.Children)));
    }

    private static JsonNode WithChildren(Operation operation, IEnumerable<RunningOperation> children)
    {
        var full = (JsonObject)Json.Node(operation)!;
        full["children"] = new JsonArray([.. children.Select(c => Json.Node(c.Render()))]);
        return full;
    }

    private Task<Response> CancelAsync(Request request, CancellationToken ct)
    {
        var operation = Find(request);
        if (!request.Caller.Is(operation.Requestor))
        {
            request.Check(Owner(operation), operation.Project.Length == 0 ? "admin" : "operator");
        }

        operation.Cancel();
        return Task.FromResult(Response.Empty);
    }

    /// <summary>The headers go out at once, so that a client behind a proxy sees life; the body comes when the operation ends or the time is over.</summary>
    private Task<Response> WaitAsync(Request request, CancellationToken ct)
    {
        var operation = FindWithSecret(request);
        if (!int.TryParse(request.Query("timeout") is { Length: > 0 } text ? text : "-1", out var seconds))
        {
            throw ApiException.BadRequest($"Invalid timeout \"{request.Query("timeout")}\"");
        }

        return Task.FromResult(Response.Raw(async (context, token) =>
        {
            context.Response.StatusCode = 200;
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync(token).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(token).ConfigureAwait(false);
            try
            {
                await operation.Done.WaitAsync(seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds), token).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The answer is the operation as it stands.
            }

            await context.Response.Body.WriteAsync(Envelope.SyncBytes(json => Json.Write(json, operation.Render())), token).ConfigureAwait(false);
        }));
    }

    private Task<Response> ConnectAsync(Request request, CancellationToken ct)
    {
        var operation = operations.Get(request.Route("id"));
        var secret = request.Query("secret");
        if (secret.Length == 0)
        {
            throw ApiException.BadRequest("Missing websocket secret");
        }

        return Task.FromResult(Response.Raw(async (context, token) =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                throw ApiException.BadRequest("A websocket is required");
            }

            await operation.ConnectAsync(secret, () => context.WebSockets.AcceptWebSocketAsync(), token).ConfigureAwait(false);
        }));
    }

    private static Entity Owner(RunningOperation operation) => operation.Project.Length == 0 ? Entity.Server : Entity.OfProject(operation.Project);

    /// <summary>Everybody sees what he asked for himself, and what is done where he may view operations.</summary>
    private static bool MayView(Request request, RunningOperation operation) =>
        request.Caller.Is(operation.Requestor) || request.May(Owner(operation), "can_view_operations");

    private RunningOperation Find(Request request)
    {
        var operation = operations.Get(request.Route("id"));
        return MayView(request, operation) ? operation : throw ApiException.NotFound("Operation not found");
    }

    private RunningOperation FindWithSecret(Request request)
    {
        var operation = operations.Get(request.Route("id"));
        return operation.HasSecret(request.Query("secret")) ? operation
            : request.Caller.Trusted ? Find(request)
            : throw ApiException.Forbidden();
    }
}
