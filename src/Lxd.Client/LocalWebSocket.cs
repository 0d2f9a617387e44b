using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;

namespace Lxd.Client;

/// <summary>A websocket to a server on the same host. .NET's own masks what it sends with random bytes, to protect proxies from what pages have browsers send; for those it loads OpenSSL, which
/// takes longer than a short command in a container. There is no proxy in a unix socket: the mask is zero here, which leaves the data as it is.</summary>
internal sealed class LocalWebSocket(Stream stream) : WebSocket
{
    private const int Final = 0x80;
    private const int Masked = 0x80;
    private const int MaxHeader = 14;
    private const int Ping = 9;
    private const int Pong = 10;

    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _buffer = new byte[4096];
    private Memory<byte> _read;
    private long _left;
    private bool _final = true;
    private bool _continues;
    private WebSocketMessageType _type;
    private WebSocketState _state = WebSocketState.Open;
    private WebSocketCloseStatus? _status;
    private string? _description;

    /// <summary>What the request for one says besides. The key is any: it is there to tell a server's answer from a cache's.</summary>
    public static (string Name, string Value)[] Headers { get; } = [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", Convert.ToBase64String("on the same host"u8))];

    public override WebSocketCloseStatus? CloseStatus => _status;

    public override string? CloseStatusDescription => _description;

    public override WebSocketState State => _state;

    public override string? SubProtocol => null;

    public override async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_left == 0)
        {
            if (await NextAsync(cancellationToken).ConfigureAwait(false))
            {
                return new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, true);
            }

