using System.Text;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>Requests no honest client sends. None is answered with what it hides, none brings the daemon down or has it hold what it sends.</summary>
public sealed class HostileRequestsTests(AttackedDaemon attacked) : IClassFixture<AttackedDaemon>
{
    private const string Hidden = "GET /1.0/hidden HTTP/1.1\r\nHost: lxd\r\n\r\n";

    /// <summary>A request in a request: where the two ends of a connection count differently, the second would slip through.</summary>
    [Theory]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nContent-Length: 2\r\nContent-Length: 60\r\n\r\n{}" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nContent-Length: 2, 60\r\n\r\n{}" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nContent-Length: -2\r\n\r\n{}" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nContent-Length: 99999999999999999999\r\n\r\n{}" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n" + Hidden)]
    [InlineData("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/1.1\r\nHost: lxd\r\n X-Folded: yes\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/1.1\r\nHost: lxd\r\nX-Nul: a\0b\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/1.1\r\nHost: lxd\r\nHost: other\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/1.1\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/1.1\rHost: lxd\r\r" + Hidden)]
    [InlineData("GET /1.0\0 HTTP/1.1\r\nHost: lxd\r\n\r\n" + Hidden)]
    [InlineData("GET /1.0 HTTP/9.9\r\nHost: lxd\r\n\r\n" + Hidden)]
    [InlineData("GET  /1.0 HTTP/1.1\r\nHost: lxd\r\n\r\n" + Hidden)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\njunkjunkjunk" + Hidden)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000" + Hidden)]
    public async Task NothingIsSmuggled(string request)
    {
        var answer = await attacked.RawAsync(Encoding.Latin1.GetBytes(request));
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.False(answer.Contains("HTTP/1.1 404", StringComparison.Ordinal), $"the hidden request was asked: {request}\n{answer}");
        await AliveAsync();
    }

    /// <summary>Both lengths: the standard says the chunks count, and that the connection ends with the answer.</summary>
    [Fact]
    public async Task BothLengthsEndTheConnection()
    {
        var answer = await attacked.RawAsync(Encoding.Latin1.GetBytes("POST /1.0/profiles HTTP/1.1\r\nHost: lxd\r\nContent-Length: 60\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + Hidden));
        Assert.DoesNotContain("HTTP/1.1 404", answer, StringComparison.Ordinal);
        await AliveAsync();
    }

    [Theory]
    [InlineData("a long line", 414)]
    [InlineData("a long header", 431)]
    [InlineData("many headers", 431)]
    [InlineData("a cookie of a megabyte", 431)]
    public async Task WhatIsTooLargeIsRefusedEarly(string how, int status)
    {
        var head = how switch
        {
            "a long line" => $"GET /1.0?{new string('a', 100_000)} HTTP/1.1\r\nHost: lxd\r\n\r\n",
            "a long header" => $"GET /1.0 HTTP/1.1\r\nHost: lxd\r\nX-Long: {new string('a', 100_000)}\r\n\r\n",
            "many headers" => $"GET /1.0 HTTP/1.1\r\nHost: lxd\r\n{string.Concat(Enumerable.Range(0, 1000).Select(i => $"X-{i}: a\r\n"))}\r\n",
            _ => $"GET /1.0 HTTP/1.1\r\nHost: lxd\r\nCookie: {new string('a', 1 << 20)}\r\n\r\n",
        };
        var answer = await attacked.RawAsync(Encoding.Latin1.GetBytes(head));
        // Who goes on sending may find the connection closed before he reads why.
        Assert.True(answer.Length == 0 || answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), answer);
        await AliveAsync();
    }

    [Theory]
    [InlineData("deep")]
    [InlineData("deep objects")]
    [InlineData("not UTF-8")]
    [InlineData("a cut string")]
    [InlineData("a number for a map")]
    [InlineData("a list for an object")]
    [InlineData("a huge number")]
    [InlineData("half a character")]
    [InlineData("null for everything")]
    [InlineData("a text of megabytes")]
    public async Task ABodyThatMakesNoSenseIsABadRequest(string how)
    {
        var body = how switch
        {
            "deep" => Encoding.UTF8.GetBytes(new string('[', 100_000)),
            "deep objects" => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"config\":", 100_000))),
            "not UTF-8" => [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}'],
            "a cut string" => "{\"name\":\"x"u8.ToArray(),
            "a number for a map" => "{\"name\":\"x\",\"config\":7}"u8.ToArray(),
            "a list for an object" => "[1,2,3]"u8.ToArray(),
            "a huge number" => "{\"name\":\"x\",\"config\":{\"limits.memory\":1e999}}"u8.ToArray(),
            "half a character" => "{\"name\":\"\\ud800\"}"u8.ToArray(),
            "null for everything" => "{\"name\":null,\"config\":null,\"devices\":null}"u8.ToArray(),
            _ => Encoding.UTF8.GetBytes($"{{\"name\":\"{new string('a', 2 << 20)}\"}}"),
        };
        foreach (var path in (string[])["/1.0/profiles", "/1.0/instances", "/1.0/projects", "/1.0/storage-pools", "/1.0/networks"])
        {
            var (status, error) = await attacked.FailAsync(path, body);
            Assert.True(status == 400, $"{path}: {status} {error}");
        }

        await AliveAsync();
    }

    [Theory]
    [InlineData("""{"config":{},"config":{"user.a":"b"}}""")]
    [InlineData("""{"config":{"user.a":"b","user.a":"c"}}""")]
    [InlineData("""{"description":"\ud800"}""")]
    [InlineData("""{"config":{"user.a":"\udc00"}}""")]
    [InlineData("""{"config":{"user.a":{"b":"c"}}}""")]
    [InlineData("""{"devices":{"a":"b"}}""")]
    [InlineData("""{"devices":null,"profiles":{"a":1}}""")]
    public async Task AChangeThatMakesNoSenseIsABadRequest(string body)
    {
        var (status, error) = await attacked.FailAsync("PATCH", "/1.0/instances/c1", body);
        Assert.True(status == 400, $"{status} {error}");
    }

    [Fact]
    public async Task ABodyWithoutEndIsCutOff()
    {
        var (status, error) = await attacked.FailAsync("/1.0/profiles", new byte[40 << 20]);
        Assert.Equal((413, "The request body is too large"), (status, error));
    }

    [Theory]
    [InlineData("recursion=99999999999999")]
    [InlineData("recursion=-1")]
    [InlineData("recursion=2;fields=" + "a,a,a,a,a,a,a,a,a,a,a,a")]
    [InlineData("filter=%28%28%28%28%28%28")]
    [InlineData("filter=name+eq+%27")]
    [InlineData("filter=name eq (a+)+$")]
    [InlineData("project=..%2f..%2f")]
    [InlineData("project=%00")]
    [InlineData("all-projects=maybe")]
    public async Task AQueryThatMakesNoSenseIsNoError(string query)
    {
        var (status, body) = await attacked.Daemon.SendAsync("GET", "/1.0/instances?" + query);
        Assert.True(status is 200 or 400 or 404, $"{status} {body?["error"]}");
    }

    /// <summary>Expressions that take longer than the universe to look for.</summary>
    [Fact]
    public async Task AFilterEndsInTime()
    {
        await attacked.Daemon.SendAsync("PATCH", "/1.0/instances/c1", "{\"description\":\"" + new string('a', 5000) + "!\"}");
        var patience = Task.Delay(TimeSpan.FromSeconds(20));
        var asked = attacked.Daemon.SendAsync("GET", "/1.0/instances?recursion=1&filter=" + Uri.EscapeDataString("description eq (a+)+$"));
        Assert.Same(asked, await Task.WhenAny(asked, patience));
    }

    private async Task AliveAsync() => Assert.Equal(200, (await attacked.Daemon.SendAsync("GET", "/1.0")).Status);
}
