namespace Lxd.Daemon.Tests.Profiles;

public sealed class ProfileTests
{
    [Fact]
    public async Task AProfileIsMadeChangedRenamedAndDeleted()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/profiles", """{"name":"small","config":{"limits.cpu":"1"},"devices":{"eth0":{"type":"nic","nictype":"bridged","parent":"br0"}}}""")).Status);
        Assert.Equal(409, (await daemon.SendAsync("POST", "/1.0/profiles", """{"name":"small"}""")).Status);
        Assert.Equal("br0", (string?)(await daemon.GetAsync("/1.0/profiles/small"))!["devices"]!["eth0"]!["parent"]);
        Assert.Equal(202, (await daemon.SendAsync("PATCH", "/1.0/profiles/small", """{"config":{"limits.memory":"1GiB"}}""")).Status);
        var profile = (await daemon.GetAsync("/1.0/profiles/small"))!;
        Assert.Equal("1", (string?)profile["config"]!["limits.cpu"]);
        Assert.Equal("1GiB", (string?)profile["config"]!["limits.memory"]);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/profiles/small", """{"name":"tiny"}""")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/profiles/tiny")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/profiles/tiny")).Status);
        Assert.Equal(403, (await daemon.SendAsync("DELETE", "/1.0/profiles/default")).Status);
    }

    /// <summary>Clients from before these were operations take an answer for the end: they get what their servers said.</summary>
    [Theory]
    [InlineData("LXD 6.6 (Linux; x86_64)", 202)]
    [InlineData("pylxd/2.3", 202)]
    [InlineData("LXD 5.0.2 (Linux; x86_64)", 200)]
    public async Task OlderClientsAreAnsweredWhenItIsDone(string agent, int status)
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(status, (await daemon.SendAsync("PATCH", "/1.0/profiles/default", """{"config":{"limits.memory":"1GiB"}}""", ("User-Agent", agent))).Status);
        Assert.Equal("1GiB", (string?)(await daemon.GetAsync("/1.0/profiles/default"))!["config"]!["limits.memory"]);
        Assert.Equal(400, (await daemon.SendAsync("PATCH", "/1.0/profiles/default", """{"config":{"limits.memory":"much"}}""", ("User-Agent", agent))).Status);
    }

    [Theory]
    [InlineData("""{"name":"a/b"}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"p","config":{"no.such":"1"}}""")]
    [InlineData("""{"name":"p","config":{"limits.cpu.priority":"x"}}""")]
    [InlineData("""{"name":"p","devices":{"d":{"type":"warp"}}}""")]
    public async Task BadInputIsRefused(string body)
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/profiles", body)).Status);
        Assert.Single((await daemon.GetAsync("/1.0/profiles"))!.AsArray());
    }

    [Fact]
    public async Task AProjectHasItsOwnProfilesAndGoesWhenEmpty()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/projects", """{"name":"p1"}""")).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/profiles?project=p1", """{"name":"own"}""")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/profiles/own")).Status);
        Assert.Equal(400, (await daemon.SendAsync("DELETE", "/1.0/projects/p1")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/profiles/own?project=p1")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/projects/p1")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/profiles?project=p1")).Status);
    }
}
