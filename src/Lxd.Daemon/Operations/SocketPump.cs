using System.Net.WebSockets;

namespace Lxd.Daemon.Operations;

/// <summary>Moves data between streams and websockets. An empty text message ends a stream and leaves the socket open.</summary>
internal static class SocketPump
{
    private const int BufferSize = 128 << 10;

    /// <summary>Sends what the stream has until it ends, then the end mark. With a socket that is gone the stream is read to its end all the same.</summary>
    public static async Task SendAsync(Stream from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        var gone = false;
        while (true)
        {
            int read;
            try
            {
                read = await from.ReadAsync(buffer, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (IsGone(e))
            {
                return;
            }

            if (!gone)
            {
                gone = !await TrySendAsync(to, buffer.AsMemory(0, read), read > 0, ct).ConfigureAwait(false);
            }

            if (read == 0)
            {
                return;
            }
        }
    }

    /// <summary>Writes what the socket brings until the end mark or the client's goodbye, then calls <paramref name="ended"/>, and reads on until the socket is closed or lost.</summary>
    public static async Task ReceiveAsync(WebSocket from, Stream to, Func<Task> ended)
    {
        var buffer = new byte[BufferSize];
        try
        {
            while (true)
            {
                var message = await from.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (message.MessageType == WebSocketMessageType.Close || message.MessageType == WebSocketMessageType.Text && message.Count == 0)
                {
                    break;
                }

                await to.WriteAsync(buffer.AsMemory(0, message.Count), CancellationToken.None).ConfigureAwait(false);
                await to.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // The client or the one it talked to is gone.
        }

        await ended().ConfigureAwait(false);
        await DrainAsync(from).ConfigureAwait(false);
    }

    /// <summary>Ends when the socket is closed or lost; what it brings is thrown away.</summary>
    public static async Task DrainAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent
                && (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // Lost is as good as closed.
        }
    }

    public static async Task GoodbyeAsync(WebSocket socket)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsGone(e))
        {
            // It is closed then.
        }
    }

    public static bool IsGone(Exception e) => e is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    private static async Task<bool> TrySendAsync(WebSocket to, ReadOnlyMemory<byte> data, bool isData, CancellationToken ct)
    {
        try
        {
            await to.SendAsync(data, isData ? WebSocketMessageType.Binary : WebSocketMessageType.Text, true, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            return false;
        }
    }
}
