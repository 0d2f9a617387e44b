using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Tests.Http;

public sealed class PipelineTests
{
    [Fact]
    public async Task AnUnknownPathAnswersTheErrorEnvelope()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, body) = await daemon.SendAsync("GET", "/1.0/nowhere");
        Assert.Equal(404, status);
        Assert.Equal("error", (string?)body!["type"]);
        Assert.Equal(404, (int)body["error_code"]!);
        Assert.Equal("Not Found", (string?)body["error"]);
    }

    [Fact]
    public async Task AnOperationIsWaitedForCancelledAndForgotten()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var operation = daemon.Daemon.Operations.Start(new OperationSpec("Testing", "default", (_, ct) => Task.Delay(Timeout.Infinite, ct)) { MayCancel = true });
        Assert.Contains(operation.Url, (await daemon.GetAsync("/1.0/operations"))!.ToJsonString());
        Assert.Equal(200, (await daemon.SendAsync("DELETE", operation.Url)).Status);
        var ended = await daemon.GetAsync(operation.Url + "/wait");
        Assert.Equal("Cancelled", (string?)ended!["status"]);
        Assert.Equal(401, (int)ended["status_code"]!);
    }

    [Fact]
    public async Task TheFailureOfAnOperationIsItsError()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var operation = daemon.Daemon.Operations.Start(new OperationSpec("Testing", "default", (_, _) => throw Lxd.Core.ApiException.Conflict("taken")));
        var ended = await daemon.GetAsync(operation.Url + "/wait?timeout=10");
        Assert.Equal("Failure", (string?)ended!["status"]);
        Assert.Equal("taken", (string?)ended["err"]);
        Assert.Equal(409, (int)ended["err_code"]!);
    }
}
