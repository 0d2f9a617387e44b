using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances.Exec;

/// <summary>What clients say over the control socket: the size of their window, signals.</summary>
internal static class ControlMessages
{
    private const int LargestMessage = 64 << 10;

    /// <summary>Reads until the socket is closed or lost. What cannot be understood is passed over.</summary>
    public static async Task ReadAsync(WebSocket socket, Action<int, int> resize, Action<int> signal)
    {
        var buffer = new byte[LargestMessage];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                    length += part.Count;
                }
                while (!part.EndOfMessage && length < buffer.Length);
                if (part.MessageType == WebSocketMessageType.Close || !part.EndOfMessage)
                {
                    return;
                }

                Handle(buffer.AsSpan(0, length), resize, signal);
            }
        }
        catch (Exception e) when (SocketPump.IsGone(e))
        {
            // The caller ends what the client controlled.
        }
    }

    private static void Handle(ReadOnlySpan<byte> text, Action<int, int> resize, Action<int> signal)
    {
        JsonObject? message;
        try
        {
            message = text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return;
        }

        switch (Text(message?["command"]))
        {
            case "window-resize" when message!["args"] is JsonObject size && Number(size["width"]) is { } width && Number(size["height"]) is { } height:
                resize(width, height);
                break;
            case "signal" when Number(message!["signal"]) is { } number:
                signal(number);
                break;
            default:
                break;
        }
    }

    private static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    private static int? Number(JsonNode? node) =>
        node is JsonValue value && int.TryParse(value.TryGetValue<string>(out var text) ? text : value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
