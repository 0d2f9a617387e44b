using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Daemon;
using Lxd.Daemon.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lxd.Daemon.Tests;

/// <summary>A whole daemon on a unix socket in a temporary directory, without network listeners; removed when disposed.</summary>
internal sealed class TestDaemon : IAsyncDisposable
{
    private readonly DaemonHost _host;
    private readonly HttpClient _http;

    private TestDaemon(DaemonHost host, string directory)
    {
        _host = host;
        Directory = directory;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(host.Daemon.Options.Socket), ct);
                return new NetworkStream(socket, true);
            },
        })
        { BaseAddress = new Uri("http://lxd") };
    }

    public string Directory { get; }

    public Composition Daemon => _host.Daemon;

    public HttpClient Http => _http;

    /// <param name="arrange">Replaces drivers before anything starts.</param>
    /// <param name="instances">What instances run on.</param>
    /// <param name="prepare">Gets the directory before the daemon does.</param>
    public static async Task<TestDaemon> StartAsync(Action<Composition>? arrange = null, Func<Composition, Lxd.Daemon.Instances.InstanceNeeds>? instances = null, Action<string>? prepare = null)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("lxdtest").FullName;
        prepare?.Invoke(directory);
        var host = await DaemonHost.StartAsync(new DaemonOptions(directory) { Instances = instances }, NullLoggerFactory.Instance, CancellationToken.None, arrange);
        // On a busy machine a test may come late to ask how an operation ended.
        host.Daemon.Operations.Lingering = TimeSpan.FromMinutes(10);
        return new TestDaemon(host, directory);
    }

    /// <summary>Sends a request and returns status and the envelope (null for a body that is not JSON).</summary>
    public async Task<(int Status, JsonNode? Body)> SendAsync(string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        return await SendAsync(_http, method, path, json, headers);
    }

    private static async Task<(int Status, JsonNode? Body)> SendAsync(HttpClient http, string method, string path, string? json, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    /// <summary>Sends a request over TLS, as the holder of a certificate or as nobody.</summary>
    public async Task<(int Status, JsonNode? Body)> TlsAsync(X509Certificate2? certificate, string method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_host.Daemon.Options.TlsSocket), ct);
                return new NetworkStream(socket, true);
            },
            UseCookies = false,
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
            handler.SslOptions.ClientCertificates = [certificate];
        }

        using var http = new HttpClient(handler) { BaseAddress = new Uri("https://lxd") };
        return await SendAsync(http, method, path, json, headers);
    }

    /// <summary>The metadata of a request that must succeed.</summary>
    public async Task<JsonNode?> GetAsync(string path)
    {
        var (status, body) = await SendAsync("GET", path);
        Assert.True(status == 200, $"GET {path}: {status} {body?["error"]}");
        return body!["metadata"];
    }

    /// <summary>Sends a request that starts an operation and waits for it; returns the ended operation.</summary>
    public async Task<JsonNode> RunAsync(string method, string path, string? json = null)
    {
        var (status, body) = await SendAsync(method, path, json);
        Assert.True(status == 202, $"{method} {path}: {status} {body?["error"]}");
        return (await GetAsync((string)body!["operation"]! + "/wait"))!;
    }

    public async Task<WebSocket> WebSocketAsync(string path)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri("ws://lxd" + path), new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await unix.ConnectAsync(new UnixDomainSocketEndPoint(_host.Daemon.Options.Socket), ct);
                return new NetworkStream(unix, true);
            },
        }), CancellationToken.None);
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        System.IO.Directory.Delete(Directory, true);
    }
}
