using System.Globalization;
using System.Net;
using Lxd.Core;
using Lxd.Daemon.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Hosting;

/// <summary>The API over TLS; its address changes while the daemon runs.</summary>
internal sealed class HttpsListener(TlsIdentity identity, ProxyProtocol proxies, RequestDelegate handle, ILogger logger, int defaultPort = HttpsListener.DefaultPort) : IAsyncDisposable
{
    public const int DefaultPort = 8443;
    public const int DefaultMetricsPort = 9100;
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly List<WebServer> _servers = [];
    private string _address = "";

    /// <summary>What clients see.</summary>
    public TlsIdentity Identity => identity;

    public string Address => _address;

    /// <summary>Listens on this address instead of the present one; empty: on none. Where it cannot, the old one stays and a bad request tells why.</summary>
    /// <param name="address"><c>:8443</c>, <c>[::]:8443</c>, <c>10.0.0.1</c>, <c>host:port</c>.</param>
    public async Task ListenAsync(string address, CancellationToken ct)
    {
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (address == _address)
            {
                return;
            }

            var old = _servers.ToList();
            var replaces = old.Count > 0 && address.Length > 0;
            if (replaces)
            {
                await StopAsync(old).ConfigureAwait(false);
            }

            try
            {
                if (address.Length > 0)
                {
                    await StartAsync(Parse(address, defaultPort), ct).ConfigureAwait(false);
                    logger.Listening(address);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (replaces)
                {
                    await StartAsync(Parse(_address, defaultPort), CancellationToken.None).ConfigureAwait(false);
                }

                throw e as ApiException ?? ApiException.BadRequest($"Cannot listen on https socket: listen tcp {address}: {e.InnerException?.Message ?? e.Message}", e);
            }

            if (!replaces)
            {
                await StopAsync(old).ConfigureAwait(false);
            }

            _address = address;
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>An address and port as <c>core.https_address</c> gives them; the port defaults to 8443, the address to all.</summary>
    public static IPEndPoint Parse(string text, int defaultPort = DefaultPort)
    {
        var host = text;
        var port = defaultPort;
        var colon = text.LastIndexOf(':');
        if (colon >= 0 && !text.EndsWith(']') && (text.StartsWith('[') || text.IndexOf(':') == colon))
        {
            host = text[..colon];
            if (!int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 0 or > 65535)
            {
                throw ApiException.BadRequest($"Invalid port in address \"{text}\"");
            }
        }

        host = host.Trim('[', ']');
        if (host is "" or "*" or "::")
        {
            return new IPEndPoint(IPAddress.IPv6Any, port);
        }

        if (IPAddress.TryParse(host, out var address))
        {
            return new IPEndPoint(address, port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host)[0], port);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or IndexOutOfRangeException)
        {
            throw ApiException.BadRequest($"Invalid address \"{text}\"", e);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync([.. _servers]).ConfigureAwait(false);

    private async Task StartAsync(IPEndPoint endpoint, CancellationToken ct) =>
        _servers.Add(await WebServer.StartTlsAsync(endpoint, identity, proxies, handle, ct).ConfigureAwait(false));

    private async Task StopAsync(List<WebServer> servers)
    {
        foreach (var server in servers)
        {
            _servers.Remove(server);
            await server.DisposeAsync().ConfigureAwait(false);
        }
    }
}
