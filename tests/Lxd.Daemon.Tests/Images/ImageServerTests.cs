using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Tests.Images;

/// <summary>How a daemon comes to an image server: by authorities, logins and proxies; and what it fetches there.</summary>
public sealed class ImageServerTests : IDisposable
{
    private readonly Authority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task AnAuthorityOfOnesOwnVouchesForTheServersOfItsNameOnly()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var right = new HostileServer(_authority.Sign("127.0.0.1"));
        await OfferAsync(right);
        Assert.Equal(200, (int)(await CopyAsync(daemon, right.Url, _authority.Pem))["status_code"]!);

        await using var wrong = new HostileServer(_authority.Sign("elsewhere.test"));
        await OfferAsync(wrong);
        Assert.Equal(400, (int)(await CopyAsync(daemon, wrong.Url, _authority.Pem))["status_code"]!);
        await using var stranger = new HostileServer();
        await OfferAsync(stranger);
        Assert.Equal(400, (int)(await CopyAsync(daemon, stranger.Url, _authority.Pem))["status_code"]!);
        Assert.Equal(400, (int)(await CopyAsync(daemon, right.Url, stranger.CertificatePem))["status_code"]!);
        Assert.All(stranger.Log, Assert.Empty); // a handshake, no request
    }

    /// <summary>A certificate may name a place where its authority's is said to be: whoever shows it does not get to send the client there.</summary>
    [Fact]
    public async Task NobodyIsAskedForAuthorities()
    {
        using var place = new TcpListener(IPAddress.Loopback, 0);
        place.Start();
        await using var server = new HostileServer(_authority.Sign("127.0.0.1", $"http://{place.LocalEndpoint}/ca"));
        server.Serve("/1.0", """{"type":"sync","metadata":{}}""");
        using var known = X509CertificateLoader.LoadCertificate(X509Certificate2.CreateFromPem(_authority.Pem).RawData);
        using var trusting = LxdConnection.Tls(server.Url, null, known);
        await trusting.GetAsync("/1.0", default);
        using var strange = LxdConnection.Tls(server.Url, null, null);
        await Assert.ThrowsAsync<ApiException>(() => strange.GetAsync("/1.0", default));
        using var shown = await LxdConnection.ServerCertificateAsync(server.Url, default);
        await using var daemon = await TestDaemon.StartAsync();
        await OfferAsync(server);
        Assert.Equal(200, (int)(await CopyAsync(daemon, server.Url, _authority.Pem))["status_code"]!);
        Assert.False(place.Pending());
    }

    [Fact]
    public async Task ALoginInTheAddressIsSentAndNotShown()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        await OfferAsync(server);
        var url = server.Url.Replace("https://", "https://me:pa%2Fss@", StringComparison.Ordinal);
        Assert.Equal(200, (int)(await CopyAsync(daemon, url, server.CertificatePem))["status_code"]!);
        Assert.Equal(["Basic bWU6cGEvc3M="], server.Logins.Distinct());
        Assert.Equal(server.Log.Count, server.Logins.Count);
        server.Paths["/streams/v1/index.json"] = asked => asked.HeadAsync("403 Forbidden", 0);
        var error = (string)(await CopyAsync(daemon, url + "/", server.CertificatePem, "other"))["err"]!;
        Assert.DoesNotContain("pa", error.Replace("couldn't be found", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://", "images.test")]
    [InlineData("", "images.test")]
    [InlineData("http://me:secret@", "secret.test")]
    public async Task AProxyIsUsedAsTheServerIsToldTo(string prefix, string host)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer(_authority.Sign(host));
        await using var proxy = new ConnectProxy(server.Port);
        await OfferAsync(server);
        await daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = new JsonObject { ["core.proxy_https"] = prefix + proxy.Address } }.ToJsonString());
        Assert.Equal(200, (int)(await CopyAsync(daemon, $"https://{host}", _authority.Pem))["status_code"]!);
        Assert.Contains(proxy.Log, l => l == $"CONNECT {host}:443 HTTP/1.1" + (prefix.Contains('@') ? " Basic bWU6c2VjcmV0" : ""));
    }

    [Theory]
    [InlineData("images.test")]
    [InlineData("a, .test")]
    [InlineData("*.test")]
    [InlineData("*")]
    [InlineData("images.test:443")]
    public async Task SomeHostsNeedNoProxy(string ignored)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        await using var proxy = new ConnectProxy(server.Port);
        await daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = new JsonObject { ["core.proxy_https"] = "http://" + proxy.Address, ["core.proxy_ignore_hosts"] = ignored } }.ToJsonString());
        Assert.NotEqual(200, (int)(await CopyAsync(daemon, "https://images.test", server.CertificatePem))["status_code"]!);
        Assert.Empty(proxy.Log);
    }

    /// <param name="ignored">Hosts without a proxy.</param>
    [Theory]
    [InlineData("10.0.0.0/8", "https://10.20.30.40", true)]
    [InlineData("192.0.2.0/24, 10.20.0.0/16", "https://10.20.30.40:8443", true)]
    [InlineData("10.20.0.0/16", "https://10.21.30.40", false)]
    [InlineData("10.20.30.40", "https://10.20.30.40", true)]
    [InlineData("10.20.30.40:8443", "https://10.20.30.40:8443", true)]
    [InlineData("10.20.30.40:8443", "https://10.20.30.40", false)]
    [InlineData("2001:db8::/32", "https://[2001:db8:1::2]:8443", true)]
    [InlineData("2001:db8::/32", "https://[2001:db9::2]", false)]
    [InlineData("2001:db8:1::2", "https://[2001:db8:1::2]", true)]
    [InlineData("10.0.0.0/8", "https://images.test", false)]
    [InlineData("10.0.0.0/99", "https://10.20.30.40", false)]
    [InlineData(".test", "https://a.images.test", true)]
    [InlineData("images.test", "https://other-images.test", false)]
    [InlineData("", "https://images.test", false)]
    [InlineData("", "https://127.0.0.1:8443", true)]
    public async Task HostsWithoutAProxyAreNamedInManyWays(string ignored, string server, bool direct)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = new JsonObject { ["core.proxy_https"] = "http://proxy.test:3128", ["core.proxy_ignore_hosts"] = ignored } }.ToJsonString());
        Assert.Equal(direct ? null : new Uri("http://proxy.test:3128"), new ServerProxy(daemon.Daemon.Config).GetProxy(new Uri(server)));
    }

    [Fact]
    public async Task AnImageThatIsKeptUpToDateComesByItsDifference()
    {
        if (!Lxd.Linux.Archives.Vcdiff.IsAvailable)
        {
            return;
        }

        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        var meta = await ImageFile.MakeAsync("one");
        var roots = (Old: RandomNumberGenerator.GetBytes(200_000), New: Array.Empty<byte>());
        roots.New = [.. roots.Old.AsSpan(0, 150_000), .. "and more"u8, .. roots.Old.AsSpan(150_000)];
        var delta = await Differences.MakeAsync(roots.Old, roots.New);
        StreamTree.Serve(server, ("20260101", meta, roots.Old, null));
        var operation = await CopyAsync(daemon, server.Url, server.CertificatePem);
        Assert.True((int)operation["status_code"]! == 200, operation.ToJsonString());
        var first = (string)operation["metadata"]!["fingerprint"]!;

        StreamTree.Serve(server, ("20260202", meta, roots.New, ("20260101", delta)), ("20260101", meta, roots.Old, null));
        operation = await daemon.RunAsync("POST", $"/1.0/images/{first}/refresh", "{}");
        Assert.True((bool?)operation["metadata"]?["refreshed"] == true, operation.ToJsonString());
        var only = Assert.Single((await daemon.GetAsync("/1.0/images?recursion=1"))!.AsArray())!;
        Assert.Equal(StreamTree.Hash([.. meta, .. roots.New]), (string)only["fingerprint"]!);
        Assert.Equal("b", (string)only["update_source"]!["alias"]!);
        Assert.Contains("/20260202/delta", server.Log);
        Assert.DoesNotContain("/20260202/root", server.Log);
    }

    /// <param name="ofServer">The key of the server.</param>
    /// <param name="ofProject">The key of the project, which comes first.</param>
    [Theory]
    [InlineData("", "", "b", "amd64")]
    [InlineData("i686", "", "b", "i386")]
    [InlineData("aarch64", "", "b", "arm64")]
    [InlineData("aarch64", "i686", "b", "i386")]
    [InlineData("s390x", "", "b", "amd64")]
    [InlineData("i686", "", "b/arm64", "arm64")]
    public async Task AnAliasMeansTheImageOfTheDefaultArchitecture(string ofServer, string ofProject, string alias, string architecture)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        var meta = await ImageFile.MakeAsync("one");
        var roots = new Dictionary<string, byte[]> { ["arm64"] = "root a"u8.ToArray(), ["i386"] = "root i"u8.ToArray(), ["amd64"] = "root x"u8.ToArray() };
        StreamTree.Serve(server, [.. roots.Select(r => (r.Key, meta, r.Value))]);
        foreach (var (path, value) in (List<(string, string)>)[("/1.0", ofServer), ("/1.0/projects/default", ofProject)])
        {
            Assert.Equal(200, (await daemon.SendAsync("PATCH", path, new JsonObject { ["config"] = new JsonObject { ["images.default_architecture"] = value } }.ToJsonString())).Status);
        }

        Assert.Equal("", (string)(await CopyAsync(daemon, server.Url, server.CertificatePem, alias))["err"]!);
        Assert.Equal("/1.0/images/" + StreamTree.Hash([.. meta, .. roots[architecture]]), (string)Assert.Single((await daemon.GetAsync("/1.0/images"))!.AsArray())!);
    }

    private static async Task OfferAsync(HostileServer server) => StreamTree.Serve(server, ("20260101", await ImageFile.MakeAsync("one"), "a root"u8.ToArray(), null));

    private static Task<JsonNode> CopyAsync(TestDaemon daemon, string server, string certificate, string alias = "b") => daemon.RunAsync(
        "POST",
        "/1.0/images",
        new JsonObject { ["auto_update"] = true, ["source"] = new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = server, ["certificate"] = certificate, ["alias"] = alias } }.ToJsonString());
}
