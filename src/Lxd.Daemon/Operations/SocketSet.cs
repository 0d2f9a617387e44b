using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Operations;

/// <summary>The websockets of one operation: each has a secret, the client connects them in any order. Each socket has one reader, which reads to its end:
/// a read that is cancelled would break the socket and what is still on its way to the client.</summary>
internal sealed class SocketSet
{
    /// <summary>How long a client may take to connect the sockets that are needed.</summary>
    private readonly TimeSpan _patience;

    /// <summary>How long a socket is kept for the client's goodbye after ours.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);
    private readonly Dictionary<string, string> _secrets = [];
    private readonly Dictionary<string, TaskCompletionSource<WebSocket>> _sockets = [];
    private readonly Dictionary<string, Func<WebSocket, Task>> _readers;
    private readonly HashSet<string> _taken = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string[] _required;

    /// <param name="readers">What reads each socket; those not named are read to notice their end.</param>
    public SocketSet(IEnumerable<string> required, IEnumerable<string> optional, Dictionary<string, Func<WebSocket, Task>> readers, TimeSpan? patience = null)
    {
        _required = [.. required];
        _patience = patience ?? TimeSpan.FromSeconds(10);
        _readers = readers;
        foreach (var name in _required.Concat(optional))
        {
            _secrets[name] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            _sockets[name] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The <c>fds</c> of the operation's metadata.</summary>
    public JsonObject Secrets => new(_secrets.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value)));

    /// <summary>Takes the client's socket of this secret; ends when the operation is done with it. Forbidden for a wrong or used secret.</summary>
    public async Task ConnectAsync(string secret, Func<Task<WebSocket>> accept, CancellationToken ct)
    {
        var given = Encoding.UTF8.GetBytes(secret);
        var name = _secrets.FirstOrDefault(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s.Value), given)).Key ?? throw ApiException.Forbidden();
        lock (_taken)
        {
            if (!_taken.Add(name))
            {
                throw ApiException.Forbidden("The websocket is connected already");
            }
        }

        using var socket = await accept().ConfigureAwait(false);
        _sockets[name].TrySetResult(socket);
        var read = _readers.TryGetValue(name, out var reader) ? reader(socket) : SocketPump.DrainAsync(socket);
        await _done.Task.WaitAsync(ct).ConfigureAwait(false);
        await SocketPump.GoodbyeAsync(socket).ConfigureAwait(false);
        await Task.WhenAny(read, Task.Delay(Goodbye, ct)).ConfigureAwait(false);
    }

    /// <summary>Ends when all needed sockets are connected; an error when that takes too long.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(_required.Select(r => _sockets[r].Task)).WaitAsync(_patience, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw ApiException.Internal("Timed out waiting for websockets to connect");
        }
    }

    /// <summary>The socket, when and if the client connects it.</summary>
    public Task<WebSocket> GetAsync(string name) => _sockets[name].Task;

    public bool IsConnected(string name) => _sockets[name].Task.IsCompleted;

    /// <summary>Says goodbye on all sockets and lets go of them.</summary>
    public void Close() => _done.TrySetResult();
}
