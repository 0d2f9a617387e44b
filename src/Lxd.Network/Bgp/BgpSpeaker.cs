using System.Net;
using System.Net.Sockets;
using Lxd.Core;

namespace Lxd.Network.Bgp;

/// <summary>Tells routers which networks are reached through this host. It learns nothing from them.</summary>
public sealed class BgpSpeaker(Action<IPAddress, string> told) : IAsyncDisposable
{
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly BgpTable _table = new();
    private readonly Dictionary<IPAddress, BgpPeer> _peers = [];
    private readonly List<BgpPeerSpec> _wanted = [];
    private BgpSettings? _settings;
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;

    public bool IsRunning => _listener is not null;

    /// <summary>Listens as these settings say, or not at all for null. A bad request where it cannot; then what was before is over.</summary>
    public async Task UseAsync(BgpSettings? settings, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (settings == _settings && (settings is null || IsRunning))
            {
                return;
            }

            await StopAsync().ConfigureAwait(false);
            _settings = settings;
            if (settings is not null)
            {
                Start(settings);
            }

            await MeetAsync().ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>Makes these the prefixes and the peers.</summary>
    public async Task TellAsync(IReadOnlyList<BgpPrefix> prefixes, IReadOnlyList<BgpPeerSpec> peers, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            _table.Replace(prefixes);
            _wanted.Clear();
            _wanted.AddRange(peers);
            await MeetAsync().ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync() => await UseAsync(null, CancellationToken.None).ConfigureAwait(false);

    private void Start(BgpSettings settings)
    {
        var socket = new Socket(settings.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            if (settings.Address.Address.Equals(IPAddress.IPv6Any))
            {
                socket.DualMode = true;
            }

            socket.Bind(settings.Address);
            socket.Listen(16);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw ApiException.BadRequest($"Failed starting BGP listener: listen tcp {settings.Address}: {e.Message}", e);
        }

        _listener = socket;
        _accepting = AcceptAsync(socket);
    }

    private async Task StopAsync()
    {
        _listener?.Dispose();
        _listener = null;
        await _accepting.ConfigureAwait(false);
        foreach (var peer in _peers.Values)
        {
            await peer.DisposeAsync().ConfigureAwait(false);
        }

        _peers.Clear();
    }

    /// <summary>Has a session with each of the wanted peers and with no other.</summary>
    private async Task MeetAsync()
    {
        if (_settings is null || _listener is null)
        {
            return;
        }

        foreach (var gone in _peers.Values.Where(p => !_wanted.Contains(p.Spec)).ToList())
        {
            lock (_peers)
            {
                _peers.Remove(gone.Spec.Address);
            }

            await gone.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var spec in _wanted.Where(w => !_peers.ContainsKey(w.Address)))
        {
            if (spec.Address.AddressFamily == _listener.AddressFamily || _listener.DualMode)
            {
                TcpPassword.Set(_listener, spec.Address, spec.Password);
            }

            lock (_peers)
            {
                _peers[spec.Address] = new BgpPeer(_settings, spec, _table, told);
            }
        }
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (true)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                Welcome(socket);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode is SocketError.OperationAborted or SocketError.NotSocket or SocketError.InvalidArgument)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Strangers are not spoken with.</summary>
    private void Welcome(Socket socket)
    {
        try
        {
            var from = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            BgpPeer? peer;
            lock (_peers)
            {
                peer = _peers.GetValueOrDefault(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from);
            }

            if (peer is not null)
            {
                socket.NoDelay = true;
                _ = peer.AcceptAsync(socket);
                return;
            }
        }
        catch (SocketException)
        {
            // It is gone already.
        }

        socket.Dispose();
    }
}
