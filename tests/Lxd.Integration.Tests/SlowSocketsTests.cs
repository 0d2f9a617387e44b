using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Clients that do not read what they asked for, or send what nobody reads: the daemon holds none of it, others are served, and nothing is left when they go.</summary>
public sealed class SlowSocketsTests : IAsyncLifetime
{
    private const int MebibytesAtMost = 80;
    private const string Mark = "100777";
    private LabServer _server = null!;
    private LabApi _api = null!;
    private long _memory;
    private int _files;

    public async Task InitializeAsync()
    {
        _server = await LabServer.StartReadyAsync("slow");
        _api = new LabApi(_server);
        await _server.Shell.RunAsync("lxc launch bb c1 && lxc exec c1 -- true");
        (_memory, _files) = (_server.Memory, _server.Files);
    }

    public async Task DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task NobodyReadsTheOutputOfACommand()
    {
        var sockets = new List<WebSocket>();
        foreach (var interactive in (bool[])[false, true, false, true])
        {
            sockets.AddRange((await ExecAsync($"exec yes {Mark}", interactive)).Values);
        }

        await UntilAsync(async () => await CommandsAsync() == 4, "the commands do not run");
        await HoldsNothingAsync();
        await GoAsync(sockets);
    }

    [Fact]
    public async Task NobodyReadsTheInputOfACommand()
    {
        var sockets = new List<WebSocket>();
        for (var i = 0; i < 4; i++)
        {
            // Not in a terminal: the kernel throws away what comes to one while nobody reads.
            var own = await ExecAsync($"exec sleep {Mark}", false);
            sockets.AddRange(own.Values);
            await FillAsync(own["0"]);
        }

        await HoldsNothingAsync();
        await GoAsync(sockets);
    }

    [Fact]
    public async Task NobodyReadsAConsole()
    {
        var (_, answer) = await _api.SendAsync("POST", "/1.0/instances/c1/console", """{"type":"console"}""");
        var sockets = await ConnectAsync(answer!);
        sockets["loud"] = (await ExecAsync($"exec yes {Mark} >/dev/console", false))["control"];
        await HoldsNothingAsync();
        await GoAsync(sockets.Values);
    }

    [Fact]
    public async Task NobodyReadsTheEvents()
    {
        var deaf = new List<WebSocket>();
        for (var i = 0; i < 20; i++)
        {
            deaf.Add(await _api.WebSocketAsync("/1.0/events"));
        }

        using var listener = await _api.WebSocketAsync("/1.0/events?type=lifecycle");
        var path = "/1.0/instances?filter=" + new string('a', 4000);
        for (var i = 0; i < 500; i++)
        {
            await _api.SendAsync("GET", path);
        }

        await HoldsNothingAsync();
        await _api.SendAsync("PATCH", "/1.0/instances/c1", """{"config":{"user.a":"b"}}""");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[65536];
        var message = await listener.ReceiveAsync(buffer, patience.Token);
        Assert.Contains("instance-updated", Encoding.UTF8.GetString(buffer, 0, message.Count));
        await GoAsync([.. deaf, listener]);
    }

    [Fact]
    public async Task NobodyReadsTheAnswersOfSftp()
    {
        using var socket = await _api.ConnectAsync();
        await socket.SendAsync("GET /1.0/instances/c1/sftp HTTP/1.1\r\nHost: lxd\r\nConnection: Upgrade\r\nUpgrade: sftp\r\n\r\n"u8.ToArray());
        var buffer = new byte[4096];
        Assert.Contains("101", Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        // SSH_FXP_INIT, then SSH_FXP_STAT of "/" without end.
        await socket.SendAsync(new byte[] { 0, 0, 0, 5, 1, 0, 0, 0, 3 });
        byte[] many = [.. Enumerable.Repeat(new byte[] { 0, 0, 0, 10, 17, 0, 0, 0, 1, 0, 0, 0, 1, (byte)'/' }, 4096).SelectMany(r => r)];
        var sent = 0L;
        try
        {
            while (sent < 1 << 30)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                sent += await socket.SendAsync(many, patience.Token);
            }

            Assert.Fail("a gibibyte of requests was taken");
        }
        catch (OperationCanceledException)
        {
            // It waits for its answers to be read.
        }

        await HoldsNothingAsync();
        socket.Dispose();
        await GoAsync([]);
    }

    /// <summary>A command with all its sockets connected.</summary>
    private async Task<Dictionary<string, WebSocket>> ExecAsync(string command, bool interactive)
    {
        var (status, answer) = await _api.SendAsync("POST", "/1.0/instances/c1/exec", $$"""{"command":["sh","-c","{{command}}"],"wait-for-websocket":true,"interactive":{{(interactive ? "true" : "false")}}}""");
        Assert.True(status == 202, $"{answer}");
        return await ConnectAsync(answer!);
    }

    private async Task<Dictionary<string, WebSocket>> ConnectAsync(JsonNode answer)
    {
        var sockets = new Dictionary<string, WebSocket>();
        foreach (var (name, secret) in answer["metadata"]!["metadata"]!["fds"]!.AsObject())
        {
            sockets[name] = await _api.WebSocketAsync($"{answer["operation"]}/websocket?secret={secret}");
        }

        return sockets;
    }

    /// <summary>Sends until nothing more is taken.</summary>
    private static async Task FillAsync(WebSocket socket)
    {
        var data = new byte[1 << 20];
        try
        {
            for (var i = 0; i < 200; i++)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
                await socket.SendAsync(data, WebSocketMessageType.Binary, true, patience.Token);
            }

            Assert.Fail("200 MiB were taken that nobody reads");
        }
        catch (OperationCanceledException)
        {
            // As it should be; the socket is of no use any more.
        }
    }

    private async Task HoldsNothingAsync()
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(2); await Task.Delay(100))
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            Assert.Equal(200, (await _api.SendAsync("GET", "/1.0", null, patience.Token)).Status);
            Assert.InRange(_server.Memory, 0, _memory + (MebibytesAtMost << 10));
        }
    }

    /// <summary>The clients drop their connections.</summary>
    private async Task GoAsync(IEnumerable<WebSocket> sockets)
    {
        foreach (var socket in sockets)
        {
            socket.Abort();
            socket.Dispose();
        }

        await UntilAsync(async () => await CommandsAsync() == 0, "commands live on");
        await UntilAsync(() => Task.FromResult(_server.Files <= _files + 5), $"{_files} files were open before");
        await UntilAsync(async () => await _server.Shell.RunAsync("lxc operation list -f csv | grep -E 'RUNNING' || true") == "", "operations run on");
        Assert.Equal("alive\n", await _server.Shell.RunAsync("lxc exec c1 -- echo alive"));
    }

    private async Task<int> CommandsAsync() => int.Parse(await _server.Shell.RunAsync($"pgrep -fc '(yes|sleep) {Mark}' || true"), System.Globalization.CultureInfo.InvariantCulture);

    private async Task UntilAsync(Func<Task<bool>> reached, string otherwise)
    {
        for (var clock = Stopwatch.StartNew(); !await reached(); await Task.Delay(50))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{otherwise}; {_server.Files} files are open\n{await _server.Shell.RunAsync("ps -ef | grep " + Mark)}");
        }
    }
}
