using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Instances and volumes on their way between servers: two of ours, and ours and a real LXD 5.0.2. Each has a pool of directories, <c>d</c>, and one of btrfs, <c>b</c>.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task BetweenTwoServers()
    {
        await using var one = await ReadyAsync("migrate-one", 18451);
        await using var two = await ReadyAsync("migrate-two", 18452);
        await using var between = await BetweenAsync(one.Shell, two.Shell, 18451, 18452);
        var sh = between.Shell;
        await sh.RunAsync($"lxc image import {await Images.BusyboxAsync()} one: --alias bb");
        await MakeAsync(sh, "one:", "d", "c1");
        await sh.RunAsync("lxc copy one:c1 two:pull && lxc copy one:c1 two:push --mode push -s b && lxc copy one:c1 two:relay --mode relay");
        foreach (var name in (string[])["pull", "push", "relay"])
        {
            await ExpectAsync(sh, "two:" + name);
        }

        // What the copy is made of is whole: it runs, and its snapshots can be restored.
        await sh.RunAsync("lxc start two:pull && lxc exec two:pull -- grep last /root/file && lxc stop -f two:pull && lxc restore two:pull s0");
        Assert.Equal("first\n", await sh.RunAsync("lxc file pull two:pull/root/file -"));

        // A refresh brings what is new and takes what is gone, and keeps what runs out of it.
        await sh.RunAsync("lxc delete one:c1/s0 && lxc snapshot one:c1 s2 && lxc config set one:c1 user.key=new && lxc copy one:c1 two:pull --refresh && lxc copy one:c1 two:push --refresh");
        Assert.Equal("s1\ns2\n", await sh.RunAsync("lxc query two:/1.0/instances/pull/snapshots | jq -r '.[]' | xargs -n1 basename | sort"));
        Assert.Equal("new last\n", await sh.RunAsync("echo $(lxc config get two:pull user.key) $(lxc file pull two:pull/root/file -)"));
        Assert.Equal("last\n", await sh.RunAsync("lxc file pull two:push/root/file -"));

        // Running: only without its state, and not at all when it has to go on running.
        await sh.RunAsync("lxc start one:c1 && lxc copy one:c1 two:running && lxc copy one:c1 two:loose --allow-inconsistent && lxc copy one:c1 one:here");
        Assert.Equal("RUNNING\n", await sh.RunAsync("lxc list one:c1 -f csv -c s && lxc delete one:here two:running two:loose"));
        await sh.FailsAsync("lxc move one:c1 two:moved", "--stateless");
        await sh.FailsAsync("lxc query -X POST one:/1.0/instances/c1 -d '{\"migration\": true, \"live\": true}'", "Live migration is not supported");
        await sh.RunAsync("lxc move one:c1 two:moved --stateless");
        Assert.Equal("moved,STOPPED,2\n", await sh.RunAsync("lxc list one: -f csv && lxc list two: -f csv -c nsS moved"));

        // A target that cannot take it has nothing of it, and the source keeps it.
        await sh.FailsAsync("lxc copy two:moved one:nowhere -s missing", "Storage pool not found");
        await sh.TryAsync("lxc copy two:moved one:small -s b -d root,size=1MiB");
        Assert.Equal("", await sh.RunAsync("lxc list one: -f csv -c n && ls " + one.Dir + "/storage-pools/b/containers " + one.Dir + "/storage-pools/d/containers | grep -v : | sed '/^$/d'"));
    }

    [Fact]
    public async Task VolumesBetweenTwoServers()
    {
        await using var one = await ReadyAsync("migrate-vol-one", 18453);
        await using var two = await ReadyAsync("migrate-vol-two", 18454);
        await using var between = await BetweenAsync(one.Shell, two.Shell, 18453, 18454);
        var sh = between.Shell;
        foreach (var (from, to, mode) in (List<(string, string, string)>)[("d", "d", "pull"), ("b", "b", "push"), ("d", "b", "relay"), ("b", "d", "pull")])
        {
            var name = from + to;
            await sh.RunAsync($"lxc storage volume create one:{from} {name} user.key=a && lxc storage volume snapshot one:{from} {name} s0 && lxc storage volume set one:{from} {name} user.key=b && lxc storage volume snapshot one:{from} {name} s1");
            await sh.RunAsync($"lxc storage volume copy one:{from}/{name} two:{to}/{name} --mode {mode}");
            Assert.Equal("b a b\n", await sh.RunAsync($"echo $(for v in {name} {name}/s0 {name}/s1; do lxc storage volume get two:{to} $v user.key; done)"));
            await sh.RunAsync($"lxc storage volume delete one:{from} {name}/s0 && lxc storage volume snapshot one:{from} {name} s2 && lxc storage volume copy one:{from}/{name} two:{to}/{name} --refresh --mode {mode}");
            Assert.Equal("s1 s2\n", await sh.RunAsync($"echo $(lxc query two:/1.0/storage-pools/{to}/volumes/custom/{name}/snapshots | jq -r '.[]' | xargs -n1 basename | sort)"));
        }

        await sh.RunAsync("lxc storage volume create one:d disk --type block size=8MiB && lxc storage volume move one:d/disk two:b/disk");
        Assert.Equal("block\n", await sh.RunAsync("lxc storage volume get --property two:b disk content_type"));
        await sh.FailsAsync("lxc storage volume show one:d disk", "not found");
    }

    [Fact]
    public async Task BetweenARealLxdAndOurs()
    {
        await using var real = await PeerServer.StartReadyAsync();
        await real.Itself.RunAsync("lxc config set core.https_address 127.0.0.1:18455 && lxc storage create d dir && lxc storage create b btrfs size=1GiB");
        await using var ours = await ReadyAsync("migrate-real", 18456);
        await using var between = await BetweenAsync(real.Itself, ours.Shell, 18455, 18456);
        var sh = between.Shell;
        await sh.RunAsync($"lxc image import {await Images.BusyboxAsync()} two: --alias bb");
        foreach (var (from, to) in (List<(string, string)>)[("one:", "two:"), ("two:", "one:")])
        {
            foreach (var (here, there, mode) in (List<(string, string, string)>)[("d", "d", "pull"), ("b", "b", "push"), ("d", "b", "relay"), ("b", "d", "pull")])
            {
                var name = $"{(from == "one:" ? "real" : "ours")}-{here}{there}";
                await MakeAsync(sh, from, here, name);
                await sh.RunAsync($"lxc copy {from}{name} {to}{name} -s {there} --no-profiles --mode {mode}");
                await ExpectAsync(sh, to + name);
                await sh.RunAsync($"lxc delete {from}{name}/s0 && lxc snapshot {from}{name} s2 && lxc copy {from}{name} {to}{name} -s {there} --no-profiles --refresh --mode {mode}");
                Assert.Equal("s1 s2\n", await sh.RunAsync($"echo $(lxc query {to}/1.0/instances/{name}/snapshots | jq -r '.[]' | xargs -n1 basename | sort)"));
            }

            await sh.RunAsync($"lxc storage volume create {from}b v && lxc storage volume snapshot {from}b v s0 && lxc storage volume copy {from}b/v {to}b/from && lxc storage volume copy {from}b/v {to}b/from --refresh && lxc storage volume delete {from}b v");
        }

        await sh.RunAsync("lxc move two:ours-dd one:gone --no-profiles -s b && lxc move one:gone two:back --no-profiles -s d");
        Assert.Equal("last\n", await sh.RunAsync("lxc file pull two:back/root/file -"));
    }

    [Fact]
    public async Task ImagesGoBetweenARealLxdAndOursByTheClientsOfBoth()
    {
        await using var real = await PeerServer.StartReadyAsync();
        await real.Itself.RunAsync("lxc config set core.https_address 127.0.0.1:18457");
        await using var ours = await ReadyAsync("images-real", 18458);
        await using var between = await BetweenAsync(real.Itself, ours.Shell, 18457, 18458);
        foreach (var (name, server) in (List<(string, Shell)>)[("one", real.Itself), ("two", ours.Shell)])
        {
            await real.Itself.RunAsync($"lxc remote add {name} {(await server.RunAsync("lxc config trust add --name real --quiet")).Trim().Split('\n')[^1]}");
        }

        foreach (var sh in (Shell[])[between.Shell, real.Itself])
        {
            foreach (var mode in (string[])["pull", "push", "relay"])
            {
                await sh.RunAsync($"lxc image copy one:bb two: --mode {mode} --alias {mode} && lxc image delete one:bb");
                await sh.RunAsync($"lxc image copy two:{mode} one: --mode {mode} --alias bb && lxc image delete two:{mode}");
            }
        }
    }

    internal static async Task<LabServer> ReadyAsync(string name, int port)
    {
        var server = new LabServer(name);
        try
        {
            await server.StartAsync();
            await server.Shell.RunAsync($"lxc config set core.https_address 127.0.0.1:{port} && lxc storage create d dir && lxc storage create b btrfs size=1GiB && lxc profile device add default root disk path=/ pool=d");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that knows both as <c>one</c> and <c>two</c>.</summary>
    internal static async Task<Client> BetweenAsync(Shell one, Shell two, int first, int second)
    {
        var client = new Client();
        foreach (var (name, server, port) in (List<(string, Shell, int)>)[("one", one, first), ("two", two, second)])
        {
            var token = (await server.RunAsync("lxc config trust add --name friend --quiet")).Trim().Split('\n')[^1];
            await client.Shell.RunAsync($"lxc remote add {name} 127.0.0.1:{port} --token {token}");
        }

        return client;
    }

    /// <summary>A stopped instance whose file says when it was written, with two snapshots.</summary>
    private static async Task MakeAsync(Shell sh, string remote, string pool, string name) => await sh.RunAsync(
        $"lxc init {remote}bb {remote}{name} -s {pool} && echo first | lxc file push - {remote}{name}/root/file && lxc config set {remote}{name} user.key=first && lxc snapshot {remote}{name} s0 && "
        + $"echo last | lxc file push - {remote}{name}/root/file && lxc config set {remote}{name} user.key=last && lxc snapshot {remote}{name} s1");

    private static async Task ExpectAsync(Shell sh, string instance)
    {
        Assert.Equal("last first last\n", await sh.RunAsync($"echo $(for i in {instance} {instance}/s0 {instance}/s1; do lxc config get $i user.key; done)"));
        Assert.Equal("last\n", await sh.RunAsync($"lxc file pull {instance}/root/file -"));
    }

    internal sealed class Client : IAsyncDisposable
    {
        private readonly string _home = Directory.CreateTempSubdirectory("lxdlab-client-").FullName;

        public Client() => Shell = new Shell(
            new Dictionary<string, string> { ["LXD_CONF"] = _home, ["HOME"] = _home, ["LXD_DIR"] = Path.Combine(_home, "nowhere"), ["PATH"] = $"{LabServer.Binaries}:{Environment.GetEnvironmentVariable("PATH")}" },
            _home);

        public Shell Shell { get; }

        public ValueTask DisposeAsync()
        {
            Directory.Delete(_home, true);
            return ValueTask.CompletedTask;
        }
    }
}
