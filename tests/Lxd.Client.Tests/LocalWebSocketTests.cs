using System.Net.WebSockets;
using System.Text;
using Lxd.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lxd.Client.Tests;

/// <summary>Against the websockets of ASP.NET, over a unix socket.</summary>
public sealed class LocalWebSocketTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Answering = TimeSpan.FromSeconds(1.5);

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(1_000_000)]
    public Task WhatIsSentComesBack(int size) => WithServer(EchoAsync, async (socket, ct) =>
    {
        var sent = new byte[size];
        new Random(size).NextBytes(sent);
        var sending = Task.Run(async () =>
        {
            await socket.SendAsync(sent.AsMemory(0, size / 2), WebSocketMessageType.Binary, false, ct);
            await socket.SendAsync(sent.AsMemory(size / 2), WebSocketMessageType.Binary, true, ct);
            await socket.SendAsync("end"u8.ToArray(), WebSocketMessageType.Text, true, ct);
        }, ct);
        var (binary, got) = await MessageAsync(socket, ct);
        Assert.Equal(WebSocketMessageType.Binary, binary);
        Assert.Equal(sent, got);
        var (text, end) = await MessageAsync(socket, ct);
        Assert.Equal(WebSocketMessageType.Text, text);
        Assert.Equal("end", Encoding.UTF8.GetString(end));
        await sending;
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", ct);
        Assert.Equal(WebSocketState.Closed, socket.State);
        Assert.Equal("done", socket.CloseStatusDescription);
    });

    [Fact]
    public Task TheServersGoodbyeIsHeardAndAnswered() => WithServer(
        async (server, ct) => await server.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "later", ct),
        async (socket, ct) =>
        {
            var result = await socket.ReceiveAsync(new byte[10].AsMemory(), ct);
            Assert.Equal(WebSocketMessageType.Close, result.MessageType);
            Assert.Equal((WebSocketState.CloseReceived, WebSocketCloseStatus.EndpointUnavailable, "later"), (socket.State, socket.CloseStatus, socket.CloseStatusDescription));
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, ct);
            Assert.Equal(WebSocketState.Closed, socket.State);
        });

    /// <summary>A server that pings and gets no answer hangs up.</summary>
    [Fact]
    public Task QuestionsWhetherItLivesAreAnswered() => WithServer(
        async (server, ct) =>
        {
            var receiving = server.ReceiveAsync(new byte[10].AsMemory(), ct).AsTask();
            await Task.WhenAny(receiving, Task.Delay(2 * Answering, ct));
            await server.SendAsync("alive"u8.ToArray(), WebSocketMessageType.Text, true, ct);
            await receiving;
        },
        async (socket, ct) =>
        {
            Assert.Equal("alive", Encoding.UTF8.GetString((await MessageAsync(socket, ct)).Data));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
        },
        keepAlive: new WebSocketOptions { KeepAliveInterval = TimeSpan.FromMilliseconds(50), KeepAliveTimeout = Answering });

    [Fact]
    public Task AServerThatHangsUpIsAnError() => WithServer(
        async (server, ct) =>
        {
            // Not before the client has its socket.
            await server.ReceiveAsync(new byte[10].AsMemory(), ct);
            server.Abort();
        },
        async (socket, ct) =>
        {
            await socket.SendAsync("here"u8.ToArray(), WebSocketMessageType.Text, true, ct);
            await Assert.ThrowsAsync<WebSocketException>(async () => await socket.ReceiveAsync(new byte[10].AsMemory(), ct));
            Assert.Equal(WebSocketState.Aborted, socket.State);
        });

    [Fact]
    public Task NoWebSocketThereIsAnError() => WithServer((_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask, async (server, ct) =>
        await Assert.ThrowsAsync<ApiException>(() => server.WebSocketAsync("/elsewhere", ct)));

    private static async Task EchoAsync(WebSocket server, CancellationToken ct)
    {
        var buffer = new byte[50_000];
        while (await server.ReceiveAsync(buffer.AsMemory(), ct) is { MessageType: not WebSocketMessageType.Close } frame)
        {
            await server.SendAsync(buffer.AsMemory(0, frame.Count), frame.MessageType, frame.EndOfMessage, ct);
        }

        await server.CloseAsync(server.CloseStatus!.Value, server.CloseStatusDescription, ct);
    }

    private static async Task<(WebSocketMessageType Type, byte[] Data)> MessageAsync(WebSocket socket, CancellationToken ct)
    {
        var data = new MemoryStream();
        var buffer = new byte[10_000];
        while (true)
        {
            var result = await socket.ReceiveAsync(buffer.AsMemory(), ct);
            data.Write(buffer, 0, result.Count);
            if (result.EndOfMessage)
            {
                return (result.MessageType, data.ToArray());
            }
        }
    }

    private static async Task WithServer(Func<WebSocket, CancellationToken, Task> serve, Func<WebSocket, CancellationToken, Task> use, Func<LxdConnection, CancellationToken, Task>? other = null, WebSocketOptions? keepAlive = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        var folder = Directory.CreateTempSubdirectory("lxd_websocket_");
        var path = Path.Combine(folder.FullName, "socket");
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(path));
        await using var app = builder.Build();
        app.UseWebSockets(keepAlive ?? new WebSocketOptions());
        app.Run(async context =>
        {
            if (context.Request.Path != "/ws" || !context.WebSockets.IsWebSocketRequest)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await serve(await context.WebSockets.AcceptWebSocketAsync(), patience.Token);
        });
        await app.StartAsync(patience.Token);
        using (var server = LxdConnection.Unix(path))
        {
            using var socket = await server.WebSocketAsync("/ws", patience.Token);
            await use(socket, patience.Token);
            await (other?.Invoke(server, patience.Token) ?? Task.CompletedTask);
        }

        await app.StopAsync(patience.Token);
        folder.Delete(recursive: true);
    }
}
