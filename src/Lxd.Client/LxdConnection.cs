using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Client.Oidc;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client;

/// <summary>A server, over its unix socket or over TLS with pinned certificates.</summary>
public sealed class LxdConnection : IDisposable
{
    /// <summary>Longest time a server may take to answer at all.</summary>
    public static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(20);
    private readonly HttpClient _http;
    private readonly HttpMessageHandler _handler;

    private readonly string _bearer;

    /// <param name="bearer">A token that says who asks; empty where the certificate does.</param>
    private LxdConnection(HttpMessageHandler handler, Uri address, string bearer = "")
    {
        _handler = handler;
        _bearer = bearer;
        Address = address;
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = new Version(1, 1) };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("LXD/6.9");
        if (bearer.Length > 0)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }
    }

    public Uri Address { get; }

    /// <summary>The project of every request; empty for the default one.</summary>
    public string Project { get; init; } = "";

    public static LxdConnection Unix(string socket, string project = "") => new(
        new SocketsHttpHandler
        {
            ConnectCallback = async (_, ct) =>
            {
                var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await unix.ConnectAsync(new UnixDomainSocketEndPoint(socket), ct).ConfigureAwait(false);
                }
                catch (SocketException e)
                {
                    unix.Dispose();
                    throw new HttpRequestException($"LXD unix socket \"{socket}\" not accessible: {(File.Exists(socket) ? e.Message.ToLowerInvariant() : "no such file or directory")}", e);
                }

                return new NetworkStream(unix, true);
            },
            UseProxy = false,
        },
        new Uri("http://unix.socket"))
    { Project = project };

    /// <param name="client">What the client shows; null for a public server.</param>
    /// <param name="server">The certificate the server has to show, or that has to have signed it (the system's authorities decide where null).</param>
    /// <param name="bearer">A token to show instead of a certificate; or empty.</param>
    /// <param name="authority">One more authority whose servers are good; or null.</param>
    /// <param name="login">Asks in the name of a user of an identity provider; or null.</param>
    public static LxdConnection Tls(string address, X509Certificate2? client, X509Certificate2? server, string project = "", string bearer = "", X509Certificate2? authority = null, OidcLogin? login = null)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectPatience, UseCookies = false };
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (client is not null)
        {
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => client;
        }

        handler.SslOptions.CertificateChainPolicy = ServerTrust.Policy;
        handler.SslOptions.RemoteCertificateValidationCallback = ServerTrust.Of([.. new[] { server, authority }.OfType<X509Certificate2>()], andSystem: server is null);
        login?.InnerHandler = handler;
        return new LxdConnection((HttpMessageHandler?)login ?? handler, new Uri(address.TrimEnd('/')), bearer) { Project = project };
    }

    /// <summary>Looks at the certificate a server shows.</summary>
    /// <param name="patience">How long it may take; <see cref="ConnectPatience"/> where null.</param>
    public static async Task<X509Certificate2> ServerCertificateAsync(string address, CancellationToken ct, TimeSpan? patience = null)
    {
        var uri = new Uri(address);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(patience ?? ConnectPatience);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(uri.Host.Trim('[', ']'), uri.Port, timeout.Token).ConfigureAwait(false);
            await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = uri.Host, CertificateChainPolicy = ServerTrust.Policy, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 }, timeout.Token).ConfigureAwait(false);
            return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new SocketException((int)SocketError.TimedOut);
        }
    }

    /// <summary>Sends a request and reads the answer's envelope; an error of the server becomes an <see cref="ApiException"/> with its words.</summary>
    public async Task<ApiAnswer> SendAsync(string method, string path, JsonNode? body, CancellationToken ct, string etag = "")
    {
        using var content = body is null ? null : new ByteArrayContent(Json.Bytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await SendAsync(method, path, content, ct, etag).ConfigureAwait(false);
    }

    public async Task<ApiAnswer> SendAsync(string method, string path, HttpContent? content, CancellationToken ct, string etag = "", params (string Name, string Value)[] headers)
    {
        using var response = await RawAsync(method, path, content, ct, etag, headers).ConfigureAwait(false);
        return await ReadAsync(response, ct).ConfigureAwait(false);
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken ct) => Json.Parse<T>((await SendAsync("GET", path, (JsonNode?)null, ct).ConfigureAwait(false)).Metadata);

    public async Task<JsonNode?> GetAsync(string path, CancellationToken ct) => (await SendAsync("GET", path, (JsonNode?)null, ct).ConfigureAwait(false)).Metadata;

    /// <summary>The answer as it comes, its body unread; errors are still thrown.</summary>
    public async Task<HttpResponseMessage> RawAsync(string method, string path, HttpContent? content, CancellationToken ct, string etag = "", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), WithProject(path)) { Content = content };
        if (etag.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("If-Match", etag);
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new ApiException(0, e.InnerException is AuthenticationException ? "The server's certificate is not the one that is trusted" : e.InnerException is HttpRequestException inner ? inner.Message : e.Message, e);
        }

        if (!response.IsSuccessStatusCode && response.StatusCode != System.Net.HttpStatusCode.SwitchingProtocols)
        {
            using (response)
            {
                await ReadAsync(response, ct).ConfigureAwait(false);
            }
        }

        return response;
    }

    /// <summary>Sends a request whose answer is an operation, and waits for its end. A failed one is thrown with its words; cancelling cancels it on the server.</summary>
    public async Task<Operation> RunAsync(string method, string path, JsonNode? body, Action<Operation>? changed, CancellationToken ct, string etag = "")
    {
        var answer = await SendAsync(method, path, body, ct, etag).ConfigureAwait(false);
        return answer.Operation.Length == 0 ? new Operation { Metadata = answer.Metadata } : await WaitAsync(answer, changed, ct).ConfigureAwait(false);
    }

    public async Task<Operation> WaitAsync(ApiAnswer answer, Action<Operation>? changed, CancellationToken ct)
    {
        var operation = Json.Parse<Operation>(answer.Metadata);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var watching = changed is null ? Task.CompletedTask : WatchAsync(operation.Id, changed, ended.Token);
        try
        {
            operation = await GetAsync<Operation>($"/1.0/operations/{operation.Id}/wait", ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await SendAsync("DELETE", $"/1.0/operations/{operation.Id}", (JsonNode?)null, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }

        return operation.StatusCode == 200 ? operation : throw new ApiException((int)operation.ErrCode, operation.Err.Length > 0 ? operation.Err : "Operation failed");
    }

    /// <summary>Makes a connection one of another protocol: the content of the answer is a stream of both directions.</summary>
    public async Task<HttpResponseMessage> UpgradeAsync(string path, string protocol, CancellationToken ct, params (string Name, string Value)[] headers)
    {
        var response = await RawAsync("GET", path, null, ct, "", [("Connection", "Upgrade"), ("Upgrade", protocol), .. headers]).ConfigureAwait(false);
        if (response.StatusCode == System.Net.HttpStatusCode.SwitchingProtocols)
        {
            return response;
        }

        response.Dispose();
        throw new ApiException(0, $"The server does not speak {protocol}");
    }

    public async Task<WebSocket> WebSocketAsync(string path, CancellationToken ct)
    {
        if (Address.Scheme == "http")
        {
            var upgraded = await UpgradeAsync(path, "websocket", ct, LocalWebSocket.Headers).ConfigureAwait(false);
            return new LocalWebSocket(await upgraded.Content.ReadAsStreamAsync(ct).ConfigureAwait(false));
        }

        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(10);
        if (_bearer.Length > 0)
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + _bearer);
        }

        var builder = new UriBuilder(new Uri(Address, WithProject(path))) { Scheme = Address.Scheme == "https" ? "wss" : "ws" };
        try
        {
            await socket.ConnectAsync(builder.Uri, new HttpMessageInvoker(_handler, false), ct).ConfigureAwait(false);
            return socket;
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw e.InnerException as ApiException ?? new ApiException(0, $"Failed opening a websocket: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task WatchAsync(string id, Action<Operation> changed, CancellationToken ct)
    {
        try
        {
            using var events = await WebSocketAsync("/1.0/events?type=operation", ct).ConfigureAwait(false);
            var buffer = new byte[65536];
            var text = new MemoryStream();
            while (true)
            {
                var frame = await events.ReceiveAsync(buffer, ct).ConfigureAwait(false);
                if (frame.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                text.Write(buffer, 0, frame.Count);
                if (!frame.EndOfMessage)
                {
                    continue;
                }

                var e = Json.Parse<ApiEvent>(Encoding.UTF8.GetString(text.ToArray()));
                text.SetLength(0);
                if ((string?)e.Metadata?["id"] == id)
                {
                    changed(Json.Parse<Operation>(e.Metadata));
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ApiException or IOException or HttpRequestException or AuthenticationException or ObjectDisposedException)
        {
            // Progress is a courtesy: the wait itself tells the end.
        }
    }

    private string WithProject(string path) =>
        Project.Length == 0 || path.Contains("project=", StringComparison.Ordinal) || path.Contains("all-projects=", StringComparison.Ordinal) ? path : $"{path}{(path.Contains('?') ? '&' : '?')}project={Uri.EscapeDataString(Project)}";

    /// <summary>Reads an answer in the envelope; an error in it is thrown.</summary>
    public static async Task<ApiAnswer> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
        JsonNode? body;
        try
        {
            body = bytes.Length > 0 ? JsonNode.Parse(bytes) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            body = null;
        }

        if (body is JsonObject map && (string?)map["type"] == "error")
        {
            throw new ApiException((int?)map["error_code"] ?? (int)response.StatusCode, (string?)map["error"] ?? "");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new ApiException((int)response.StatusCode, $"{((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)} {response.ReasonPhrase}");
        }

        var metadata = body?["metadata"];
        return new ApiAnswer(metadata?.DeepClone(), (string?)body?["operation"] ?? "", response.Headers.ETag?.Tag ?? (response.Headers.TryGetValues("ETag", out var tags) ? tags.First() : ""), body);
    }
}
