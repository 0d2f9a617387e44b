using System.IO.Pipelines;
using System.Text;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Tests.Http;

public sealed class JsonBodyTests
{
    [Theory]
    [InlineData("{\"name\":\"a}\",\"groups\":[]}")]
    [InlineData("[{\"a\":1}]")]
    public async Task AValueThatIsCompleteIsTakenThoughTheStreamStaysOpen(string json)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(json[..5]));
        var read = JsonBody.ReadAsync(pipe.Reader.AsStream(), 1000, CancellationToken.None);
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(json[5..] + "  "));
        Assert.Equal(json, Encoding.UTF8.GetString((await read).Span));
    }

    [Theory]
    [InlineData("{\"name\":")]
    [InlineData("{nonsense}")]
    [InlineData("")]
    public async Task WhatIsNoneIsGivenAsItCame(string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString((await JsonBody.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1000, CancellationToken.None)).Span));
}
