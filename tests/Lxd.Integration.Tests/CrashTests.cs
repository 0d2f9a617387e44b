using System.Globalization;
using Lxd.Integration.Tests.Lab;
using Xunit.Abstractions;

namespace Lxd.Integration.Tests;

/// <summary>The daemon is killed with -9 at random moments of a mixed load. After each start running containers still run, and nothing half made is left.
/// <c>LXD_CRASH_ROUNDS</c> (default 25) and <c>LXD_CRASH_SEED</c> (default 1) choose how often and when.</summary>
public sealed class CrashTests(ITestOutputHelper log)
{
    private static readonly int Rounds = Number("LXD_CRASH_ROUNDS", 25);

    /// <summary>What the clients do until the daemon is gone; each line by a client of its own. They may fail: the daemon is killed under them.</summary>
    private static readonly string[] Load =
    [
        "while lxc launch bb w1$x; do lxc exec w1$x -- true; lxc snapshot w1$x s1; lxc restore w1$x s1; lxc delete -f w1$x; done",
        "while lxc init bb w2$x; do lxc snapshot w2$x a; lxc copy w2$x w3$x; lxc rename w3$x w4$x; lxc start w4$x; lxc stop -f w4$x; lxc delete -f w2$x w4$x; done",
        "while lxc config set keep1$x user.round $RANDOM; do lxc config set keep1$x limits.processes $((500 + RANDOM % 100)); lxc file push /etc/hosts keep1$x/root/hosts; lxc exec keep1$x -- true; lxc snapshot keep1$x; done",
        "while lxc image import extra.tar.gz --alias extra; do lxc image delete extra; done",
        "while lxc storage volume create default v1; do lxc storage volume snapshot default v1 one; lxc storage volume copy default/v1 default/v2; lxc storage volume rename default v2 v3; lxc storage volume delete default v1; lxc storage volume delete default v3; done",
        "while lxc storage volume create default v4; do lxc storage volume snapshot default v4 a; lxc query -X POST -d '{\"name\":\"b\"}' --wait /1.0/storage-pools/default/volumes/custom/v4/snapshots/a; lxc storage volume delete default v4; done",
        "while lxc snapshot keep2$x a; do lxc rename keep2$x/a keep2$x/b; lxc delete keep2$x/b; done",
        "while lxc import w5.tar w5$x; do lxc delete w5$x; done",
    ];

    [Theory]
    [InlineData("dir")]
    [InlineData("btrfs")]
    public async Task NothingHalfMadeIsLeftAndWhatRanRunsOn(string pool)
    {
        await using var server = await LabServer.StartReadyAsync($"crash-{pool}", pool);
        var sh = server.Shell;
        // Cgroups are the host's: the names of other labs' instances must not be these.
        var mark = server.Environment["x"] = Guid.NewGuid().ToString("N")[..8];
        await sh.RunAsync("lxc launch bb keep1$x && lxc launch bb keep2$x && lxc image export bb exported");
        await sh.RunAsync("lxc init bb w5$x && lxc snapshot w5$x && lxc export w5$x w5.tar --compression none && lxc delete w5$x");
        await sh.RunAsync("mkdir -p t && tar xJf $(ls exported* | head -1) -C t && echo x >t/rootfs/extra && tar czf extra.tar.gz -C t .");
        var pids = await PidsAsync(sh);
        var held = await Footprint.OfAsync(server, mark);
        var random = new Random(Number("LXD_CRASH_SEED", 1));
        for (var round = 0; round < Rounds; round++)
        {
            var moment = TimeSpan.FromMilliseconds(random.Next(20, 1500));
            var clients = Load.Select(l => sh.TryAsync($"({l}) >/dev/null 2>&1")).ToList();
            await Task.Delay(moment);
            await server.KillAsync();
            await Task.WhenAll(clients);
            await server.StartAsync();
            log.WriteLine($"round {round}: killed after {moment.TotalMilliseconds} ms");
            Assert.Equal(pids, await PidsAsync(sh));
            Assert.Equal("alive\n", await sh.RunAsync("lxc exec keep2$x -- echo alive"));
            await CleanAsync(sh, round);
            await NoRowIsLeftAsync(sh, round);
            await Footprint.SameAsync(held, server, mark, $"round {round}");
        }

        await sh.RunAsync("lxc launch bb after$x && lxc delete -f after$x keep1$x keep2$x");
    }

    private static Task<string> PidsAsync(Shell sh) => sh.RunAsync("for c in keep1$x keep2$x; do lxc query /1.0/instances/$c/state | jq .pid; done");

    /// <summary>Everything the daemon still knows of the load can be removed by its name.</summary>
    private static async Task CleanAsync(Shell sh, int round)
    {
        foreach (var name in (await sh.RunAsync("lxc list -f csv -c n")).Split('\n').Where(n => n.Length > 0 && !n.StartsWith("keep", StringComparison.Ordinal)))
        {
            Assert.True((await sh.TryAsync($"lxc delete -f {name}")).Code == 0, $"round {round}: {name} cannot be deleted");
        }

        await sh.RunAsync("for c in keep1$x keep2$x; do for s in $(lxc query /1.0/instances/$c/snapshots?recursion=1 | jq -r '.[].name'); do lxc delete $c/$s; done; done");
        await sh.RunAsync("for v in $(lxc query /1.0/storage-pools/default/volumes/custom | jq -r '.[]' | grep -v /snapshots/); do lxc query -X DELETE --wait $v || exit 1; done");
        await sh.RunAsync("for i in $(lxc image list -f csv -c Fl | grep -v ',bb$' | cut -d, -f1); do lxc image delete $i; done");
    }

    private static async Task NoRowIsLeftAsync(Shell sh, int round)
    {
        await IsAsync("2\n", "lxd sql global --format csv 'SELECT COUNT(*) FROM instances'");
        await IsAsync("0\n", "lxd sql global --format csv 'SELECT COUNT(*) FROM instances_snapshots'");
        await IsAsync("2\n", "lxd sql global --format csv 'SELECT COUNT(*) FROM storage_volumes WHERE type = 0'");
        await IsAsync("0\n", "lxd sql global --format csv 'SELECT COUNT(*) FROM storage_volumes WHERE type = 2'");
        await IsAsync("1\n", "lxd sql global --format csv 'SELECT COUNT(*) FROM images'");
        await IsAsync("", "lxc operation list -f csv | grep RUNNING || true");
        await IsAsync("", "lxd sql global --format csv 'SELECT v.type, v.name, s.name FROM storage_volumes_snapshots s JOIN storage_volumes v ON v.id = s.storage_volume_id'");
        await IsAsync("0\n", "lxd sql global --format csv \"SELECT COUNT(*) FROM (SELECT key FROM instances_config UNION ALL SELECT key FROM storage_volumes_config) WHERE key = 'volatile.unfinished'\"");

        async Task IsAsync(string expected, string line)
        {
            var found = await sh.RunAsync(line);
            Assert.True(expected == found, $"round {round}: $ {line}\nexpected: {expected}\nfound: {found}");
        }
    }

    private static int Number(string variable, int other) =>
        int.TryParse(System.Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : other;
}
