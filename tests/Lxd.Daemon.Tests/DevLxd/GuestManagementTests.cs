using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.DevLxd;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Tests.Instances;
using Microsoft.AspNetCore.Http;

namespace Lxd.Daemon.Tests.DevLxd;

/// <summary>What bearers of DevLXD tokens may do from inside an instance: each with its own volumes, nobody with others'.</summary>
public sealed class GuestManagementTests : IAsyncLifetime
{
    private const string Volumes = "/1.0/storage-pools/one/volumes/custom";
    private InstanceLab _lab = null!;
    private GuestManagement _management = null!;

    public async Task InitializeAsync()
    {
        _lab = await InstanceLab.StartAsync();
        var daemon = _lab.Daemon.Daemon;
        _management = new GuestManagement(new GuestApi(daemon.Pipeline, daemon.Identities), daemon.Operations);
        await _lab.DoAsync("POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await Sent("POST", "/1.0/auth/groups", """{"name":"g","permissions":[{"entity_type":"project","url":"/1.0/projects/default","entitlement":"operator"}]}""");
        foreach (var name in (string[])["ann", "bob"])
        {
            await Sent("POST", "/1.0/auth/identities/bearer", $$"""{"name":"{{name}}","type":"DevLXD token bearer","groups":["g"]}""");
        }

        await _lab.CreateAsync("c", ""","config":{"security.devlxd.management.volumes":"true"}""");
        await _lab.CreateAsync("closed");
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [Fact]
    public async Task OnlyKnownIdentitiesInInstancesThatSaySoAreAnswered()
    {
        Assert.Equal(403, await RefusedAsync("c", null, "GET", Volumes));
        Assert.Equal(403, await RefusedAsync("closed", "ann", "GET", Volumes));
        Assert.Equal("one", (string?)(await AskAsync("c", "ann", "GET", "/1.0/storage-pools/one")).AsObject()["name"]);
    }

    [Fact]
    public async Task EachSeesAndRemovesOnlyVolumesOfItsOwn()
    {
        await DoneAsync("ann", "POST", Volumes, """{"name":"v"}""");
        await _lab.DoAsync("POST", Volumes, """{"name":"admins"}""");
        Assert.Equal([Volumes + "/v"], (await AskAsync("c", "ann", "GET", Volumes)).AsArray().Select(v => (string)v!));
        Assert.Empty((await AskAsync("c", "bob", "GET", Volumes)).AsArray());
        foreach (var (who, volume) in ((string, string)[])[("bob", "v"), ("ann", "admins")])
        {
            foreach (var method in (string[])["GET", "PUT", "PATCH", "DELETE"])
            {
                Assert.Equal(404, await RefusedAsync("c", who, method, $"{Volumes}/{volume}"));
            }

            Assert.Equal(404, await RefusedAsync("c", who, "POST", $"{Volumes}/{volume}/snapshots", """{"name":"s"}"""));
            Assert.Equal(404, await RefusedAsync("c", who, "POST", Volumes, $$$"""{"name":"copy","source":{"name":"{{{volume}}}"}}"""));
        }

        await DoneAsync("ann", "POST", Volumes, """{"name":"w","source":{"name":"v"}}""");
        await DoneAsync("ann", "DELETE", Volumes + "/v");
        Assert.Equal([Volumes + "/w"], (await AskAsync("c", "ann", "GET", Volumes)).AsArray().Select(v => (string)v!));
    }

    [Theory]
    [InlineData("POST", Volumes, """{"name":"x","config":{"volatile.devlxd.owner":"bob"}}""", 403)]
    [InlineData("POST", "/1.0/storage-pools/one/volumes/container", """{"name":"x"}""", 400)]
    [InlineData("PATCH", "/1.0/instances/c", """{"devices":{"d":{"type":"disk","source":"/etc","path":"/mnt"}}}""", 403)]
    [InlineData("PATCH", "/1.0/instances/c", """{"devices":{"d":{"type":"unix-char","source":"/dev/kmsg"}}}""", 403)]
    [InlineData("PATCH", "/1.0/instances/c", """{"devices":{"d":{"type":"disk","pool":"one","source":"admins","path":"/mnt"}}}""", 404)]
    [InlineData("PATCH", "/1.0/instances/c", """{"devices":{"root":{"type":"disk","pool":"one","source":"x","path":"/"}}}""", 403)]
    [InlineData("DELETE", "/1.0/operations/none", "{}", 404)]
    [InlineData("GET", "/1.0/instances/c/../../projects", "{}", 404)]
    public async Task WhatIsNotForGuestsIsRefused(string method, string url, string body, int status)
    {
        Assert.Equal(status, await RefusedAsync("c", "ann", method, url, body));
        Assert.DoesNotContain("\"d\"", (await _lab.Daemon.GetAsync("/1.0/instances/c"))!["devices"]!.ToJsonString());
    }

    private async Task Sent(string method, string url, string body)
    {
        var (status, answer) = await _lab.Daemon.SendAsync(method, url, body);
        Assert.True(status is 200 or 201, answer?["error"]?.ToString());
    }

    private async Task DoneAsync(string who, string method, string url, string body = "{}")
    {
        var id = (string)(await AskAsync("c", who, method, url, body)).AsObject()["id"]!;
        Assert.Equal(200, (long)(await AskAsync("c", who, "GET", $"/1.0/operations/{id}/wait")).AsObject()["status_code"]!);
    }

    private async Task<int> RefusedAsync(string instance, string? who, string method, string url, string body = "{}") => (await Assert.ThrowsAsync<ApiException>(() => AskAsync(instance, who, method, url, body))).Status;

    private async Task<JsonNode> AskAsync(string instance, string? who, string method, string url, string body = "{}")
    {
        var asked = (await new InstanceStore(_lab.Daemon.Daemon.Databases.Global).FindAsync("default", instance, default))!;
        var identity = who is null ? null : (await new IdentityStore(_lab.Daemon.Daemon.Databases.Global).ListAsync(default)).Single(i => i.Name == who);
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(method == "GET" ? "" : body));
        return (await _management.AnswerAsync(context, asked, identity, url, default)).Body;
    }
}
