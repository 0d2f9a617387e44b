using System.Runtime.InteropServices;
using System.Text;

namespace Lxd.Monitor.Proxy;

/// <summary>Listens on some addresses and connects what comes to others; one thread that lives where it connects.</summary>
internal sealed unsafe class Forwarder(IReadOnlyList<Address> connects, bool proxyProtocol, Space space)
{
    private const int AddressSize = 128;
    private const long DatagramPatience = 120_000;
    private const long LastWordPatience = 10_000;
    private readonly List<(int Fd, Address Address, Address Connect)> _listeners = [];
    private readonly Dictionary<int, Pump> _pumps = [];
    private readonly Dictionary<(int, string), int> _peers = [];
    private readonly Dictionary<int, (int Listener, byte[] Peer)> _answers = [];
    private readonly Dictionary<int, long> _used = [];

    /// <summary>Listeners in order; one connect address serves all, or each has its own.</summary>
    public void Add(int fd, Address address) => _listeners.Add((fd, address, connects[connects.Count == 1 ? 0 : _listeners.Count]));

    /// <summary>Never returns.</summary>
    public void Run()
    {
        space.Enter();
        while (true)
        {
            var waited = Waited();
            int count;
            fixed (Native.Waited* p = waited)
            {
                count = Native.poll(p, (nuint)waited.Length, _answers.Count > 0 || _pumps.Values.Any(p => p.Lingers) ? 5_000 : -1);
            }

            if (count > 0)
            {
                foreach (var one in waited.Where(w => w.Found != 0))
                {
                    Serve(one.Fd);
                }
            }

            Forget();
        }
    }

    private Native.Waited[] Waited() =>
    [
        .. _listeners.Select(l => new Native.Waited { Fd = l.Fd, Events = Native.In }),
        .. _pumps.Select(p => new Native.Waited { Fd = p.Key, Events = p.Value.Wants(p.Key) }).Where(w => w.Events != 0),
        .. _answers.Keys.Select(fd => new Native.Waited { Fd = fd, Events = Native.In }),
    ];

    private void Serve(int fd)
    {
        if (_listeners.FindIndex(l => l.Fd == fd) is >= 0 and var index)
        {
            var (_, address, connect) = _listeners[index];
            if (address.IsDatagram)
            {
                Datagrams(fd, connect);
            }
            else
            {
                Accept(fd, address, connect);
            }
        }
        else if (_answers.TryGetValue(fd, out var answer))
        {
            Answer(fd, answer.Listener, answer.Peer);
        }
        else if (_pumps.TryGetValue(fd, out var pump))
        {
            pump.Move();
            if (pump.Ended)
            {
                Drop(pump);
            }
        }
    }

    private void Accept(int listener, Address address, Address connect)
    {
        var peer = stackalloc byte[AddressSize];
        var length = AddressSize;
        var client = Native.accept4(listener, peer, &length, Native.NonBlocking | Native.CloseOnExec);
        if (client < 0)
        {
            return;
        }

        if (Connect(connect, out var connecting) is not (>= 0 and var server))
        {
            _ = Native.close(client);
            return;
        }

        var pump = new Pump(client, server, connect.IsDatagram) { Connecting = connecting };
        if (proxyProtocol && !address.IsUnix)
        {
            pump.Say(Head(client, new ReadOnlySpan<byte>(peer, length)));
        }

        _pumps[client] = _pumps[server] = pump;
        if (!connecting)
        {
            pump.Move();
        }
    }

    /// <summary>The line that tells a server who its client is (version 1 of the PROXY protocol).</summary>
    private static byte[] Head(int client, ReadOnlySpan<byte> peer)
    {
        var own = stackalloc byte[AddressSize];
        var length = AddressSize;
        _ = Native.getsockname(client, own, &length);
        var (from, fromPort, six) = Address.Read(peer);
        var (to, toPort, _) = Address.Read(new ReadOnlySpan<byte>(own, length));
        return Encoding.ASCII.GetBytes($"PROXY {(six ? "TCP6" : "TCP4")} {from} {to} {fromPort} {toPort}\r\n");
    }

    /// <summary>A socket of its own for each peer, so that answers find back.</summary>
    private void Datagrams(int listener, Address connect)
    {
        var buffer = stackalloc byte[65536];
        var peer = stackalloc byte[AddressSize];
        while (true)
        {
            var length = AddressSize;
            var count = Native.recvfrom(listener, buffer, 65536, 0, peer, &length);
            if (count < 0)
            {
                return;
            }

            var key = (listener, Convert.ToHexString(new ReadOnlySpan<byte>(peer, length)));
            if (!_peers.TryGetValue(key, out var server))
            {
                server = Connect(connect, out _);
                if (server < 0)
                {
                    continue;
                }

                _peers[key] = server;
                _answers[server] = (listener, new ReadOnlySpan<byte>(peer, length).ToArray());
            }

            _used[server] = Environment.TickCount64;
            _ = Native.sendto(server, buffer, count, Native.NoSignal, null, 0);
        }
    }

    private void Answer(int server, int listener, byte[] peer)
    {
        var buffer = stackalloc byte[65536];
        nint count;
        while ((count = Native.recvfrom(server, buffer, 65536, 0, null, null)) >= 0)
        {
            if (count == 0 && connects[0] is { IsDatagram: false })
            {
                Lose(server);
                return;
            }

            _used[server] = Environment.TickCount64;
            fixed (byte* p = peer)
            {
                _ = Native.sendto(listener, buffer, count, Native.NoSignal, p, peer.Length);
            }
        }

        if (Marshal.GetLastPInvokeError() is not (Native.Again or Native.Interrupted))
        {
            Lose(server);
        }
    }

    private static int Connect(Address connect, out bool connecting)
    {
        connecting = false;
        var fd = Native.socket(connect.Family, connect.Type | Native.NonBlocking | Native.CloseOnExec, 0);
        if (fd < 0)
        {
            return -1;
        }

        var bytes = connect.Bytes();
        fixed (byte* p = bytes)
        {
            if (Native.connect(fd, p, bytes.Length) < 0)
            {
                connecting = Marshal.GetLastPInvokeError() == Native.InProgress;
                if (!connecting)
                {
                    Console.Error.WriteLine($"Failed to connect to {connect.Text}: {Marshal.GetLastPInvokeErrorMessage()}");
                    _ = Native.close(fd);
                    return -1;
                }
            }
        }

        return fd;
    }

    private void Drop(Pump pump)
    {
        _pumps.Remove(pump.Client);
        _pumps.Remove(pump.Server);
        pump.Dispose();
    }

    private void Lose(int server)
    {
        _answers.Remove(server);
        _used.Remove(server);
        foreach (var key in _peers.Where(p => p.Value == server).Select(p => p.Key).ToList())
        {
            _peers.Remove(key);
        }

        _ = Native.close(server);
    }

    /// <summary>A peer that was silent for minutes is gone, and so is one that waits for an answer to its last word.</summary>
    private void Forget()
    {
        foreach (var pump in _pumps.Values.Where(p => p.Lingers && Environment.TickCount64 - p.Used > LastWordPatience).Distinct().ToList())
        {
            Drop(pump);
        }

        foreach (var server in _used.Where(u => Environment.TickCount64 - u.Value > DatagramPatience).Select(u => u.Key).ToList())
        {
            Lose(server);
        }
    }
}
