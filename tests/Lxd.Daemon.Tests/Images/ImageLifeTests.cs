using System.Text.Json.Nodes;
using Lxd.Core.Api;

namespace Lxd.Daemon.Tests.Images;

/// <summary>Images as time goes by: kept and cached, renewed and outlived, shown to some and to all.</summary>
public sealed class ImageLifeTests
{
    [Fact]
    public async Task WhatWasFetchedForAnInstanceGoesWhenItsTimeHasComeAndWhatAUserAskedForStays()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        await OfferAsync(server, "20260101", "one");
        var cached = await ResolveAsync(daemon, server);
        var own = await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("own"));
        foreach (var fingerprint in (string[])[cached, own])
        {
            Assert.Equal(200, (await daemon.SendAsync("PATCH", $"/1.0/images/{fingerprint}", """{"expires_at":"2020-01-01T00:00:00Z"}""")).Status);
        }

        await daemon.Daemon.Images.PruneAsync(default);
        Assert.Equal([own], await ListAsync(daemon));

        // What a user asks for besides is no longer only cached.
        await ResolveAsync(daemon, server);
        await CopyAsync(daemon, server);
        await daemon.SendAsync("PATCH", $"/1.0/images/{cached}", """{"expires_at":"2020-01-01T00:00:00Z"}""");
        await daemon.Daemon.Images.PruneAsync(default);
        Assert.Equal(2, (await ListAsync(daemon)).Count);
    }

    [Fact]
    public async Task AnImageIsRenewedOnceInAnInterval()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        await OfferAsync(server, "20260101", "one");
        await CopyAsync(daemon, server);
        var first = Assert.Single(await ListAsync(daemon));
        Assert.Equal(TimeSpan.FromHours(6), await daemon.Daemon.Images.NextUpdateAsync(default));
        await SetAsync(daemon, "images.auto_update_interval", "0");
        Assert.Equal(TimeSpan.Zero, await daemon.Daemon.Images.NextUpdateAsync(default));
        await OfferAsync(server, "20260202", "two");
        await daemon.Daemon.Images.UpdateAllAsync(default);
        Assert.Equal([first], await ListAsync(daemon));
        await SetAsync(daemon, "images.auto_update_interval", "1");
        await daemon.Daemon.Images.UpdateAllAsync(default);
        var second = Assert.Single(await ListAsync(daemon));
        Assert.NotEqual(first, second);

        await OfferAsync(server, "20260303", "three");
        await daemon.Daemon.Images.UpdateAllAsync(default);
        Assert.Equal([second], await ListAsync(daemon));
    }

    [Fact]
    public async Task AnImageThatIsKeptUpToDateIsTakenAsItIs()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await using var server = new HostileServer();
        await OfferAsync(server, "20260101", "one");
        var first = await ResolveAsync(daemon, server);
        Assert.True((bool)(await daemon.GetAsync($"/1.0/images/{first}"))!["auto_update"]!);
        server.Paths.Clear();
        Assert.Equal(first, await ResolveAsync(daemon, server));

        await SetAsync(daemon, "images.auto_update_cached", "false");
        await OfferAsync(server, "20260202", "two");
        var image = (await daemon.GetAsync($"/1.0/images/{first}"))!;
        Assert.Equal((true, "b"), ((bool)image["cached"]!, (string)image["update_source"]!["alias"]!));
        await daemon.Daemon.Images.RefreshAsync((await daemon.Daemon.Images.ListAsync("default", default))[0], null, _ => { }, default);
        var second = Assert.Single(await ListAsync(daemon));
        Assert.NotEqual(first, second);
    }

    [Theory]
    [InlineData("properties.name eq one", 1)]
    [InlineData("properties.name eq o.*", 1)]
    [InlineData("properties.name eq one or properties.name eq two", 2)]
    [InlineData("not properties.name eq one", 1)]
    [InlineData("public eq true", 1)]
    [InlineData("type eq virtual-machine", 0)]
    [InlineData("architecture eq x86_64 and cached eq false", 2)]
    public async Task AListIsFiltered(string filter, int count)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("one"));
        await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("two"), "", ("X-LXD-public", "1"));
        Assert.Equal(count, (await daemon.GetAsync($"/1.0/images?filter={Uri.EscapeDataString(filter)}"))!.AsArray().Count);
    }

    [Fact]
    public async Task ASecretOpensOneImageForOneDownload()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (one, other) = (await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("one")), await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("other")));
        var (_, answer) = await daemon.SendAsync("POST", $"/1.0/images/{one}/secret");
        var secret = (string)answer!["metadata"]!["metadata"]!["secret"]!;
        Assert.Equal(404, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}")).Status);
        Assert.Equal(404, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{other}?secret={secret}")).Status);
        Assert.Equal(404, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}/export?secret={secret}0")).Status);

        // To ask what it is uses nothing up.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}?secret={secret}")).Status);
        }

        Assert.Equal("Running", (string)(await daemon.GetAsync((string)answer["operation"]!))!["status"]!);
        Assert.Equal(200, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}/export?secret={secret}")).Status);
        Assert.Equal("Success", (string)(await daemon.GetAsync((string)answer["operation"]! + "/wait"))!["status"]!);
        Assert.Equal(404, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}?secret={secret}")).Status);
        Assert.Equal(404, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{one}/export?secret={secret}")).Status);
    }

    [Theory]
    [InlineData("Go-http-client/1.1", 200)]
    [InlineData("LXD 5.0.2 (Linux; x86_64; 6.1.0; Debian GNU/Linux; 12)", 200)]
    [InlineData("LXD 6.4 (Linux)", 200)]
    [InlineData("LXD 6.5", 400)]
    [InlineData("LXD 6.9 (Linux; x86_64)", 400)]
    [InlineData("LXD new", 400)]
    [InlineData("", 400)]
    public async Task OnlyOldClientsMayNameAnImageByLessThanTwelveCharacters(string agent, int status)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var fingerprint = await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("one"), "", ("X-LXD-public", "1"));
        Assert.Equal(status, (await daemon.SendAsync("GET", $"/1.0/images/{fingerprint[..2]}", null, ("User-Agent", agent))).Status);
        Assert.Equal(400, (await daemon.TlsAsync(null, "GET", $"/1.0/images/{fingerprint[..2]}", null, ("User-Agent", agent))).Status);
    }

    private static async Task OfferAsync(HostileServer server, string version, string root) =>
        StreamTree.Serve(server, (version, await ImageFile.MakeAsync("one"), System.Text.Encoding.UTF8.GetBytes(root), null));

    private static async Task<List<string>> ListAsync(TestDaemon daemon) => [.. (await daemon.GetAsync("/1.0/images?recursion=1"))!.AsArray().Select(i => (string)i!["fingerprint"]!)];

    private static async Task SetAsync(TestDaemon daemon, string key, string value) =>
        Assert.Equal(200, (await daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = new JsonObject { [key] = value } }.ToJsonString())).Status);

    /// <summary>The image for an instance.</summary>
    private static async Task<string> ResolveAsync(TestDaemon daemon, HostileServer server) =>
        (await daemon.Daemon.Images.ResolveAsync("default", new InstanceSource { Server = server.Url, Protocol = "simplestreams", Certificate = server.CertificatePem, Alias = "b" }, "container", _ => { }, default)).Fingerprint;

    private static async Task CopyAsync(TestDaemon daemon, HostileServer server)
    {
        var source = new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "simplestreams", ["server"] = server.Url, ["certificate"] = server.CertificatePem, ["alias"] = "b" };
        var operation = await daemon.RunAsync("POST", "/1.0/images", new JsonObject { ["auto_update"] = true, ["source"] = source }.ToJsonString());
        Assert.True((int)operation["status_code"]! == 200, operation.ToJsonString());
    }
}
