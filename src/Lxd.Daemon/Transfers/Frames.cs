using System.Net.WebSockets;
using Lxd.Core;

namespace Lxd.Daemon.Transfers;

/// <summary>The websocket the content goes through: streams one after the other, each ended by an empty text frame.</summary>
/// <param name="moved">Told the bytes that went through so far, either way.</param>
internal sealed class Frames(WebSocket socket, Action<long>? moved) : Stream
{
    private const int BufferSize = 128 << 10;
    private const int LargestMessage = 64 << 20;
    private long _moved;

    public override bool CanRead => false;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException("a websocket has no length");
    public override long Position { get => throw new NotSupportedException("a websocket has no position"); set => throw new NotSupportedException("a websocket has no position"); }

    /// <summary>Sends all of a stream and its end.</summary>
    public async Task SendAsync(Stream from, CancellationToken ct)
    {
        await from.CopyToAsync(this, BufferSize, ct).ConfigureAwait(false);
        await EndAsync(ct).ConfigureAwait(false);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> all, CancellationToken ct)
    {
        await WriteAsync(all, ct).ConfigureAwait(false);
        await EndAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Ends the stream that is being written.</summary>
    public async Task EndAsync(CancellationToken ct) => await socket.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, true, ct).ConfigureAwait(false);

    /// <summary>Reads one stream to its end. Where it can no longer be written the rest is read all the same, so that what follows is found.</summary>
    /// <returns>Whether all of it was written.</returns>
    public async Task<bool> ReceiveAsync(Stream to, CancellationToken ct)
    {
        var buffer = new byte[BufferSize];
        var whole = true;
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                throw new IOException("The other server ended the transfer");
            }

            if (frame.MessageType == WebSocketMessageType.Text)
            {
                return whole;
            }

            moved?.Invoke(_moved += frame.Count);
            try
            {
                if (whole)
                {
                    await to.WriteAsync(buffer.AsMemory(0, frame.Count), ct).ConfigureAwait(false);
                    await to.FlushAsync(ct).ConfigureAwait(false);
                }
            }
            catch (IOException)
            {
                whole = false;
            }
        }
    }

    /// <summary>Reads one short stream.</summary>
    public async Task<byte[]> ReceiveAsync(CancellationToken ct)
    {
        using var bytes = new Bounded();
        return await ReceiveAsync(bytes, ct).ConfigureAwait(false) ? bytes.ToArray() : throw ApiException.BadRequest("Invalid migration message");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length > 0)
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, true, cancellationToken).ConfigureAwait(false);
            moved?.Invoke(_moved += buffer.Length);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("a websocket is written asynchronously");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("streams are received one by one");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("a websocket has no position");

    public override void SetLength(long value) => throw new NotSupportedException("a websocket has no length");

    private sealed class Bounded : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > LargestMessage ? throw new IOException("Too large") : base.WriteAsync(buffer, cancellationToken);
    }
}
