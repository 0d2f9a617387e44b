using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Lxd.Client.SimpleStreams;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Images;

/// <summary>The servers images come from, and how to speak with them.</summary>
internal sealed class ImageRemotes(ServerConfig config, X509Certificate2 certificate) : IDisposable
{
    private readonly ConcurrentDictionary<string, SimpleStreamsClient> _streams = new();
    private readonly ConcurrentDictionary<string, HttpClient> _clients = new();

    public SimpleStreamsClient Streams(string server) => _streams.GetOrAdd(server, s => new SimpleStreamsClient(Client(""), CheckHttps(s)));

    /// <summary>A client that trusts this server certificate (PEM) only, or, for an empty one, the authorities of the host.</summary>
    public HttpClient Client(string pinned) => _clients.GetOrAdd(pinned, Create);

    /// <summary>Describes an image of another LXD server.</summary>
    public async Task<Image> DescribeAsync(ImagesPostSource source, string name, CancellationToken ct)
    {
        var client = Client(source.Certificate);
        var server = CheckHttps(source.Server);
        var query = source.Project.Length > 0 ? $"?project={Uri.EscapeDataString(source.Project)}" : "";
        if (source.Fingerprint.Length == 0 || source.Alias.Length > 0)
        {
            var alias = await GetAsync<ImageAliasesEntry>(client, $"{server}/1.0/images/aliases/{Uri.EscapeDataString(name)}{query}", ct).ConfigureAwait(false);
            name = alias?.Target ?? name;
        }

        var secret = source.Secret.Length > 0 ? (query.Length > 0 ? "&" : "?") + "secret=" + Uri.EscapeDataString(source.Secret) : "";
        return await GetAsync<Image>(client, $"{server}/1.0/images/{Uri.EscapeDataString(name)}{query}{secret}", ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Requested image couldn't be found for instance: " + name);
    }

    public static string CheckHttps(string server) =>
        server.StartsWith("https://", StringComparison.Ordinal) ? server.TrimEnd('/') : throw ApiException.BadRequest($"Image servers are reached over https only: {server}");

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static async Task<T?> GetAsync<T>(HttpClient client, string url, CancellationToken ct) where T : class
    {
        try
        {
            using var response = await client.GetAsync(url, ct).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest)
            {
                return null;
            }

            var body = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
            return response.IsSuccessStatusCode ? Json.Parse<T>(body?["metadata"]) : throw new ApiException((int)response.StatusCode, (string?)body?["error"] ?? "Failed asking the image server");
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException)
        {
            throw ApiException.BadRequest($"Failed asking the image server: {e.Message}", e);
        }
    }

    private HttpClient Create(string pinned)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(20), Proxy = new ServerProxy(config), UseProxy = true };
        handler.SslOptions.ClientCertificates = [certificate];
        handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        if (pinned.Length > 0)
        {
            using var expected = X509Certificate2.CreateFromPem(pinned);
            var hash = expected.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);
            handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256) == hash;
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"LXD/{ServerService.Version}");
        return client;
    }

    /// <summary>The proxy of <c>core.proxy_*</c>, read at each request so that a change needs no restart.</summary>
    private sealed class ServerProxy(ServerConfig config) : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => Uri.TryCreate(config.Get(destination.Scheme == "https" ? "core.proxy_https" : "core.proxy_http"), UriKind.Absolute, out var proxy) ? proxy : null;

        public bool IsBypassed(Uri host) => GetProxy(host) is null || config.Get("core.proxy_ignore_hosts").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Any(h => host.Host == h || host.Host.EndsWith("." + h.TrimStart('.'), StringComparison.OrdinalIgnoreCase));
    }
}
