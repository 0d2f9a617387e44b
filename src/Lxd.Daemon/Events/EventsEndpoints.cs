using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Events;

/// <summary><c>/1.0/events</c>: a websocket of text frames, one event each.</summary>
internal sealed class EventsEndpoints(EventHub events)
{
    private static readonly string[] Types = ["logging", "operation", "lifecycle", "ovn", "security"];
    private static readonly string[] ServerLevel = ["logging", "ovn", "security"];

    public void Map(Router router) => router.Map("GET", "/1.0/events", Access.Trusted, ListenAsync);

    private Task<Response> ListenAsync(Request request, CancellationToken ct)
    {
        var server = request.May(Entity.Server, "can_view_events");
        var wanted = request.Query("type") is { Length: > 0 } list ? list.Split(',') : Types.Where(t => server || !ServerLevel.Contains(t)).ToArray();
        foreach (var type in wanted)
        {
            if (!Types.Contains(type))
            {
                throw ApiException.BadRequest($"\"{type}\" isn't a supported event type");
            }

            if (ServerLevel.Contains(type))
            {
                request.Check(Entity.Server, "can_view_events");
            }
        }

        var all = request.AllProjects;
        var project = request.Project;
        if (all && request.HasQuery("project"))
        {
            throw ApiException.BadRequest("Cannot specify a project when requesting all projects");
        }

        if (!all)
        {
            request.Check(Entity.OfProject(project), "can_view");
        }

        var caller = request.Caller;
        return Task.FromResult(Response.Raw(async (context, token) =>
        {
            if (!context.WebSockets.IsWebSocketRequest)
            {
                throw ApiException.BadRequest("A websocket is required");
            }

            using var subscription = events.Subscribe(e => wanted.Contains(e.Type) && (all || e.Project.Length == 0 || e.Project == project) && MayView(caller, e, server));
            using var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
            await PumpAsync(socket, subscription, token).ConfigureAwait(false);
        }));
    }

    /// <summary>What happens in a project is for those who may view its events or operations; what a caller does himself he always hears of.</summary>
    private static bool MayView(Caller caller, ApiEvent e, bool server) =>
        (e.Project.Length == 0 ? server : caller.May(Entity.OfProject(e.Project), e.Type == "operation" ? "can_view_operations" : "can_view_events"))
        || (e.Metadata?["requestor"] is JsonObject who && caller.Username.Length > 0 && (string?)who["username"] == caller.Username && (string?)who["protocol"] == caller.Protocol);

    private static async Task PumpAsync(WebSocket socket, Subscription subscription, CancellationToken ct)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reader = WatchAsync(socket, gone);
        try
        {
            await foreach (var e in subscription.Queue.Reader.ReadAllAsync(gone.Token).ConfigureAwait(false))
            {
                await socket.SendAsync(e, WebSocketMessageType.Text, true, gone.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The listener left.
        }

        await gone.CancelAsync().ConfigureAwait(false);
        await reader.ConfigureAwait(false);
    }

    /// <summary>A listener sends nothing but its goodbye.</summary>
    private static async Task WatchAsync(WebSocket socket, CancellationTokenSource gone)
    {
        var buffer = new byte[256];
        try
        {
            while ((await socket.ReceiveAsync(buffer, gone.Token).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, gone.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // Gone without a goodbye.
        }

        await gone.CancelAsync().ConfigureAwait(false);
    }
}
