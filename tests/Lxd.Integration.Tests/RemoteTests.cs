using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A second client over TLS, let in by the trust password and by a token.</summary>
public sealed class RemoteTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Port = "18443";

    private Shell Second(string name)
    {
        var home = Path.Combine(fixture.Server.Home, name);
        Directory.CreateDirectory(home);
        return new Shell(new Dictionary<string, string>(fixture.Server.Environment) { ["LXD_CONF"] = Path.Combine(home, "conf"), ["HOME"] = home, ["LXD_DIR"] = Path.Combine(home, "nowhere") }, home);
    }

    [Fact]
    public async Task TheTrustPasswordLetsASecondClientIn()
    {
        var sh = fixture.Server.Shell;
        await sh.RunAsync($"lxc config set core.https_address 127.0.0.1:{Port} && lxc config set core.trust_password secret");
        Assert.Equal("true\n", await sh.RunAsync("lxc config get core.trust_password"));
        var other = Second("by-password");
        await other.FailsAsync($"lxc remote add srv https://127.0.0.1:{Port} --accept-certificate --password wrong", "Forbidden");
        await other.RunAsync($"lxc remote add srv https://127.0.0.1:{Port} --accept-certificate --password secret");
        await other.RunAsync("lxc launch srv:bb srv:far");
        Assert.Equal("far,RUNNING\n", await other.RunAsync("lxc list srv: -f csv -c ns far"));
        Assert.Equal("over tls\n", await other.RunAsync("lxc exec srv:far -- echo over tls"));
        await other.RunAsync("echo text >f && lxc file push f srv:far/root/f && lxc file pull srv:far/root/f g && cmp f g");
        await other.RunAsync("lxc snapshot srv:far s0 && lxc restore srv:far s0 && lxc delete srv:far/s0");
        await other.RunAsync("lxc remote switch srv && lxc delete -f far && lxc remote switch local && lxc remote remove srv");
        await sh.RunAsync("lxc config trust list -f csv -c f | xargs -n1 lxc config trust remove && lxc config unset core.trust_password && lxc config unset core.https_address");
    }

    [Fact]
    public async Task ATokenLetsAClientInOnce()
    {
        var sh = fixture.Server.Shell;
        await sh.RunAsync($"lxc config set core.https_address 127.0.0.1:{Port}");
        var token = (await sh.RunAsync("lxc config trust add --name friend --quiet")).Trim().Split('\n')[^1];
        var friend = Second("by-token");
        await friend.RunAsync($"lxc remote add srv {token}");
        Assert.Contains("friend", await sh.RunAsync("lxc config trust list -f csv"));
        await friend.RunAsync("lxc list srv:");
        await Second("by-token-again").FailsAsync($"lxc remote add srv {token}", "");
        await sh.RunAsync("lxc config trust list -f csv -c f | xargs -n1 lxc config trust remove && lxc config unset core.https_address");
    }
}
