using System.Net;
using System.Net.Sockets;

namespace Lxd.Network.Bgp;

/// <summary>Keeps a session with a router: connects, takes its connection where it comes first, and begins again when a session ends.</summary>
internal sealed class BgpPeer : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stop = new();
    private readonly BgpSettings _settings;
    private readonly BgpTable _table;
    private readonly Action<IPAddress, string> _told;
    private readonly Lock _lock = new();
    private readonly Dictionary<BgpSession, bool> _sessions = [];
    private readonly Task _connecting;

    /// <param name="told">Is told of every session that ends.</param>
    public BgpPeer(BgpSettings settings, BgpPeerSpec spec, BgpTable table, Action<IPAddress, string> told)
    {
        (_settings, Spec, _table, _told) = (settings, spec, table, told);
        _connecting = ConnectAsync(_stop.Token);
    }

    public BgpPeerSpec Spec { get; }

    /// <summary>The router has connected.</summary>
    public Task AcceptAsync(Socket socket) => RunAsync(socket, false, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _connecting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ConnectAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (!HasSession())
            {
                await TryConnectAsync(ct).ConfigureAwait(false);
            }

            await Task.Delay(Retry, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TryConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(Spec.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            TcpPassword.Set(socket, Spec.Address, Spec.Password);
            if (_settings.Address.Address is { } own && own.AddressFamily == Spec.Address.AddressFamily && !own.Equals(IPAddress.Any) && !own.Equals(IPAddress.IPv6Any))
            {
                socket.Bind(new IPEndPoint(own, 0));
            }

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(TimeSpan.FromSeconds(10));
            await socket.ConnectAsync(Spec.Address, Spec.Port, patience.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return;
        }

        await RunAsync(socket, true, ct).ConfigureAwait(false);
    }

    private async Task RunAsync(Socket socket, bool ours, CancellationToken ct)
    {
        var session = new BgpSession(socket, _settings, Spec);
        await using var _ = session.ConfigureAwait(false);
        lock (_lock)
        {
            _sessions[session] = ours;
        }

        try
        {
            await session.RunAsync(MayGoOn, _table.Join, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            if (!ct.IsCancellationRequested)
            {
                _told(Spec.Address, e.Message);
            }
        }
        finally
        {
            _table.Leave(session);
            lock (_lock)
            {
                _sessions.Remove(session);
            }
        }
    }

    private bool HasSession()
    {
        lock (_lock)
        {
            return _sessions.Count > 0;
        }
    }

    /// <summary>Of two connections the one stays that was made by the router with the higher id; one that is up stays anyway.</summary>
    private bool MayGoOn(BgpSession session)
    {
        lock (_lock)
        {
            if (_sessions.Keys.All(s => s == session))
            {
                return true;
            }

            var id = _settings.RouterId.GetAddressBytes();
            var oursWins = ((uint)id[0] << 24 | (uint)id[1] << 16 | (uint)id[2] << 8 | id[3]) > session.PeerRouterId;
            return !_sessions.Keys.Any(s => s != session && s.IsEstablished) && _sessions[session] == oursWins;
        }
    }
}
