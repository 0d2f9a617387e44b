using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>What a user does in the first hour, line by line, on both kinds of pools.</summary>
public sealed class TourTests
{
    [Theory]
    [InlineData("dir", "ours")]
    [InlineData("btrfs", "ours")]
    [InlineData("dir", "lxd-client")]
    public async Task AFirstHour(string pool, string client)
    {
        await using var server = await LabServer.StartReadyAsync($"tour-{pool}-{client}", pool);
        await WalkAsync(client == "ours" ? server.Shell : server.WithDebianClient(), client == "ours" ? "" : "--exclude link");
        await UsersAsync(server.Shell);
        await LeavesNothingAsync(server);
    }

    /// <summary>A pool and a project tell all that lies in them.</summary>
    private static async Task UsersAsync(Shell sh)
    {
        await sh.RunAsync("lxc init --empty c1 && lxc snapshot c1 s0");
        Assert.Equal("/1.0/instances/c1\n/1.0/instances/c1/snapshots/s0\n", await sh.RunAsync("lxc query /1.0/storage-pools/default | jq -r '.used_by[]' | grep instances"));
        Assert.Equal("/1.0/instances/c1\n/1.0/storage-pools/default/volumes/container/c1\n", await sh.RunAsync("lxc query /1.0/projects/default | jq -r '.used_by[]' | grep c1"));
        await sh.RunAsync("lxc delete c1");
    }

    /// <summary>Our client does the same with a server that is not ours, over its socket and over TLS.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AFirstHourWithARealLxd(bool remote)
    {
        await using var server = await PeerServer.StartReadyAsync();
        var sh = server.Shell;
        if (remote)
        {
            await sh.RunAsync("lxc config set core.https_address 127.0.0.1:8443 && lxc config set core.trust_password secret");
            sh = new Shell(new Dictionary<string, string>(sh.Environment) { ["LXD_CONF"] = Path.Combine(server.Home, "second"), ["LXD_DIR"] = Path.Combine(server.Home, "nowhere") }, sh.Directory);
            await sh.RunAsync("lxc remote add srv https://127.0.0.1:8443 --accept-certificate --password secret && lxc remote switch srv");
        }

        await WalkAsync(sh, "--exclude link");
    }

    private static async Task WalkAsync(Shell sh, string diff)
    {
        await LaunchAsync(sh);
        await ExecAsync(sh);
        await FilesAsync(sh, diff);
        await SnapshotsAsync(sh);
        await CopiesAsync(sh);
        await StatesAsync(sh);
        await ConfigurationAsync(sh);
        await AliasesAsync(sh);
        await sh.RunAsync("lxc delete -f c1");
        Assert.Equal("", await sh.RunAsync("lxc list -f csv -c n"));
        await sh.RunAsync("lxc image delete bb");
        Assert.Equal("", await sh.RunAsync("lxc image list -f csv"));
    }

    private static async Task LaunchAsync(Shell sh)
    {
        await sh.RunAsync("lxc launch bb c1");
        Assert.Equal("c1,RUNNING,CONTAINER,0\n", await sh.RunAsync("lxc list -f csv -c nstS"));
        Assert.Contains("| c1 ", await sh.RunAsync("lxc list"));
        Assert.Contains("c1", await sh.RunAsync("lxc list --fast"));
        Assert.Contains("Status: RUNNING", await sh.RunAsync("lxc info c1 --show-log"));
        Assert.Equal("Running\n", await sh.RunAsync("lxc query '/1.0/instances/c1?recursion=1' | jq -r .state.status"));
        await sh.FailsAsync("lxc launch bb c1", "already exists");
    }

    private static async Task ExecAsync(Shell sh)
    {
        Assert.Equal("hello\n", await sh.RunAsync("lxc exec c1 -- echo hello"));
        Assert.Equal("in\n", await sh.RunAsync("echo in | lxc exec c1 -- cat"));
        Assert.Equal(7, (await sh.TryAsync("lxc exec c1 -- sh -c 'exit 7'")).Code);
        var both = await sh.TryAsync("lxc exec c1 -- sh -c 'echo out; echo err >&2'");
        Assert.Equal("out\n", both.Out);
        Assert.Equal("err\n", both.Err);
        Assert.Equal("v /tmp\n", await sh.RunAsync("lxc exec c1 --env K=v --cwd /tmp -- sh -c 'echo $K $PWD'"));
        Assert.Equal("c1\n", await sh.RunAsync("lxc exec c1 -- hostname"));
        Assert.Equal("0\n", await sh.RunAsync("lxc exec c1 -- id -u"));
        Assert.Equal(127, (await sh.TryAsync("lxc exec c1 -- no-such-command")).Code);
    }

    private static async Task FilesAsync(Shell sh, string diff)
    {
        await sh.RunAsync("lxc file pull c1/etc/hosts . && grep -q localhost hosts");
        await sh.RunAsync("lxc file push /etc/hosts c1/tmp/tmp && lxc exec c1 -- cat /tmp/tmp | cmp - /etc/hosts");
        await sh.RunAsync("mkdir -p tree/a/b && echo one >tree/a/one && echo two >tree/a/b/two && ln -sf one tree/a/link && lxc file push -r tree c1/root/");
        Assert.Equal("two\n", await sh.RunAsync("lxc exec c1 -- cat /root/tree/a/b/two"));
        // A relative link comes absolute over the files API; only our client makes it relative again.
        await sh.RunAsync($"rm -rf back && mkdir back && lxc file pull -r c1/root/tree back && test -L back/tree/a/link && diff -r {diff} tree back/tree");
        Assert.Contains("text", await sh.RunAsync("echo text | lxc file push - c1/root/text --mode 0600 && lxc file pull c1/root/text -"));
        Assert.Equal("600 0\n", await sh.RunAsync("lxc exec c1 -- stat -c '%a %u' /root/text"));
        await sh.RunAsync("lxc file delete c1/root/text");
        await sh.FailsAsync("lxc file pull c1/root/text -", "Not Found");
        Assert.NotEqual("", await sh.RunAsync("lxc file pull c1/proc/version -"));
    }

