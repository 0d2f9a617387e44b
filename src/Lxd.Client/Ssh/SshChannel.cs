namespace Lxd.Client.Ssh;

/// <summary>A channel with an SFTP session behind it.</summary>
/// <param name="number">The client's number of it.</param>
internal sealed class SshChannel(SshTransport transport, uint number, uint window, uint packet) : IAsyncDisposable
{
    /// <summary>Bytes the client may send before it hears from us.</summary>
    public const uint Window = 2 << 20;
    public const uint Packet = 64 << 10;
    private readonly SemaphoreSlim _grown = new(0);
    private readonly int _largest = (int)Math.Min(packet, Packet);
    private Stream? _files;
    private long _window = window;
    private uint _taken;

    public uint Number => number;

    public bool IsOpen => _files is not null;

    public void Serve(Stream files, CancellationToken ct)
    {
        _files = files;
        _ = PumpAsync(files, ct);
    }

    /// <summary>The client takes more.</summary>
    public void Grow(uint bytes)
    {
        Interlocked.Add(ref _window, bytes);
        _grown.Release();
    }

    /// <summary>What the client sent goes to the session; half a window later the client may send on.</summary>
    public async Task WriteAsync(byte[] data, CancellationToken ct)
    {
        if (_files is not { } files)
        {
            throw new IOException("data for a channel without a session");
        }

        await files.WriteAsync(data, ct).ConfigureAwait(false);
        await files.FlushAsync(ct).ConfigureAwait(false);
        _taken += (uint)data.Length;
        if (_taken > Window / 2)
        {
            var taken = _taken;
            _taken = 0;
            await transport.SendAsync(SshWriter.Message(93, w => w.UInt32(number).UInt32(taken)), ct).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_files is { } files)
        {
            await files.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(Stream files, CancellationToken ct)
    {
        var buffer = new byte[_largest];
        try
        {
            int count;
            while ((count = await files.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                for (var at = 0; at < count;)
                {
                    while (Interlocked.Read(ref _window) == 0)
                    {
                        await _grown.WaitAsync(ct).ConfigureAwait(false);
                    }

                    var part = (int)Math.Min(count - at, Interlocked.Read(ref _window));
                    Interlocked.Add(ref _window, -part);
                    var data = buffer.AsMemory(at, part);
                    await transport.SendAsync(SshWriter.Message(94, w => w.UInt32(number).String(data.Span)), ct).ConfigureAwait(false);
                    at += part;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The session is over: that is told next.
        }

        try
        {
            await transport.SendAsync(SshWriter.Message(96, w => w.UInt32(number)), ct).ConfigureAwait(false);
            await transport.SendAsync(SshWriter.Message(97, w => w.UInt32(number)), ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // There is nobody to tell.
        }
    }
}
