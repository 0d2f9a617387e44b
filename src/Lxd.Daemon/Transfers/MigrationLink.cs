using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Transfers;

/// <summary>The two websockets between the servers of a migration: <c>control</c> for messages, <c>fs</c> for the content. Either the other side (or a client between
/// the two) connects them with the secrets of an operation, or this side connects to an operation of the other one.</summary>
internal sealed class MigrationLink : IAsyncDisposable
{
    private const int LargestMessage = 64 << 20;
    private const string ControlName = "control";
    private const string ContentName = "fs";

    /// <summary>How long the other side may take until it is there: a client asks one server after the other.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long it is waited for the other side's goodbye.</summary>
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SocketSet? _waiting;
    private readonly LxdConnection? _server;
    private Task _hearing = Task.CompletedTask;
    private readonly string _operation = "";
    private readonly IReadOnlyDictionary<string, string> _secrets = new Dictionary<string, string>();

    /// <summary>Waits for the other side.</summary>
    public MigrationLink() => _waiting = new SocketSet([ControlName, ContentName], [], new() { [ControlName] = LastAsync, [ContentName] = LastAsync }, Patience);

    /// <summary>Connects to the other side.</summary>
    /// <param name="operation">The URL of its operation.</param>
    /// <param name="certificate">The certificate it has to show, in PEM; empty where authorities decide.</param>
    public MigrationLink(string operation, string certificate, IReadOnlyDictionary<string, string> secrets)
    {
        if (!Uri.TryCreate(operation, UriKind.Absolute, out var url) || url.Scheme != "https" || !url.AbsolutePath.StartsWith("/1.0/operations/", StringComparison.Ordinal))
        {
            throw ApiException.BadRequest($"Invalid operation URL \"{operation}\"");
        }

        if (!secrets.ContainsKey(ControlName) || !secrets.ContainsKey(ContentName))
        {
            throw ApiException.BadRequest("Missing migration secrets");
        }

        _operation = url.AbsolutePath;
        _secrets = secrets;
        _server = LxdConnection.Tls(url.GetLeftPart(UriPartial.Authority), null, certificate.Length > 0 ? Certificate(certificate) : null);
    }

    /// <summary>What the other side needs to connect; null where this side does.</summary>
    public JsonObject? Secrets => _waiting?.Secrets;

    public WebSocket Content { get; private set; } = null!;

    private WebSocket Control { get; set; } = null!;

    /// <summary>Makes an operation one that the other side connects to, where that is how the two come together.</summary>
    public OperationSpec Attach(OperationSpec operation) => _waiting is null ? operation : operation with { Class = "websocket", Metadata = Secrets, Connect = _waiting.ConnectAsync, MayCancel = true };

    public async Task OpenAsync(CancellationToken ct)
    {
        if (_waiting is not null)
        {
            await _waiting.WaitAsync(ct).ConfigureAwait(false);
            Control = await _waiting.GetAsync(ControlName).ConfigureAwait(false);
            Content = await _waiting.GetAsync(ContentName).ConfigureAwait(false);
            return;
        }

        Control = await DialAsync(ControlName, ct).ConfigureAwait(false);
        Content = await DialAsync(ContentName, ct).ConfigureAwait(false);
    }

    public async Task TellAsync(ReadOnlyMemory<byte> message, CancellationToken ct) => await Control.SendAsync(message, WebSocketMessageType.Binary, true, ct).ConfigureAwait(false);

    /// <summary>The next message of the other side; null once it has hung up.</summary>
    public Task<ReadOnlyMemory<byte>?> HearAsync(CancellationToken ct)
    {
        var hearing = NextAsync(ct);
        _hearing = hearing;
        return hearing;
    }

    private async Task<ReadOnlyMemory<byte>?> NextAsync(CancellationToken ct)
    {
        var message = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (true)
        {
            var frame = await Control.ReceiveAsync(buffer.AsMemory(), ct).ConfigureAwait(false);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, frame.Count);
            if (frame.EndOfMessage)
            {
                return message.ToArray();
            }

            if (message.Length > LargestMessage)
            {
                throw Proto.Bad();
            }
        }
    }

    /// <summary>Says goodbye; does nothing for a link that was never open.</summary>
    public async ValueTask DisposeAsync()
    {
        _closing.TrySetResult();
        _waiting?.Close();
        foreach (var socket in _server is null ? [] : ((WebSocket?[])[Control, Content]).OfType<WebSocket>())
        {
            await SocketPump.GoodbyeAsync(socket).ConfigureAwait(false);
            await Task.WhenAny(LastAsync(socket), Task.Delay(Goodbye)).ConfigureAwait(false);
            socket.Dispose();
        }

        _server?.Dispose();
    }

    /// <summary>Reads what is left once this side is done, so that nothing it said is lost when the connection is closed.</summary>
    private async Task LastAsync(WebSocket socket)
    {
        await _closing.Task.ConfigureAwait(false);
        await (socket == Control ? _hearing : Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await SocketPump.DrainAsync(socket).ConfigureAwait(false);
    }

    private Task<WebSocket> DialAsync(string name, CancellationToken ct) => _server!.WebSocketAsync($"{_operation}/websocket?secret={Uri.EscapeDataString(_secrets[name])}", ct);

    private static X509Certificate2 Certificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw ApiException.BadRequest("Invalid certificate", e);
        }
    }
}
