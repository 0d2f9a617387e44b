using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lxd.Client;
using Lxd.Client.SimpleStreams;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Images;

/// <summary>The servers images come from and go to, and how to speak with them.</summary>
internal sealed class ImageRemotes(ServerConfig config, X509Certificate2 certificate, StreamCache cache) : IDisposable
{
    private readonly ConcurrentDictionary<(string Server, string Certificate), SimpleStreamsClient> _streams = new();
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();

    public DownloadPatience Patience { get; init; } = DownloadPatience.Default;

    /// <summary>The image a source means; a not-found error where the server has none.</summary>
    /// <param name="fresh">Whether what the server said a while ago is not good enough.</param>
    public async Task<ImageOffer> FindAsync(ImagesPostSource source, string type, IReadOnlyList<string> architectures, bool fresh, CancellationToken ct)
    {
        var server = CheckHttps(source.Server);
        var name = source.Alias.Length > 0 ? source.Alias : source.Fingerprint;
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("The source has neither alias nor fingerprint");
        }

        var offer = source.Protocol switch
        {
            "simplestreams" => await new StreamOrigin(_streams.GetOrAdd((server, source.Certificate), s => new SimpleStreamsClient(Client(s.Certificate), s.Server, cache.Of(s.Certificate)) { Stall = Patience.Stall }), Client(source.Certificate), Patience).FindAsync(new ImageQuery(name, type, architectures), fresh, ct).ConfigureAwait(false),
            "" or "lxd" => await new LxdOrigin(Client(source.Certificate), server, source.Project, source.Secret, Patience).FindAsync(source.Alias, source.Fingerprint, ct).ConfigureAwait(false),
            _ => throw ApiException.BadRequest($"Unsupported protocol: {source.Protocol}"),
        };
        return offer ?? throw ApiException.NotFound($"Failed getting remote image info: The requested image \"{name}\" couldn't be found");
    }

    /// <summary>A client that trusts this certificate (PEM), and what it signed, or, for an empty one, the authorities of the host.</summary>
    public HttpClient Client(string pinned) => _clients.GetOrAdd(pinned, Create);

    public static string CheckHttps(string server) =>
        server.StartsWith("https://", StringComparison.Ordinal) ? server.TrimEnd('/') : throw ApiException.BadRequest($"Image servers are reached over https only: {server}");

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private HttpClient Create(string pinned)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20), Proxy = new ServerProxy(config), UseProxy = true, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        if (pinned.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = ServerTrust.Policy;
            handler.SslOptions.RemoteCertificateValidationCallback = ServerTrust.Of([Certificate(pinned)]);
        }

        var client = new HttpClient(new UrlLogin(handler)) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"LXD/{ServerService.Version} (Linux; {HostInfo.Architecture}; {HostInfo.KernelVersion})");
        return client;
    }

    private static X509Certificate2 Certificate(string pem)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw ApiException.BadRequest("Invalid certificate of the image server", e);
        }
    }
}