            if (_left == 0)
            {
                return new ValueWebSocketReceiveResult(0, _type, _final);
            }
        }

        buffer = buffer[..(int)Math.Min(buffer.Length, _left)];
        var count = Math.Min(buffer.Length, _read.Length);
        _read[..count].CopyTo(buffer);
        _read = _read[count..];
        if (count < buffer.Length)
        {
            count += await SomeAsync(buffer[count..], cancellationToken).ConfigureAwait(false);
        }

        _left -= count;
        return new ValueWebSocketReceiveResult(count, _type, _final && _left == 0);
    }

    public override async Task<WebSocketReceiveResult> ReceiveAsync(ArraySegment<byte> buffer, CancellationToken cancellationToken)
    {
        var result = await ReceiveAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false);
        return new WebSocketReceiveResult(result.Count, result.MessageType, result.EndOfMessage, _status, _description);
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken)
    {
        var code = _continues ? 0 : messageType == WebSocketMessageType.Text ? 1 : 2;
        _continues = !endOfMessage;
        await FrameAsync(code | (endOfMessage ? Final : 0), buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task SendAsync(ArraySegment<byte> buffer, WebSocketMessageType messageType, bool endOfMessage, CancellationToken cancellationToken) =>
        SendAsync(buffer.AsMemory(), messageType, endOfMessage, cancellationToken).AsTask();

    public override async Task CloseAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        await CloseOutputAsync(closeStatus, statusDescription, cancellationToken).ConfigureAwait(false);
        var rest = new byte[4096];
        while (_state == WebSocketState.CloseSent)
        {
            await ReceiveAsync(rest.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
    }

    public override async Task CloseOutputAsync(WebSocketCloseStatus closeStatus, string? statusDescription, CancellationToken cancellationToken)
    {
        if (_state is not (WebSocketState.Open or WebSocketState.CloseReceived))
        {
            return;
        }

        var text = Encoding.UTF8.GetBytes(statusDescription ?? "");
        var payload = new byte[2 + text.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)closeStatus);
        text.CopyTo(payload, 2);
        await FrameAsync(Final | 8, payload, cancellationToken).ConfigureAwait(false);
        _state = _state == WebSocketState.Open ? WebSocketState.CloseSent : WebSocketState.Closed;
    }

    public override void Abort()
    {
        _state = WebSocketState.Aborted;
        stream.Dispose();
    }

    public override void Dispose() => stream.Dispose();

    /// <summary>Reads the head of the next frame with data; frames that only keep the connection alive are answered on the way.</summary>
    /// <returns>Whether it is the goodbye.</returns>
    private async Task<bool> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            await BufferAsync(2, ct).ConfigureAwait(false);
            var (first, second) = (_read.Span[0], _read.Span[1]);
            var extra = second switch { 126 => 2, 127 => 8, _ => 0 };
            await BufferAsync(2 + extra, ct).ConfigureAwait(false);
            var length = extra switch
            {
                2 => BinaryPrimitives.ReadUInt16BigEndian(_read.Span[2..]),
                8 => BinaryPrimitives.ReadInt64BigEndian(_read.Span[2..]),
                _ => second,
            };
            _read = _read[(2 + extra)..];
            var code = first & 0x0f;
            if (length < 0 || (second & Masked) != 0 || code >= 8 && extra > 0)
            {
                Abort();
                throw new WebSocketException(WebSocketError.Faulted, "The server does not keep to the protocol of websockets");
            }

            if (code < 8)
            {
                _left = length;
                _final = (first & Final) != 0;
                _type = code switch { 0 => _type, 1 => WebSocketMessageType.Text, _ => WebSocketMessageType.Binary };
                return false;
            }

            await BufferAsync((int)length, ct).ConfigureAwait(false);
            var payload = _read[..(int)length].ToArray();
            _read = _read[(int)length..];
            if (code == 8)
            {
                Goodbye(payload);
                return true;
            }

            if (code == Ping)
            {
                await FrameAsync(Final | Pong, payload, ct).ConfigureAwait(false);
            }
        }
    }

    private void Goodbye(byte[] payload)
    {
        if (payload.Length >= 2)
        {
            _status = (WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload);
            _description = Encoding.UTF8.GetString(payload, 2, payload.Length - 2);
        }

        _state = _state == WebSocketState.CloseSent ? WebSocketState.Closed : WebSocketState.CloseReceived;
    }

    /// <summary>Sees to it that so many bytes are read.</summary>
    private async ValueTask BufferAsync(int count, CancellationToken ct)
    {
        if (_read.Length >= count)
        {
            return;
        }

        _read.CopyTo(_buffer);
        var have = _read.Length;
        while (have < count)
        {
            have += await SomeAsync(_buffer.AsMemory(have), ct).ConfigureAwait(false);
        }

        _read = _buffer.AsMemory(0, have);
    }

    private async ValueTask<int> SomeAsync(Memory<byte> buffer, CancellationToken ct)
    {
        int count;
        try
        {
            count = await stream.ReadAsync(buffer, ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            _state = WebSocketState.Aborted;
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, e);
        }

        if (count == 0)
        {
            _state = WebSocketState.Aborted;
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely);
        }

        return count;
    }

    private async ValueTask FrameAsync(int head, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        var frame = ArrayPool<byte>.Shared.Rent(MaxHeader + payload.Length);
        var length = Fill(frame, head, payload.Span);
        await _sending.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await stream.WriteAsync(frame.AsMemory(0, length), ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new WebSocketException(WebSocketError.ConnectionClosedPrematurely, e);
        }
        catch (OperationCanceledException)
        {
            // Half a frame may be on its way: whatever came after it would be taken for its rest.
            Abort();
            throw;
        }
        finally
        {
            _sending.Release();
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    /// <summary>Head, length and the mask of zeros in front of the data.</summary>
    private static int Fill(Span<byte> frame, int head, ReadOnlySpan<byte> payload)
    {
        var extra = payload.Length < 126 ? 0 : payload.Length <= ushort.MaxValue ? 2 : 8;
        frame[0] = (byte)head;
        frame[1] = (byte)(Masked | extra switch { 0 => payload.Length, 2 => 126, _ => 127 });
        if (extra == 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)payload.Length);
        }
        else if (extra == 8)
        {
            BinaryPrimitives.WriteInt64BigEndian(frame[2..], payload.Length);
        }

        var start = 2 + extra + 4;
        frame[(2 + extra)..start].Clear();
        payload.CopyTo(frame[start..]);
        return start + payload.Length;
    }
}
