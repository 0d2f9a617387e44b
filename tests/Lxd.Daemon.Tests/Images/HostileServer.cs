using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Lxd.Daemon.Tests.Images;

/// <summary>An https server that sends exactly what a test says, byte by byte: bodies that are too long, too short, too slow or wrong.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;
    private readonly Task _accepting;

    /// <param name="shown">Its certificate; null for one of its own.</param>
    public HostileServer(X509Certificate2? shown = null)
    {
        _certificate = shown ?? Certificate();
        _context = SslStreamCertificateContext.Create(_certificate, null, offline: true);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"https://127.0.0.1:{Port}";

    public string CertificatePem => _certificate.ExportCertificatePem();

    public Dictionary<string, Func<Asked, Task>> Paths { get; } = [];

    /// <summary>All paths that were asked for, in order, with the range.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What clients said who they are.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Logins { get; } = new();

    /// <summary>A client that trusts this server.</summary>
    public HttpClient Client() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { Timeout = Timeout.InfiniteTimeSpan };

    public void Serve(string path, byte[] body) => Paths[path] = asked => asked.SendAsync(body);

    public void Serve(string path, string body) => Serve(path, Encoding.UTF8.GetBytes(body));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var tcp = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = TalkAsync(tcp);
        }
    }

    private async Task TalkAsync(TcpClient tcp)
    {
        try
        {
            using (tcp)
            await using (var tls = new SslStream(tcp.GetStream()))
            {
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _context }, _stop.Token);
                using var reader = new StreamReader(tls, Encoding.Latin1, leaveOpen: true);
                var path = (await reader.ReadLineAsync(_stop.Token))?.Split(' ')[1].Split('?')[0] ?? "";
                long from = 0;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    if (header.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase))
                    {
                        Logins.Enqueue(header["Authorization: ".Length..]);
                    }

                    from = header.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase) ? long.Parse(header[13..].Split('-')[0]) : from;
                }

                Log.Enqueue(from > 0 ? $"{path}@{from}" : path);
                var asked = new Asked(tls, from, _stop.Token);
                await (Paths.TryGetValue(path, out var answer) ? answer(asked) : asked.HeadAsync("404 Not Found", 0));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client had enough.
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}

/// <summary>One request.</summary>
internal sealed record Asked(Stream Connection, long From, CancellationToken Stop)
{
    public Task HeadAsync(string status, long? length, string more = "") =>
        Connection.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\n{(length is null ? "" : $"Content-Length: {length}\r\n")}{more}\r\n"), Stop).AsTask();

    /// <summary>The whole body, or the part that was asked for.</summary>
    public async Task SendAsync(byte[] body)
    {
        await HeadAsync(From > 0 ? "206 Partial Content" : "200 OK", body.Length - From, From > 0 ? $"Content-Range: bytes {From}-{body.Length - 1}/{body.Length}\r\n" : "");
        await Connection.WriteAsync(body.AsMemory((int)From), Stop);
    }
}
