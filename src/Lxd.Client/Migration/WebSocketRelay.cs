using System.Net.WebSockets;

namespace Lxd.Client.Migration;

/// <summary>Carries the frames of a websocket of one server to one of another, and back.</summary>
internal static class WebSocketRelay
{
    public static async Task RunAsync((LxdConnection Server, string Operation, string Secret) one, (LxdConnection Server, string Operation, string Secret) other, CancellationToken ct)
    {
        using var first = await OpenAsync(one, ct).ConfigureAwait(false);
        using var second = await OpenAsync(other, ct).ConfigureAwait(false);
        await Task.WhenAll(CopyAsync(first, second, ct), CopyAsync(second, first, ct)).ConfigureAwait(false);
    }

    private static Task<WebSocket> OpenAsync((LxdConnection Server, string Operation, string Secret) end, CancellationToken ct) => end.Server.WebSocketAsync($"{end.Operation.Split('?')[0]}/websocket?secret={end.Secret}", ct);

    private static async Task CopyAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[256 << 10];
        try
        {
            while (true)
            {
                var frame = await from.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
                if (frame.MessageType == WebSocketMessageType.Close)
                {
                    await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct).ConfigureAwait(false);
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, frame.Count), frame.MessageType, frame.EndOfMessage, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end hung up: the servers tell what that means.
            to.Abort();
        }
    }
}
