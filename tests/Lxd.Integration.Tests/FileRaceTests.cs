using System.Diagnostics;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A container that changes its files under the daemon's hands: what is asked for by path never lies outside of it.</summary>
public sealed class FileRaceTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Secret = "of-the-host";
    private const string Url = "/1.0/instances/race/files?path=/root/x";

    [Theory]
    [InlineData("symlink")]
    [InlineData("relative symlink")]
    [InlineData("moved directory")]
    public async Task APathThatTurnsIntoAWayOutStaysInside(string how)
    {
        var (server, sh) = (fixture.Server, fixture.Server.Shell);
        using var api = new LabApi(server);
        // What the container's path would be on the host.
        var outside = Path.Combine(server.Home, "outside");
        await sh.RunAsync($"rm -rf {outside} && mkdir -p {outside}/sub && chmod -R 777 {outside} && echo {Secret} >{outside}/secret && echo {Secret} >{outside}/sub/secret");
        await sh.RunAsync("lxc delete -f race 2>/dev/null; lxc launch bb race && lxc exec race -- sh -c 'mkdir -p /root/in/sub && echo inside >/root/in/secret && echo inside >/root/in/sub/secret'");
        var turn = how switch
        {
            "symlink" => $"ln -s {outside} x; rm x",
            "relative symlink" => $"ln -s ../../../../../../../../..{outside} x; rm x",
            // A directory that is left while somebody walks through it, by way of "..".
            _ => "mkdir -p a/b; mv in/sub a/b/sub; mv a/b/sub in/sub",
        };
        var racing = sh.TryAsync($"lxc exec race -- sh -c 'cd /root; while [ ! -e stop ]; do cp -a in x; mv x y; rm -rf y; cp -a in x; rm -rf x; {turn}; done'");
        await sh.RunAsync("mkdir -p tree/sub && echo pushed >tree/sub/pushed");
        for (var i = 0; i < 60; i++)
        {
            foreach (var path in (string[])["/secret", "/sub/secret", "/sub/../secret", ""])
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
                Assert.DoesNotContain(Secret, await api.TextAsync(Url + path, patience.Token));
            }

            await api.SendAsync("POST", Url + "/pushed", "pushed");
            await api.SendAsync("POST", Url + "/sub/pushed", "pushed");
            await api.SendAsync("DELETE", Url + "/secret");
            await api.SendAsync("DELETE", Url + "/sub/secret");
        }

        for (var i = 0; i < 4; i++)
        {
            // By SFTP.
            await sh.TryAsync("timeout 20 lxc file pull -r race/root/x got");
            await sh.TryAsync("timeout 20 lxc file push -r tree/. race/root/x/sub");
        }

        await sh.RunAsync("lxc exec race -- touch /root/stop");
        await racing;
        Assert.Equal("", await sh.RunAsync($"grep -rl {Secret} got 2>/dev/null || true; rm -rf got tree"));
        Assert.Equal("secret sub sub/secret\n", await sh.RunAsync($"cd {outside} && echo $(find . -mindepth 1 | sed 's|^./||' | sort)"));
        await sh.RunAsync("lxc delete -f race");
    }

    /// <summary>What nobody writes to or reads from would be waited for without end.</summary>
    [Fact]
    public async Task AFileThatTurnsIntoAPipeIsNotWaitedFor()
    {
        var sh = fixture.Server.Shell;
        using var api = new LabApi(fixture.Server);
        await sh.RunAsync("lxc delete -f race 2>/dev/null; lxc launch bb race");
        var racing = sh.TryAsync("lxc exec race -- sh -c 'cd /root; while [ ! -e stop ]; do mkfifo x; rm -f x; echo a >x; rm -f x; done'");
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(2);)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await api.SendAsync("GET", Url, null, patience.Token);
            await api.SendAsync("POST", Url, "text", patience.Token);
        }

        await sh.RunAsync("lxc exec race -- touch /root/stop");
        await racing;
        await sh.RunAsync("lxc delete -f race");
    }
}
