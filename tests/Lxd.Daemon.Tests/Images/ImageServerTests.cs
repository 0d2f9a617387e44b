using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;

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

    private static async Task OfferAsync(HostileServer server) => StreamTree.Serve(server, ("20260101", await ImageFile.MakeAsync("one"), "a root"u8.ToArray(), null));

    private static Task<JsonNode> CopyAsync(TestDaemon daemon, string server, string certificate, string alias = "b") => daemon.RunAsync(
        "POST",
        "/1.0/images",
        new JsonObject { ["auto_update"] = true, ["source"] = new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = server, ["certificate"] = certificate, ["alias"] = alias } }.ToJsonString());
}
