using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Lxd.Integration.Tests.Lab;

/// <summary>The API of a lab's server over its unix socket: many calls at once without a process for each.</summary>
public sealed class LabApi(LabServer server) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(Handler(server));

    private static string Socket(LabServer server) => Path.Combine(server.Dir, "unix.socket");

    public void Dispose() => _invoker.Dispose();

    /// <summary>Status and body of a request.</summary>
    public async Task<(int Status, JsonNode? Body)> SendAsync(string method, string path, string? body = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://lxd" + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, body.StartsWith('{') ? "application/json" : "application/octet-stream");
        }

        using var response = await _invoker.SendAsync(request, ct);
        var text = await response.Content.ReadAsStringAsync(ct);
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    /// <summary>What a GET brings, whatever it is.</summary>
    public async Task<string> TextAsync(string path, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://lxd" + path);
        using var response = await _invoker.SendAsync(request, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    /// <summary>How a request ended, with its operation where it has one: a status and the words of the error.</summary>
    public async Task<(int Status, string Error)> DoAsync(string method, string path, string? body = null, CancellationToken ct = default)
    {
        var (status, answer) = await SendAsync(method, path, body, ct);
        if (status != 202)
        {
            return (status, status < 400 ? "" : (string?)answer?["error"] ?? "");
        }

        var (_, done) = await SendAsync("GET", (string)answer!["operation"]! + "/wait", null, ct);
        var operation = done!["metadata"];
        return operation is null ? ((int?)done["error_code"] ?? 0, (string?)done["error"] ?? "") : ((int)operation["status_code"]! == 200 ? 200 : (int?)operation["err_code"] ?? (int)operation["status_code"]!, (string?)operation["err"] ?? "");
    }

    public async Task<WebSocket> WebSocketAsync(string path, CancellationToken ct = default)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("ws://lxd" + path), _invoker, ct);
        return socket;
    }

    /// <summary>A bare connection.</summary>
    public async Task<Socket> ConnectAsync()
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket(server)));
                return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                // More wait than the kernel keeps.
                socket.Dispose();
                await Task.Delay(10);
            }
        }
    }

    private static SocketsHttpHandler Handler(LabServer server) => new()
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket(server)), ct);
            return new NetworkStream(socket, true);
        },
    };
}
