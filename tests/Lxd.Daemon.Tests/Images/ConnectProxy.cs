using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lxd.Daemon.Tests.Images;

/// <summary>A proxy for https, behind which every name leads to the same port of this host.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly int _port;

    public ConnectProxy(int port)
    {
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>The first line and the login of each connection.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        try
        {
            using (client)
            using (var server = new TcpClient())
            {
                var near = client.GetStream();
                var head = await HeadAsync(near);
                var login = head.FirstOrDefault(h => h.StartsWith("Proxy-Authorization: ", StringComparison.OrdinalIgnoreCase))?[21..] ?? "";
                Log.Enqueue($"{head[0]} {login}".TrimEnd());
                if (login.Length == 0 && head[0].Contains("secret.", StringComparison.Ordinal))
                {
                    await near.WriteAsync("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _stop.Token);
                    return;
                }

                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                await near.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _stop.Token);
                await Task.WhenAny(near.CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(near, _stop.Token));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // Somebody went.
        }
    }

    private async Task<string[]> HeadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) > 0)
        {
            text.Append((char)one[0]);
        }

        return text.ToString().TrimEnd().Split("\r\n");
    }
}
