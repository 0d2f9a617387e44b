using System.Diagnostics;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>A daemon is killed while an instance is on its way to another server: the target has nothing of it afterwards, the source all of it, and the next try works.</summary>
public sealed class MigrationKilledTests
{
    [Theory]
    [InlineData("d", 18461)]
    [InlineData("b", 18463)]
    public async Task NothingIsLeftOnTheTargetAndTheSourceIsWhole(string pool, int port)
    {
        await using var one = await MigrationTests.ReadyAsync($"killed-{pool}-one", port);
        await using var two = await MigrationTests.ReadyAsync($"killed-{pool}-two", port + 1);
        await using var between = await MigrationTests.BetweenAsync(one.Shell, two.Shell, port, port + 1);
        var sh = between.Shell;
        await sh.RunAsync($"lxc image import {await Images.BusyboxAsync()} one: --alias bb && lxc init one:bb one:c1 -s {pool} && head -c 8000000 /dev/urandom >random");
        await sh.RunAsync("for s in s0 s1; do echo $s | cat - random | lxc file push - one:c1/root/file && lxc snapshot one:c1 $s; done && lxc file push random one:c1/root/last");
        await one.Shell.RunAsync("lxc storage set d rsync.bwlimit 6MiB");
        foreach (var (killed, mode) in (List<(LabServer, string)>)[(one, "pull"), (two, "push")])
        {
            var moving = sh.TryAsync($"timeout 60 lxc move one:c1 two:c1 -s {pool} --mode {mode}");
            await UnderWayAsync(two, pool, moving);
            await killed.KillAsync();
            Assert.NotEqual(0, (await moving).Code);
            await killed.StartAsync();
            await UntilAsync(async () => await sh.RunAsync("lxc list two: -f csv -c n") == "", "the target keeps the instance");
            await UntilAsync(() => Task.FromResult(Left(two) == "" && Left(one) is "c1 c1"), $"{mode}: left are \"{Left(two)}\" and \"{Left(one)}\"");
            Assert.Equal("0\n0\n0\n", await two.Shell.RunAsync("for t in instances instances_snapshots storage_volumes; do lxd sql global --format csv \"SELECT COUNT(*) FROM $t\"; done"));
            Assert.Equal("c1,STOPPED,2\n", await sh.RunAsync("lxc list one: -f csv -c nsS"));
            await sh.RunAsync("lxc start one:c1 && lxc exec one:c1 -- cat /root/last | cmp - random && lxc stop -f one:c1");
        }

        await sh.RunAsync($"lxc copy one:c1 two:c1 -s {pool} && lxc start two:c1 && lxc exec two:c1 -- cat /root/last | cmp - random && lxc stop -f two:c1");
        Assert.Equal("s0\n", await sh.RunAsync("lxc restore two:c1 s0 && lxc file pull two:c1/root/file - | head -1"));

        // An instance that was there already is what it was.
        await sh.RunAsync("head -c 32000000 /dev/urandom | lxc file push - one:c1/root/new && lxc snapshot one:c1 s2");
        var refreshing = sh.TryAsync("timeout 60 lxc copy one:c1 two:c1 --refresh");
        await UnderWayAsync(two, pool, refreshing);
        await two.KillAsync();
        Assert.NotEqual(0, (await refreshing).Code);
        await two.StartAsync();
        await UntilAsync(() => Task.FromResult(Left(two) is "c1 c1"), $"left is \"{Left(two)}\"");
        Assert.Equal("s0\ns0 s1\n", await sh.RunAsync("lxc file pull two:c1/root/file - | head -1; echo $(lxc query two:/1.0/instances/c1/snapshots | jq -r '.[]' | xargs -n1 basename | sort)"));
        await sh.RunAsync("lxc start two:c1 && lxc stop -f two:c1 && lxc copy one:c1 two:c1 --refresh && lxc file pull two:c1/root/last - | cmp - random");
        Assert.Equal("s0 s1 s2\n", await sh.RunAsync("echo $(lxc query two:/1.0/instances/c1/snapshots | jq -r '.[]' | xargs -n1 basename | sort)"));
    }

    /// <summary>Until the target has begun to receive: what it builds has a name of its own.</summary>
    private static async Task UnderWayAsync(LabServer target, string pool, Task moving)
    {
        var folders = ((string[])["containers", "containers-snapshots/c1"]).Select(f => Path.Combine(target.Dir, "storage-pools", pool, f));
        await UntilAsync(
            () =>
            {
                Assert.False(moving.IsCompleted, "it ended before it was under way");
                return Task.FromResult(folders.Any(f => Directory.Exists(f) && Directory.GetDirectories(f, ".*").Length > 0));
            },
            "nothing begins",
            5);
    }

    /// <summary>What lies in the pools for instances.</summary>
    private static string Left(LabServer server) => string.Join(' ', ((string[])["d", "b"]).SelectMany(p => ((string[])["containers", "containers-snapshots"]).SelectMany(f => Directory.GetFileSystemEntries(Path.Combine(server.Dir, "storage-pools", p, f)))).Select(Path.GetFileName));

    private static async Task UntilAsync(Func<Task<bool>> reached, string otherwise, int every = 100)
    {
        for (var clock = Stopwatch.StartNew(); !await reached(); await Task.Delay(every))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), otherwise);
        }
    }
}
