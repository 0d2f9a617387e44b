using System.Text;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>Websockets asked for by pages of other sites, and with secrets that were guessed.</summary>
public sealed class HostileSocketsTests(AttackedDaemon attacked) : IClassFixture<AttackedDaemon>
{
    [Theory]
    [InlineData("https://elsewhere")]
    [InlineData("null")]
    [InlineData("http://lxd.elsewhere")]
    [InlineData("http://elsewhere.lxd")]
    [InlineData("http://lxd@elsewhere")]
    [InlineData("http://lxd:8443")]
    [InlineData("http://elsewhere/lxd")]
    [InlineData("file:///lxd")]
    [InlineData("lxd")]
    [InlineData("http://lxd\r\nOrigin: http://elsewhere")]
    [InlineData("http://lxd http://elsewhere")]
    public async Task APageOfAnotherSiteOpensNoWebsocket(string origin)
    {
        Assert.StartsWith("HTTP/1.1 403 ", await UpgradeAsync("/1.0/events", "websocket", $"Origin: {origin}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 403 ", await UpgradeAsync("/1.0/instances/c1/sftp", "sftp", $"Origin: {origin}\r\n"), StringComparison.Ordinal);
        var exec = await ExecAsync();
        Assert.StartsWith("HTTP/1.1 403 ", await UpgradeAsync($"{exec["operation"]}/websocket?secret={Secret(exec, "0")}", "websocket", $"Origin: {origin}\r\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("none at all")]
    [InlineData("a name")]
    [InlineData("one character less")]
    [InlineData("one character more")]
    [InlineData("capitals")]
    [InlineData("a NUL after it")]
    [InlineData("another operation's")]
    [InlineData("a used one")]
    [InlineData("a pattern")]
    public async Task AGuessedSecretOpensNothing(string how)
    {
        var exec = await ExecAsync();
        var right = Secret(exec, "0");
        using var user = how == "a used one" ? await attacked.Daemon.WebSocketAsync($"{exec["operation"]}/websocket?secret={right}") : null;
        var query = how switch
        {
            "none at all" => "",
            "nothing" => "?secret=",
            "a name" => "?secret=0",
            "one character less" => $"?secret={right[..^1]}",
            "one character more" => $"?secret={right}0",
            "capitals" => $"?secret={right.ToUpperInvariant()}A",
            "a NUL after it" => $"?secret={right}%00",
            "another operation's" => $"?secret={Secret(await ExecAsync(), "0")}",
            "a pattern" => "?secret=%25",
            _ => $"?secret={right}",
        };
        var answer = await UpgradeAsync($"{exec["operation"]}/websocket{query}", "websocket");
        Assert.True(answer.StartsWith("HTTP/1.1 403 ", StringComparison.Ordinal) || answer.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), answer);
    }

    private Task<string> UpgradeAsync(string path, string protocol, string more = "") => attacked.RawAsync(Encoding.Latin1.GetBytes(
        $"GET {path} HTTP/1.1\r\nHost: lxd\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{more}\r\n"));

    private static string Secret(JsonNode exec, string name) => (string)exec["metadata"]!["metadata"]!["fds"]![name]!;

    private async Task<JsonNode> ExecAsync()
    {
        await attacked.Daemon.RunAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}""");
        return (await attacked.Daemon.SendAsync("POST", "/1.0/instances/c1/exec", """{"command":["cat"],"wait-for-websocket":true,"interactive":true}""")).Body!;
    }
}
