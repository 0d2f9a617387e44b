using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>The daemon goes away, by a signal or by force, and comes back.</summary>
public sealed class RestartTests
{
    [Fact]
    public async Task RunningContainersOutliveTheDaemonAndShutdownStopsThem()
    {
        await using var server = await LabServer.StartReadyAsync("restart");
        var sh = server.Shell;
        await sh.RunAsync("lxc launch bb c1 && lxc init bb c2");
        var pid = await sh.RunAsync("lxc query /1.0/instances/c1/state | jq .pid");
        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(pid, await sh.RunAsync("lxc query /1.0/instances/c1/state | jq .pid"));
        Assert.Equal("still here\n", await sh.RunAsync("lxc exec c1 -- echo still here"));
        Assert.Equal(0, await server.SignalAsync("TERM"));
        await server.StartAsync();
        Assert.Equal(pid, await sh.RunAsync("lxc query /1.0/instances/c1/state | jq .pid"));
        await sh.RunAsync("lxc stop -f c1 && lxc start c1");
        await sh.RunAsync("lxd shutdown --timeout 120");
        await server.StartAsync();
        // What ran at the shutdown runs again, what was stopped is stopped.
        Assert.Equal("c1,RUNNING\nc2,STOPPED\n", await sh.RunAsync("lxc list -f csv -c ns"));
        pid = await sh.RunAsync("lxc query /1.0/instances/c1/state | jq .pid");
        // The host loses its power soon.
        Assert.Equal(0, await server.SignalAsync("PWR"));
        Assert.False(Directory.Exists("/proc/" + pid.Trim()));
        await server.StartAsync();
        Assert.Equal("c1,RUNNING\nc2,STOPPED\n", await sh.RunAsync("lxc list -f csv -c ns"));
        await sh.RunAsync("lxc delete -f c1 c2");
    }
}
