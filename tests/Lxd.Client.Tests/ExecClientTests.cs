using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lxd.Client.Tests;

/// <summary>The client's end of a command, against a server that answers in the order a test wants.</summary>
public sealed class ExecClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The command begins with its three streams and may have ended before its control socket is there, which is refused then: that is no error.</summary>
    [Fact]
    public Task ACommandMayEndBeforeItsControlSocketComes() => WithServer("control", async (client, ct) =>
    {
        var output = new MemoryStream();
        var operation = await client.RunAsync("/exec", [], Stream.Null, output, new MemoryStream(), ct);
        Assert.Equal("said", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(200, (int)operation.StatusCode);
        // Nobody is there to hear it.
        await client.SignalAsync(15, ct);
    });

    [Fact]
    public Task AStreamThatIsRefusedIsAnError() => WithServer("1", async (client, ct) =>
    {
        var error = await Assert.ThrowsAsync<ApiException>(() => client.RunAsync("/exec", [], Stream.Null, new MemoryStream(), new MemoryStream(), ct));
        Assert.Equal((404, "Operation is already done"), (error.Status, error.Message));
    });

    /// <param name="late">The socket that comes when the operation is done.</param>
    private static async Task WithServer(string late, Func<ExecClient, CancellationToken, Task> use)
    {
        using var patience = new CancellationTokenSource(Patience);
        var done = new TaskCompletionSource();
        var folder = Directory.CreateTempSubdirectory("lxd_exec_");
        var path = Path.Combine(folder.FullName, "socket");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(path));
        await using var app = builder.Build();
        app.UseWebSockets();
        app.Run(context => context.Request.Path.Value switch
        {
            "/exec" => AnswerAsync(context, 202, """{"type":"async","status_code":100,"operation":"/1.0/operations/o","metadata":{"metadata":{"fds":{"0":"0","1":"1","2":"2","control":"control"}}}}"""),
            "/1.0/operations/o/wait" => EndAsync(context),
            _ => StreamAsync(context, context.Request.Query["secret"].ToString()),
        });
        await app.StartAsync(patience.Token);
        using (var server = LxdConnection.Unix(path))
        {
            await use(new ExecClient(server), patience.Token);
        }

        await app.StopAsync(patience.Token);
        folder.Delete(recursive: true);

        async Task EndAsync(HttpContext context)
        {
            await done.Task.WaitAsync(patience.Token);
            await AnswerAsync(context, 200, """{"type":"sync","status_code":200,"metadata":{"id":"o","status_code":200,"metadata":{"return":0}}}""");
        }

        async Task StreamAsync(HttpContext context, string secret)
        {
            if (secret == late)
            {
                await done.Task.WaitAsync(patience.Token);
                await AnswerAsync(context, 404, """{"type":"error","error_code":404,"error":"Operation is already done"}""");
                return;
            }

            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            if (secret == (late == "1" ? "2" : "1"))
            {
                await socket.SendAsync("said"u8.ToArray(), WebSocketMessageType.Binary, true, patience.Token);
                done.SetResult();
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        }
    }

    private static async Task AnswerAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonNode.Parse(json)!.ToJsonString());
    }
}
