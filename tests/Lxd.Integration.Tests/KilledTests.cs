using System.Diagnostics;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>What the daemon leans on goes away under it: the disk is full, the server of a bridge or the monitor of a container is killed.</summary>
public sealed class KilledTests
{
    [Fact]
    public async Task AFullDiskIsToldAndNothingHalfMadeIsLeft()
    {
        await using var server = new LabServer("full");
        var sh = server.Shell;
        Directory.CreateDirectory(server.Dir);
        await sh.RunAsync($"truncate -s 150M {server.Home}/disk && mkfs.ext4 -q -m 0 {server.Home}/disk && mount -o loop {server.Home}/disk {server.Dir} && chmod 711 {server.Dir}");
        await server.StartAsync();
        await sh.RunAsync($"lxd init --auto --storage-backend dir && lxc image import {await Images.BusyboxAsync()} --alias bb && lxc launch bb keep && head -c 3000000 /dev/urandom >big");
        await sh.RunAsync("mkdir -p t/rootfs && printf 'architecture: x86_64\\ncreation_date: 1700000000\\n' >t/metadata.yaml && cp big t/rootfs && tar czf other.tar.gz -C t .");
        var images = await sh.RunAsync("ls $LXD_DIR/images");
        await sh.TryAsync("dd if=/dev/zero of=$LXD_DIR/filler bs=64k; dd if=/dev/zero of=$LXD_DIR/filler2 bs=1k");

        foreach (var line in (string[])["lxc image import other.tar.gz", "lxc launch bb more", "lxc copy keep more", "lxc file push big keep/root/big", "lxc export keep keep.tar.gz"])
        {
            var answer = await sh.TryAsync(line);
            Assert.True(answer.Code != 0, $"{line}: {answer}");
            Assert.True((answer.Err + answer.Out).Contains("No space left", StringComparison.OrdinalIgnoreCase) || (answer.Err + answer.Out).Contains("disk is full", StringComparison.OrdinalIgnoreCase), $"{line}: {answer}");
        }

        // These may still fit, or be refused: none of them hangs.
        foreach (var line in (string[])["lxc snapshot keep s", "lxc config set keep user.x=y", "lxc storage volume create default v", "lxc restart -f keep"])
        {
            await sh.TryAsync("timeout 60 " + line);
        }

        Assert.Contains("keep", await sh.RunAsync("lxc list -f csv -c n"));
        await sh.RunAsync("rm $LXD_DIR/filler $LXD_DIR/filler2");
        await server.RestartAsync();
        Assert.Equal(images, await sh.RunAsync("ls $LXD_DIR/images"));
        Assert.Equal("keep\n", await sh.RunAsync("ls -A $LXD_DIR/storage-pools/default/containers"));
        await sh.RunAsync("lxc start keep || true; lxc exec keep -- true && lxc launch bb more && lxc file push big more/root/big && lxc delete -f more keep");
        await sh.RunAsync("lxc storage volume delete default v || true");
        Assert.Equal("0\n", await sh.RunAsync("lxd sql global --format csv 'SELECT COUNT(*) FROM storage_volumes WHERE type <> 1'"));
    }

    [Fact]
    public async Task TheServerOfABridgeIsStartedAgain()
    {
        await using var server = await LabServer.StartReadyAsync("dnsmasq");
        var sh = server.Shell;
        Task<string> PidAsync() => sh.RunAsync("sed -n 's/^pid: //p' $LXD_DIR/networks/lxdbr0/dnsmasq.pid 2>/dev/null || true");
        for (var round = 0; round < 3; round++)
        {
            var pid = (await PidAsync()).Trim();
            await sh.RunAsync($"kill -9 {pid}");
            await UntilAsync(async () => (await PidAsync()).Trim() is { Length: > 0 } next && next != pid && Directory.Exists("/proc/" + next), "no server was started again");
        }

        // While no daemon looks, too.
        var last = (await PidAsync()).Trim();
        await server.KillAsync();
        await sh.RunAsync($"kill -9 {last}");
        await server.StartAsync();
        Assert.True(Directory.Exists("/proc/" + (await PidAsync()).Trim()));
        await sh.RunAsync("lxc launch bb c1");
        await UntilAsync(async () => (await sh.RunAsync("lxc list -f csv -c 4")).Contains("eth0", StringComparison.Ordinal), "the container got no address");
        await sh.RunAsync("lxc delete -f c1");
    }

    /// <summary>The monitor is killed: whatever becomes of the container's processes, it can be started again, and nothing of before is in the way.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AContainerWithoutMonitorCanBeStartedAgain(bool watched)
    {
        await using var server = await LabServer.StartReadyAsync("monitor");
        var sh = server.Shell;
        await sh.RunAsync("lxc launch bb lone1 && lxc launch bb lone2");
        var other = await PidAsync("lone2");
        var init = await PidAsync("lone1");
        if (!watched)
        {
            await server.KillAsync();
        }

        await sh.RunAsync($"kill -9 $(ps -o ppid= -p {init})");
        if (watched)
        {
            await UntilAsync(async () => (await sh.RunAsync("lxc list lone1 -f csv -c s")).Trim() is "STOPPED", "it is not seen to be gone");
            await sh.RunAsync("lxc start lone1");
        }
        else
        {
            // What ran runs again.
            await server.StartAsync();
            await UntilAsync(async () => (await sh.RunAsync("lxc list lone1 -f csv -c s")).Trim() is "RUNNING", "it is not started again");
        }

        Assert.Equal("alive\n", await sh.RunAsync("lxc exec lone1 -- echo alive"));
        Assert.NotEqual(init, await PidAsync("lone1"));
        Assert.Equal("", await sh.RunAsync($"ps -o stat= -p {init} | grep -v Z || true"));
        Assert.Equal(other, await PidAsync("lone2"));
        await sh.RunAsync("lxc delete -f lone1 lone2");
        Assert.Equal("", await sh.RunAsync("ip -o link show type veth"));
        Assert.Equal("", await sh.RunAsync($"pgrep -fa '^\\[lxc monitor\\] {server.Dir}/' || true"));
        Assert.Equal("", await sh.RunAsync("find /sys/fs/cgroup -maxdepth 2 -type d -name 'lxc.*.lone*'"));

        async Task<string> PidAsync(string name) => (await sh.RunAsync($"lxc query /1.0/instances/{name}/state | jq .pid")).Trim();
    }

    /// <summary>The next verb comes while the container that ended by itself is still being taken down.</summary>
    [Fact]
    public async Task AContainerThatEndsByItselfLeavesNothingToTheNextVerb()
    {
        await using var server = await LabServer.StartReadyAsync("ends");
        var sh = server.Shell;
        for (var round = 0; round < 3; round++)
        {
            foreach (var next in (string[])["lxc delete c1", "lxc start c1", "lxc config device add c1 eth0 none"])
            {
                await sh.RunAsync("lxc launch bb c1");
                var init = await sh.RunAsync("lxc query /1.0/instances/c1/state | jq .pid");
                await sh.RunAsync($"kill -9 {init.Trim()}; until {next} 2>e; do grep -E 'running' e || {{ cat e; exit 1; }}; done; lxc delete -f c1 2>/dev/null || true");
                Assert.Equal("", await sh.RunAsync("ip -o link show type veth; lxc list -f csv"));
            }
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> reached, string otherwise)
    {
        for (var clock = Stopwatch.StartNew(); !await reached(); await Task.Delay(100))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), otherwise);
        }
    }
}
