using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Lxd.Integration.Tests.Lab;
using Xunit.Abstractions;

namespace Lxd.Integration.Tests;

/// <summary>Many clients at once who do what they like, drop their connections. <c>LXD_HAMMER_CALLS</c> (default 300), <c>LXD_HAMMER_CONNECTIONS</c>
/// (default 1000) and <c>LXD_HAMMER_SEED</c> (default 1) choose how many and which.</summary>
public sealed class HammerTests(ITestOutputHelper log)
{
    private const int Clients = 16;
    private const int Instances = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task RandomVerbsAreDoneOrRefusedAndNothingIsWedged()
    {
        await using var server = await LabServer.StartReadyAsync("hammer");
        using var api = new LabApi(server);
        var sh = server.Shell;
        for (var i = 0; i < Instances; i++)
        {
            await sh.RunAsync($"lxc init bb h{i} -c boot.host_shutdown_timeout=5");
        }

        var before = server.Memory;
        var (calls, seed) = (Number("LXD_HAMMER_CALLS", 300), Number("LXD_HAMMER_SEED", 1));
        var answers = new ConcurrentDictionary<string, int>();
        var slowest = new ConcurrentBag<(TimeSpan, string)>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            var random = new Random((seed * 1000) + client);
            for (var i = 0; i < calls / Clients; i++)
            {
                var (method, path, body) = Verb(random);
                var clock = Stopwatch.StartNew();
                using var patience = new CancellationTokenSource(Patience);
                var (status, error) = await api.DoAsync(method, path, body, patience.Token);
                slowest.Add((clock.Elapsed, $"{method} {path} {body}"));
                answers.AddOrUpdate($"{status} {error}", 1, (_, n) => n + 1);
            }
        })));
        foreach (var (answer, times) in answers.OrderByDescending(a => a.Value))
        {
            log.WriteLine($"{times,5} x {answer}");
        }

        var (longest, what) = slowest.Max();
        log.WriteLine($"slowest: {longest.TotalSeconds:F1} s {what}");
        // A conflict is told in words that a person understands, not in those of the program.
        Assert.DoesNotContain(answers.Keys, a => a.Contains("Exception", StringComparison.Ordinal) || a.Contains("Object reference", StringComparison.Ordinal) || a.Contains("Parameter '", StringComparison.Ordinal)
            || a.Contains("constraint", StringComparison.OrdinalIgnoreCase) || a.Contains("Sequence contains", StringComparison.Ordinal) || a.Contains("key was not present", StringComparison.Ordinal));

        // Everybody can still be stopped and removed, and nothing is left.
        foreach (var name in (await sh.RunAsync("lxc list -f csv -c n")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var patience = new CancellationTokenSource(Patience);
            await api.DoAsync("PUT", $"/1.0/instances/{name}/state", """{"action":"stop","force":true}""", patience.Token);
            var gone = await api.DoAsync("DELETE", $"/1.0/instances/{name}", null, patience.Token);
            Assert.True(gone.Status == 200, $"{name}: {gone}");
        }

        Assert.Equal("", await sh.RunAsync("lxc list -f csv; lxc operation list -f csv | grep RUNNING || true"));
        Assert.Equal("", await sh.RunAsync("ls -A $LXD_DIR/storage-pools/default/containers $LXD_DIR/storage-pools/default/containers-snapshots $LXD_DIR/snapshots | grep -v ':$' | grep -v '^$' || true"));
        Assert.Equal("", await sh.RunAsync($"pgrep -fa '^\\[lxc monitor\\] {server.Dir}/' || true"));
        Assert.Equal("", await sh.RunAsync("ip -o link show type veth"));
        await FlatAsync(server, before, 50);
    }

    [Fact]
    public async Task ConnectionsThatComeAndGoLeaveNothing()
    {
        await using var server = await LabServer.StartReadyAsync("connections");
        using var api = new LabApi(server);
        await server.Shell.RunAsync("lxc list");
        var (before, files) = (server.Memory, server.Files);
        var random = new Random(Number("LXD_HAMMER_SEED", 1));
        byte[][] beginnings = [[], "GET"u8.ToArray(), "GET /1.0 HTTP/1.1\r\nHost: lxd\r\n"u8.ToArray(), "GET /1.0 HTTP/1.1\r\nHost: lxd\r\n\r\n"u8.ToArray(), "POST /1.0/images HTTP/1.1\r\nHost: lxd\r\nContent-Length: 1000000\r\n\r\nabc"u8.ToArray(), "GET /1.0/events HTTP/1.1\r\nHost: lxd\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"u8.ToArray()];
        var open = new Queue<System.Net.Sockets.Socket>();
        for (var i = Number("LXD_HAMMER_CONNECTIONS", 1000); i > 0; i--)
        {
            var socket = await api.ConnectAsync();
            await socket.SendAsync(beginnings[random.Next(beginnings.Length)]);
            open.Enqueue(socket);
            if (open.Count > 100)
            {
                open.Dequeue().Dispose();
            }
        }

        foreach (var socket in open)
        {
            socket.Dispose();
        }

        await UntilAsync(() => server.Files <= files + 5, $"{server.Files} files are open, {files} were before");
        Assert.Equal("", await server.Shell.RunAsync("ls -A $LXD_DIR/images | grep -v -E '^[0-9a-f]{64}' || true"));
        await FlatAsync(server, before, 50);
    }

    private static (string Method, string Path, string? Body) Verb(Random random)
    {
        var instance = $"/1.0/instances/h{random.Next(Instances)}";
        var snapshot = $"s{random.Next(3)}";
        return random.Next(16) switch
        {
            0 or 1 => ("PUT", instance + "/state", """{"action":"start"}"""),
            2 => ("PUT", instance + "/state", """{"action":"stop","force":true}"""),
            3 => ("PUT", instance + "/state", """{"action":"restart","force":true}"""),
            4 => ("PUT", instance + "/state", """{"action":"stop","timeout":2}"""),
            5 => ("POST", instance + "/snapshots", $$"""{"name":"{{snapshot}}"}"""),
            6 => ("DELETE", $"{instance}/snapshots/{snapshot}", null),
            7 => ("PUT", instance, $$"""{"restore":"{{snapshot}}"}"""),
            8 => ("PATCH", instance, $$"""{"config":{"user.n":"{{random.Next()}}","limits.processes":"{{100 + random.Next(100)}}"} }"""),
            9 => ("POST", instance, $$"""{"name":"h{{random.Next(Instances)}}"}"""),
            10 => ("POST", instance + "/exec", """{"command":["true"],"record-output":true}"""),
            11 => ("GET", instance + "/state", null),
            12 => ("GET", "/1.0/instances?recursion=2", null),
            13 => ("POST", instance + "/files?path=/root/f" + random.Next(5), "text " + random.Next()),
            14 => ("POST", "/1.0/instances", $$"""{"name":"h{{random.Next(Instances)}}","source":{"type":"copy","source":"h{{random.Next(Instances)}}"} }"""),
            _ => random.Next(3) == 0 ? ("DELETE", instance, null) : ("POST", "/1.0/instances", $$"""{"name":"h{{random.Next(Instances)}}","source":{"type":"image","alias":"bb"} }"""),
        };
    }

    /// <summary>What it took for the many it gives back when they have gone.</summary>
    private async Task FlatAsync(LabServer server, long before, int mebibytes)
    {
        var most = server.Memory;
        await UntilAsync(() => server.Memory <= before + (mebibytes << 10), $"{most / 1024} MiB are not given back, {before / 1024} were before");
        log.WriteLine($"memory: {before / 1024} MiB before, {most / 1024} MiB at the end, {server.Memory / 1024} MiB after");
    }

    private static async Task UntilAsync(Func<bool> reached, string otherwise)
    {
        for (var clock = Stopwatch.StartNew(); !reached(); await Task.Delay(100))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), otherwise);
        }
    }

    private static int Number(string variable, int other) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : other;
}
