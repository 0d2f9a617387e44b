using System.Diagnostics;
using System.Text.Json.Nodes;
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

    /// <summary>Those with a higher <c>boot.stop.priority</c> go first, each has its own time, and what comes back is what ran and may, or shall always.</summary>
    [Fact]
    public async Task ShutdownKeepsToOrderAndTime()
    {
        await using var server = await LabServer.StartReadyAsync("shutdown");
        var sh = server.Shell;
        // Their init does not go down when it is asked.
        const string Deaf = "-c raw.lxc=lxc.signal.halt=SIGWINCH -c boot.host_shutdown_timeout=1";
        await sh.RunAsync($"lxc launch bb last {Deaf} && lxc launch bb first {Deaf} -c boot.stop.priority=5 && lxc launch bb off {Deaf} -c boot.autostart=false && lxc launch bb gone -e {Deaf}");
        server.Environment["bridge"] = (await sh.RunAsync("lxc network list -f csv | grep YES | cut -d, -f1")).Trim();
        await sh.RunAsync("lxc init bb on -c boot.autostart=true && lxc init bb idle");
        await sh.RunAsync("lxc monitor --type lifecycle --format json >events 2>/dev/null </dev/null & until grep -q instance-updated events; do lxc config set idle user.x=$RANDOM; done");
        var clock = Stopwatch.StartNew();
        await sh.RunAsync("lxd shutdown --timeout 60");
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
        Assert.Equal(0, await server.ExitAsync());
        var stops = (await File.ReadAllLinesAsync(Path.Combine(sh.Directory, "events"))).Where(l => l.Contains("instance-shutdown", StringComparison.Ordinal)).Select(l => (string)JsonNode.Parse(l)!["metadata"]!["source"]!).ToList();
        Assert.Equal("/1.0/instances/first", stops[0]);
        Assert.Contains("/1.0/instances/last", stops);
        Assert.Equal("", await sh.RunAsync($"pgrep -f '^dnsmasq.*{server.Dir}/' || true; ip -o link show $bridge 2>/dev/null || true; grep {server.Dir}/storage-pools /proc/mounts || true"));
        await server.StartAsync();
        Assert.Equal("first,RUNNING\nidle,STOPPED\nlast,RUNNING\noff,STOPPED\non,RUNNING\n", await sh.RunAsync("lxc list -f csv -c ns"));
    }

    /// <summary>A daemon that is told to go lets what is being done come to its end, and begins nothing new.</summary>
    [Fact]
    public async Task TheEndWaitsForWhatIsBeingDone()
    {
        await using var server = await LabServer.StartReadyAsync("settle");
        var sh = server.Shell;
        await sh.RunAsync("lxc launch bb c1 -c boot.host_shutdown_timeout=1");
        foreach (var (way, exec) in new[] { ("kill -TERM $pid", 0), ("kill -INT $pid", 0), ("kill -PWR $pid", 0), ("lxd shutdown --timeout 1 || true", 0), ("lxd shutdown --force", 1) })
        {
            var pid = server.Pid;
            var running = sh.TryAsync("lxc exec c1 -- sh -c 'echo begun; sleep 4; echo ended'");
            await UntilAsync(async () => (await sh.RunAsync("lxc operation list -f csv")).Contains("Executing command", StringComparison.Ordinal));
            var told = sh.TryAsync($"pid={pid}; {way}");
            if (exec == 0)
            {
                await UntilAsync(async () => (await sh.TryAsync("lxc config set c1 user.x=1")) is { Code: not 0 } refused && refused.Err.Contains("LXD is shutting down", StringComparison.Ordinal));
                await sh.FailsAsync("lxc profile create p", "LXD is shutting down");
                Assert.Contains("c1", await sh.RunAsync("lxc list -f csv -c n"));
                Assert.Contains("Executing command", await sh.RunAsync("lxc operation list -f csv"));
            }

            var answer = await running;
            Assert.True((answer.Code == 0) == (exec == 0), $"{way}: {answer}");
            Assert.Equal(exec == 0 ? "begun\nended\n" : "begun\n", answer.Out);
            await told;
            Assert.Equal(0, await server.ExitAsync());
            await server.StartAsync();
            Assert.Equal("c1,RUNNING\n", await sh.RunAsync("lxc list -f csv -c ns"));
        }

        // A terminal that closes is no reason, and patience has its end.
        await sh.RunAsync($"kill -HUP {server.Pid}; lxc config set core.shutdown_timeout=0");
        var cut = sh.TryAsync("lxc exec c1 -- sleep 60");
        await UntilAsync(async () => (await sh.RunAsync("lxc operation list -f csv")).Contains("Executing command", StringComparison.Ordinal));
        Assert.Equal(0, await server.SignalAsync("TERM"));
        Assert.NotEqual(0, (await cut).Code);
        await server.StartAsync();
        await sh.RunAsync("lxc delete -f c1");
    }

    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        for (var clock = Stopwatch.StartNew(); !await reached(); await Task.Delay(50))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
        }
    }
}
