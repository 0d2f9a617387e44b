using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>One Kestrel server around the pipeline: on the unix socket, or on a TLS address.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebServer(WebApplication app) => _app = app;

    /// <param name="socket">Path of the socket; an older file there is replaced.</param>
    /// <param name="inherited">File descriptor handed over by systemd, or null.</param>
    /// <param name="tlsSocket">Path of a second socket, with TLS on it.</param>
    public static async Task<WebServer> StartUnixAsync(string socket, ulong? inherited, string tlsSocket, TlsIdentity identity, RequestDelegate handle, CancellationToken ct)
    {
        File.Delete(tlsSocket);
        if (inherited is null)
        {
            File.Delete(socket);
        }

        return await StartAsync(kestrel =>
        {
            if (inherited is { } fd)
            {
                kestrel.ListenHandle(fd);
            }
            else
            {
                kestrel.ListenUnixSocket(socket);
            }

            kestrel.ListenUnixSocket(tlsSocket, listen => UseTls(listen, identity));
        }, handle, ct).ConfigureAwait(false);
    }

    /// <summary>A socket for instances, that nothing else is served on.</summary>
    public static Task<WebServer> StartGuestAsync(string socket, RequestDelegate handle, CancellationToken ct)
    {
        File.Delete(socket);
        return StartAsync(kestrel => kestrel.ListenUnixSocket(socket), handle, ct);
    }

    /// <param name="proxies">What reads in front of TLS for whom a proxy speaks.</param>
    public static Task<WebServer> StartTlsAsync(IPEndPoint endpoint, TlsIdentity identity, ProxyProtocol proxies, RequestDelegate handle, CancellationToken ct) =>
        StartAsync(kestrel => kestrel.Listen(endpoint, listen =>
        {
            listen.Use(next => connection => proxies.HandleAsync(connection, () => next(connection)));
            UseTls(listen, identity);
        }), handle, ct);

    private static void UseTls(ListenOptions listen, TlsIdentity identity)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            // A busy host takes longer than Kestrel's ten seconds.
            HandshakeTimeout = TimeSpan.FromSeconds(30),
            SslProtocols = SslProtocols.Tls13,
            ServerCertificateSelector = (_, _) => identity.Certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
            CheckCertificateRevocation = false,

            // Whoever speaks both gets HTTP/1.1: connections here are few and long, websockets need it, and with HTTP/2 a client that announces a longer body than it sends is cut off unheard.
            OnAuthenticate = (_, tls) =>
            {
                tls.ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2];

                // A selector can name one certificate only. Resumed sessions would not tell who the client is anew.
                tls.ServerCertificateSelectionCallback = null;
                tls.ServerCertificateContext = identity.Context;
                tls.AllowTlsResume = false;
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(patience.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<WebServer> StartAsync(Action<KestrelServerOptions> listen, RequestDelegate handle, CancellationToken ct)
    {
        // The richer builders take settings from the environment and from files in the working directory, and watch it for changes: for a service that is all of "/".
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();

        // What came is handled by the thread that read it, which is one of the pool's like all others, and answers are sent by those who wrote them: to wake two more threads costs more than most requests.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 1 << 20;
            kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
            listen(kestrel);
        });
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(2));
        builder.Services.AddSingletonLifetime();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new BlockPool.Factory());
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(10) });
        app.Run(handle);
        await app.StartAsync(ct).ConfigureAwait(false);
        return new WebServer(app);
    }
}
