using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Lxd.Network.Bgp;

/// <summary>One connection with a peer: it is opened, kept alive and told the prefixes until one side has enough.</summary>
internal sealed class BgpSession(Socket socket, BgpSettings settings, BgpPeerSpec peer) : IAsyncDisposable
{
    private const byte Cease = 6;
    private const byte HoldTimerExpired = 4;
    private const byte OpenError = 2;
    private const byte HeaderError = 1;
    private const byte MachineError = 5;
    private static readonly TimeSpan LongestOpening = TimeSpan.FromSeconds(30);
    private readonly Channel<byte[]> _out = Channel.CreateUnbounded<byte[]>();
    private readonly NetworkStream _stream = new(socket, true);
    private BgpMessage.PeerOpen? _theirs;

    public bool IsEstablished { get; private set; }

    /// <summary>The peer's id, once it has told it.</summary>
    public uint? PeerRouterId => _theirs?.RouterId;

    /// <summary>Runs the session to its end; whatever ends it, an exception tells.</summary>
    /// <param name="mayGoOn">Asked when the peer has told who it is, as there may be another connection with it.</param>
    /// <param name="join">Called when the session is up: from now on it hears of the prefixes.</param>
    public async Task RunAsync(Func<BgpSession, bool> mayGoOn, Action<BgpSession> join, CancellationToken ct)
    {
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(ct);
        opening.CancelAfter(LongestOpening);
        await _stream.WriteAsync(BgpMessage.OpenMessage(settings, peer.HoldTime), opening.Token).ConfigureAwait(false);
        var (type, body) = await ReadAsync(opening.Token).ConfigureAwait(false);
        if (type != BgpMessage.Open || BgpMessage.ReadOpen(body) is not { } theirs || theirs.Asn != peer.Asn || theirs.HoldTime is 1 or 2)
        {
            throw await EndAsync(OpenError, type == BgpMessage.Open ? (byte)2 : (byte)0, "The peer is not who it should be").ConfigureAwait(false);
        }

        _theirs = theirs;
        if (!mayGoOn(this))
        {
            throw await EndAsync(Cease, 7, "There is another connection with the peer").ConfigureAwait(false);
        }

        await _stream.WriteAsync(BgpMessage.KeepaliveMessage, opening.Token).ConfigureAwait(false);
        (type, _) = await ReadAsync(opening.Token).ConfigureAwait(false);
        if (type != BgpMessage.Keepalive)
        {
            throw await EndAsync(MachineError, 0, "The peer did not confirm").ConfigureAwait(false);
        }

        IsEstablished = true;
        join(this);
        var hold = Math.Min(peer.HoldTime, theirs.HoldTime);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = WriteAllAsync(hold, stop.Token);
        try
        {
            await ListenAsync(hold, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            IsEstablished = false;
            await stop.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Announce(BgpPrefix prefix)
    {
        if (BgpMessage.Announce(prefix, settings, peer.Asn, _theirs!.Wide, Local()) is { } message)
        {
            _out.Writer.TryWrite(message);
        }
    }

    public void Withdraw(BgpPrefix prefix) => _out.Writer.TryWrite(BgpMessage.Withdraw(prefix));

    /// <summary>Says goodbye where there is somebody to hear it.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await _stream.WriteAsync(BgpMessage.NotificationMessage(Cease, 2), patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already.
        }

        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    private IPAddress Local()
    {
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>What routers tell of their routes is none of ours.</summary>
    private async Task ListenAsync(int hold, CancellationToken ct)
    {
        while (true)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if (hold > 0)
            {
                silence.CancelAfter(TimeSpan.FromSeconds(hold));
            }

            try
            {
                var (type, body) = await ReadAsync(silence.Token).ConfigureAwait(false);
                if (type == BgpMessage.Notification)
                {
                    throw new IOException($"The peer ended the session ({body.AsSpan() switch { [var code, var sub, ..] => $"{code}/{sub}", _ => "no reason" }})");
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw await EndAsync(HoldTimerExpired, 0, "The peer was silent for too long").ConfigureAwait(false);
            }
        }
    }

    private async Task WriteAllAsync(int hold, CancellationToken ct)
    {
        var interval = hold > 0 ? TimeSpan.FromSeconds(hold / 3.0) : Timeout.InfiniteTimeSpan;
        while (true)
        {
            using var quiet = CancellationTokenSource.CreateLinkedTokenSource(ct);
            quiet.CancelAfter(interval);
            byte[] message;
            try
            {
                message = await _out.Reader.ReadAsync(quiet.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                message = BgpMessage.KeepaliveMessage;
            }

            await _stream.WriteAsync(message, ct).ConfigureAwait(false);
        }
    }

    private async Task<(byte Type, byte[] Body)> ReadAsync(CancellationToken ct)
    {
        var header = new byte[BgpMessage.HeaderSize];
        await _stream.ReadExactlyAsync(header, ct).ConfigureAwait(false);
        var (type, length) = BgpMessage.ReadHeader(header);
        if (length == 0)
        {
            throw await EndAsync(HeaderError, 1, "The peer does not speak BGP").ConfigureAwait(false);
        }

        var body = new byte[length - BgpMessage.HeaderSize];
        await _stream.ReadExactlyAsync(body, ct).ConfigureAwait(false);
        return (type, body);
    }

    private async Task<IOException> EndAsync(byte code, byte subcode, string why)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _stream.WriteAsync(BgpMessage.NotificationMessage(code, subcode), patience.Token).ConfigureAwait(false);
        return new IOException(why);
    }
}
