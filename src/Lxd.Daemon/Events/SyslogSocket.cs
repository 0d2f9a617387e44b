using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Events;

/// <summary>A socket to which OVN's daemons write their log; each line becomes an <c>ovn</c> event.</summary>
/// <param name="path"><c>LXD_DIR/syslog.socket</c>.</param>
internal sealed class SyslogSocket(string path, EventHub events, ILogger logger) : IAsyncDisposable
{
    private const int LongestLine = 8192;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private Socket? _socket;
    private Task _reading = Task.CompletedTask;

    /// <summary>Opens or closes it.</summary>
    public async Task UseAsync(bool wanted, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (wanted == _socket is not null)
            {
                return;
            }

            if (!wanted)
            {
                await CloseAsync().ConfigureAwait(false);
                return;
            }

            File.Delete(path);
            var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            _socket = socket;
            _reading = Task.Run(() => ReadAsync(socket), CancellationToken.None);
        }
        finally
        {
            _lock.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _lock.Dispose();
    }

    /// <summary><c>&lt;29&gt; ovs|ovn-controller|00017|rconn|INFO|what happened</c>: priority, program, number, module, level, words. Null for a line of something else.</summary>
    internal static JsonObject? Parse(string line)
    {
        var text = line.TrimEnd('\0', '\n');
        var end = text.StartsWith('<') ? text.IndexOf('>') : -1;
        var fields = text[(end + 1)..].Trim().Split('|', 6);
        return fields is [_, var program, var number, var module, var level, var words]
            ? new JsonObject { ["message"] = words, ["level"] = Level(level), ["context"] = new JsonObject { ["application"] = program, ["module"] = module, ["sequence"] = number } }
            : null;
    }

    private static string Level(string word) => word switch
    {
        "EMER" or "ERR" => "error",
        "WARN" => "warning",
        "DBG" => "debug",
        _ => "info",
    };

    private async Task ReadAsync(Socket socket)
    {
        var buffer = new byte[LongestLine];
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer).ConfigureAwait(false);
                if (Parse(Encoding.UTF8.GetString(buffer, 0, count)) is { } entry)
                {
                    events.Publish("ovn", "", entry);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            if (_socket is not null)
            {
                logger.SyslogFailed(e);
            }
        }
    }

    private async Task CloseAsync()
    {
        var socket = _socket;
        _socket = null;
        if (socket is not null)
        {
            socket.Dispose();
            await _reading.ConfigureAwait(false);
            File.Delete(path);
        }
    }
}
