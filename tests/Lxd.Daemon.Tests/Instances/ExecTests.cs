using System.Net.WebSockets;
using System.Text;

namespace Lxd.Daemon.Tests.Instances;

public sealed class ExecTests
{
    [Fact]
    public async Task ACommandTalksOverWebsockets()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        Assert.Equal((400, "Instance is not running"), await lab.FailAsync("POST", "/1.0/instances/c1/exec", """{"command":["cat"],"wait-for-websocket":true}"""));
        await lab.StateAsync("c1", "start");
        var (status, body) = await lab.Daemon.SendAsync("POST", "/1.0/instances/c1/exec", """{"command":["cat"],"wait-for-websocket":true}""");
        Assert.Equal(202, status);
        var operation = (string)body!["operation"]!;
        var secrets = body["metadata"]!["metadata"]!["fds"]!;
        using var input = await ConnectAsync(lab, operation, (string)secrets["0"]!);
        using var output = await ConnectAsync(lab, operation, (string)secrets["1"]!);
        using var error = await ConnectAsync(lab, operation, (string)secrets["2"]!);
        await input.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Binary, true, default);
        await input.SendAsync(ReadOnlyMemory<byte>.Empty, WebSocketMessageType.Text, true, default);
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (true)
        {
            var message = await output.ReceiveAsync(buffer, default);
            if (message.MessageType != WebSocketMessageType.Binary)
            {
                break;
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, message.Count));
        }

        Assert.Equal("hello", text.ToString());
        Assert.Equal(7, (int)(await lab.Daemon.GetAsync(operation + "/wait"))!["metadata"]!["return"]!);
    }

    [Fact]
    public async Task AWrongSecretIsForbidden()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.StateAsync("c1", "start");
        var (_, body) = await lab.Daemon.SendAsync("POST", "/1.0/instances/c1/exec", """{"command":["cat"],"wait-for-websocket":true,"interactive":true}""");
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(lab, (string)body!["operation"]!, "wrong"));
        using var right = await ConnectAsync(lab, (string)body!["operation"]!, (string)body["metadata"]!["metadata"]!["fds"]!["0"]!);
        right.Abort();
        Assert.Equal(137, (int)(await lab.Daemon.GetAsync((string)body["operation"]! + "/wait"))!["metadata"]!["return"]!);
    }

    [Fact]
    public async Task RecordedOutputIsKeptInFiles()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.StateAsync("c1", "start");
        var operation = await lab.Daemon.RunAsync("POST", "/1.0/instances/c1/exec", """{"command":["echo","hi"],"record-output":true}""");
        Assert.Equal(7, (int)operation["metadata"]!["return"]!);
        var url = (string)operation["metadata"]!["output"]!["1"]!;
        Assert.Equal("echo hi", await lab.Daemon.Http.GetStringAsync(url));
        Assert.Equal(2, (await lab.Daemon.GetAsync("/1.0/instances/c1/logs/exec-output"))!.AsArray().Count);
        Assert.Equal(200, (await lab.Daemon.SendAsync("DELETE", url)).Status);
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", url)).Status);
        Assert.Equal(400, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c1/logs/..%2Flxd.log")).Status);
    }

    private static Task<WebSocket> ConnectAsync(InstanceLab lab, string operation, string secret) => lab.Daemon.WebSocketAsync($"{operation}/websocket?secret={secret}");
}