    private static async Task SnapshotsAsync(Shell sh)
    {
        await sh.RunAsync("lxc exec c1 -- sh -c 'echo before >/root/state'");
        await sh.RunAsync("lxc snapshot c1 s0");
        await sh.RunAsync("lxc exec c1 -- sh -c 'echo after >/root/state'");
        await sh.RunAsync("lxc restore c1 s0");
        Assert.Equal("before\n", await sh.RunAsync("lxc exec c1 -- cat /root/state"));
        Assert.Equal("c1,1\n", await sh.RunAsync("lxc list -f csv -c nS"));
        await sh.RunAsync("lxc rename c1/s0 c1/s1");
        await sh.FailsAsync("lxc restore c1 s0", "napshot");
        await sh.RunAsync("lxc delete c1/s1");
        Assert.Equal("c1,0\n", await sh.RunAsync("lxc list -f csv -c nS"));
    }

    private static async Task CopiesAsync(Shell sh)
    {
        await sh.RunAsync("lxc snapshot c1 s0 && lxc copy c1 c2");
        Assert.Equal("c2,STOPPED,1\n", await sh.RunAsync("lxc list -f csv -c nsS c2"));
        await sh.RunAsync("lxc copy c1/s0 c3 && lxc start c3");
        Assert.Equal("before\n", await sh.RunAsync("lxc exec c3 -- cat /root/state"));
        Assert.Equal("c3\n", await sh.RunAsync("lxc exec c3 -- hostname"));
        await sh.RunAsync("lxc move c2 c4 && lxc delete c4 && lxc delete -f c3");
        await sh.RunAsync("lxc publish c1/s0 --alias made os=Mine && lxc launch made c5 && lxc delete -f c5");
        Assert.Contains("os: Mine", await sh.RunAsync("lxc image show made"));
        await sh.RunAsync("lxc image export made out && test -s out.tar.gz && lxc image delete made && lxc image import out.tar.gz --alias made && lxc image delete made");
        await sh.RunAsync("lxc delete c1/s0");
    }

    private static async Task StatesAsync(Shell sh)
    {
        await sh.RunAsync("lxc pause c1");
        Assert.Equal("FROZEN\n", await sh.RunAsync("lxc list -f csv -c s"));
        await sh.RunAsync("lxc start c1 && lxc restart -f c1 && lxc stop c1 --timeout 60");
        Assert.Equal("STOPPED\n", await sh.RunAsync("lxc list -f csv -c s"));
        await sh.FailsAsync("lxc stop c1", "already stopped");
        await sh.RunAsync("lxc start c1");
        await sh.FailsAsync("lxc start c1", "already running");
        await sh.RunAsync("lxc stop -f c1 && lxc start c1");
        await sh.RunAsync("lxc launch bb gone --ephemeral && lxc stop -f gone");
        await sh.FailsAsync("lxc info gone", "not found");
    }

    private static async Task ConfigurationAsync(Shell sh)
    {
        await sh.RunAsync("lxc config set c1 limits.memory=100MiB limits.processes=200 user.note=hello");
        Assert.Equal("100MiB\n", await sh.RunAsync("lxc config get c1 limits.memory"));
        await sh.RunAsync("mkdir -p shared && echo shared >shared/file && lxc config device add c1 share disk source=$PWD/shared path=/mnt/share");
        Assert.Equal("shared\n", await sh.RunAsync("lxc exec c1 -- cat /mnt/share/file"));
        await sh.RunAsync("lxc config device remove c1 share");
        Assert.NotEqual(0, (await sh.TryAsync("lxc exec c1 -- cat /mnt/share/file")).Code);
        await sh.FailsAsync("lxc config set c1 no.such.key 1", "nknown configuration key");
        await sh.RunAsync("lxc profile create small && lxc profile set small limits.cpu 1 && lxc profile add c1 small && lxc profile remove c1 small && lxc profile delete small");
        await sh.RunAsync("lxc config show c1 >c1.yaml && lxc config edit c1 <c1.yaml");
    }

    private static async Task AliasesAsync(Shell sh)
    {
        await sh.RunAsync("lxc alias add rmi 'image rm' && lxc alias ls | grep -q rmi");
        await sh.RunAsync("lxc image alias create bb2 $(lxc image list -f csv -c f bb) && lxc image alias rename bb2 bb3 && lxc image alias delete bb3");
        await sh.FailsAsync("lxc rmi nothing-there", "mage");
        await sh.RunAsync("lxc alias rm rmi");
    }

    private static async Task LeavesNothingAsync(LabServer server)
    {
        Assert.Equal("", await server.Shell.RunAsync("ls $LXD_DIR/containers $LXD_DIR/snapshots $LXD_DIR/images $LXD_DIR/devices | grep -v ':$' | grep . || true"));
        Assert.Equal("", await server.Shell.RunAsync("ip -o link | grep -o 'veth[^@:]*' || true"));
    }
}
