namespace Lxd.Daemon.Tests.Server;

public sealed class ServerTests
{
    [Fact]
    public async Task TheTrustPasswordIsKeptHashedAndShownAsTrue()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(200, (await daemon.SendAsync("PATCH", "/1.0", """{"config":{"core.trust_password":"secret","user.note":"x"}}""")).Status);
        var server = (await daemon.GetAsync("/1.0"))!;
        Assert.True((bool)server["config"]!["core.trust_password"]!);
        Assert.Equal(192, daemon.Daemon.Config.Get("core.trust_password").Length);
        var kept = daemon.Daemon.Config.Get("core.trust_password");
        Assert.Equal(200, (await daemon.SendAsync("PUT", "/1.0", """{"config":{"core.trust_password":true}}""")).Status);
        Assert.Equal(kept, daemon.Daemon.Config.Get("core.trust_password"));
        Assert.Equal("", daemon.Daemon.Config.Get("user.note"));
    }

    [Fact]
    public async Task AnUnknownKeyChangesNothing()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, body) = await daemon.SendAsync("PUT", "/1.0", """{"config":{"user.note":"x","core.nonsense":"1"}}""");
        Assert.Equal(400, status);
        Assert.Contains("core.nonsense", (string?)body!["error"]);
        Assert.Equal("", daemon.Daemon.Config.Get("user.note"));
    }

    [Fact]
    public async Task AStaleEtagIsRefused()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(412, (await daemon.SendAsync("PUT", "/1.0", """{"config":{}}""", ("If-Match", "deadbeef"))).Status);
    }
}
