using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client;

/// <summary>The client's end of a command in an instance: its streams over websockets.</summary>
public sealed class ExecClient(LxdConnection server)
{
    private WebSocket? _control;

    /// <param name="path"><c>/1.0/instances/NAME/exec</c> or <c>/console</c>.</param>
    /// <returns>The operation at its end; the exit code is in its metadata's <c>return</c>.</returns>
    public async Task<Operation> RunAsync(string path, JsonObject request, Stream input, Stream output, Stream error, CancellationToken ct)
    {
        var answer = await server.SendAsync("POST", path, request, ct).ConfigureAwait(false);
        var fds = answer.Metadata?["metadata"]?["fds"] as JsonObject ?? throw new ApiException(0, "The server gave no streams");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        // All at once, the question for the end among them: the way to a server may be long.
        var opening = fds.ToDictionary(f => f.Key, f => server.WebSocketAsync($"{answer.Operation}/websocket?secret={(string?)f.Value}", ct));
        var end = server.GetAsync<Operation>($"{answer.Operation}/wait", ct);
        await Task.WhenAll(opening.Where(o => o.Key != "control").Select(o => o.Value)).ConfigureAwait(false);
        _control = opening.TryGetValue("control", out var control) ? await ControlOfAsync(control).ConfigureAwait(false) : null;
        var zero = await opening["0"].ConfigureAwait(false);
        var streams = opening.TryGetValue("1", out var one)
            ? (Task[])[DrainAsync(await one.ConfigureAwait(false), output, ct), DrainAsync(await opening["2"].ConfigureAwait(false), error, ct)]
            : [DrainAsync(zero, output, ct)];
        var feeding = FeedAsync(zero, input, ended.Token);
        await Task.WhenAll(streams).ConfigureAwait(false);
        var operation = await end.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        // Standard input may never end: nobody waits for it.
        _ = feeding;
        return operation.StatusCode == 200 ? operation : throw new ApiException((int)operation.ErrCode, operation.Err);
    }

    public Task ResizeAsync(int width, int height, CancellationToken ct) => ControlAsync(new JsonObject { ["command"] = "window-resize", ["args"] = new JsonObject { ["width"] = $"{width}", ["height"] = $"{height}" } }, ct);

    public Task SignalAsync(int signal, CancellationToken ct) => ControlAsync(new JsonObject { ["command"] = "signal", ["signal"] = signal }, ct);

    /// <summary>The command begins without it: a short one may have ended before it is there.</summary>
    private static async Task<WebSocket?> ControlOfAsync(Task<WebSocket> opening)
    {
        try
        {
            return await opening.ConfigureAwait(false);
        }
        catch (ApiException)
        {
            return null;
        }
    }

    private async Task ControlAsync(JsonObject message, CancellationToken ct)
    {
        if (_control is { State: WebSocketState.Open } control)
        {
            await control.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, ct).ConfigureAwait(false);
        }
    }

    private static async Task FeedAsync(WebSocket socket, Stream input, CancellationToken ct)
    {
        var buffer = new byte[128 << 10];
        try
        {
            int count;
            while ((count = await input.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                await socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, true, ct).ConfigureAwait(false);
            }

            await socket.SendAsync(Array.Empty<byte>(), WebSocketMessageType.Text, true, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException or IOException)
        {
            // The command ended before its input.
        }
    }

    private static async Task DrainAsync(WebSocket socket, Stream output, CancellationToken ct)
    {
        var buffer = new byte[128 << 10];
        try
        {
            while (true)
            {
                var frame = await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
                if (frame.MessageType != WebSocketMessageType.Binary)
                {
                    break;
                }

                await output.WriteAsync(buffer.AsMemory(0, frame.Count), ct).ConfigureAwait(false);
                await output.FlushAsync(ct).ConfigureAwait(false);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, ct).ConfigureAwait(false);
        }
        catch (WebSocketException)
        {
            // The server hung up: that is an end too.
        }
    }
}
