using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Tests.Operations;

public sealed class OperationTests
{
    private const string Wait = "/internal/testing/operation-wait";

    [Fact]
    public async Task TheSameReferenceDoesNotRunTwice()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, first) = await daemon.SendAsync("POST", Wait, """{"duration":"1h","op_class":1,"conflict_reference":"a"}""");
        Assert.Equal(202, status);
        Assert.Equal(409, (await daemon.SendAsync("POST", Wait, """{"duration":"1h","conflict_reference":"a"}""")).Status);
        var (_, other) = await daemon.SendAsync("POST", Wait, """{"duration":"1h","conflict_reference":"b"}""");
        foreach (var answer in new[] { first, other })
        {
            var id = (string?)answer!["metadata"]!["id"];
            Assert.Equal(200, (await daemon.SendAsync("DELETE", $"/1.0/operations/{id}")).Status);
            Assert.Equal("Cancelled", (string?)(await daemon.GetAsync($"/1.0/operations/{id}/wait"))!["status"]);
        }

        var (again, last) = await daemon.SendAsync("POST", Wait, """{"duration":"0s","conflict_reference":"a"}""");
        Assert.Equal(202, again);
        Assert.Equal("Success", (string?)(await daemon.GetAsync($"/1.0/operations/{(string?)last!["metadata"]!["id"]}/wait"))!["status"]);
        Assert.Equal(400, (await daemon.SendAsync("POST", Wait, """{"duration":"soon"}""")).Status);
    }

    [Fact]
    public async Task AWholeHasPartsAndFailsWithThem()
    {
        await using var daemon = await TestDaemon.StartAsync();
        OperationSpec Part(string name, Exception? failure) => new("Stopping instance", "default", (_, _) => failure is null ? Task.CompletedTask : Task.FromException(failure))
        {
            Resources = new() { ["instances"] = [$"/1.0/instances/{name}"] },
        };
        var whole = daemon.Daemon.Operations.Start(new OperationSpec("Updating the state of multiple instances", "default", (_, _) => Task.CompletedTask)
        {
            Children = [Part("c1", null), Part("c2", ApiException.Conflict("c2: busy"))],
        });
        await whole.Done;
        var shown = (await daemon.GetAsync($"/1.0/operations/{whole.Id}?recursion=1"))!;
        Assert.Equal(2, (int?)shown["child_count"]);
        Assert.Equal("Failure", (string?)shown["status"]);
        Assert.Equal("c2: busy", (string?)shown["err"]);
        Assert.Equal(["Failure", "Success"], shown["children"]!.AsArray().Select(c => (string?)c!["status"]).Order());
        Assert.Contains("/1.0/instances/c1", shown["children"]!.AsArray().Select(c => (string?)c!["metadata"]!["entity_url"]));
        var inList = (await daemon.GetAsync("/1.0/operations?recursion=2"))!.AsObject().SelectMany(g => g.Value!.AsArray()).Single(o => (string?)o!["id"] == (string?)shown["id"])!;
        Assert.Equal(2, inList["children"]!.AsArray().Count);
        // Parts are looked at through their whole.
        var listed = (await daemon.GetAsync("/1.0/operations?recursion=1"))!.AsObject().SelectMany(g => g.Value!.AsArray()).Select(o => (string?)o!["id"]);
        Assert.Equal([whole.Id], listed);
    }

    [Fact]
    public async Task AProjectThatIsNotThereHasNoOperations()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(404, (await daemon.SendAsync("GET", "/1.0/operations?project=nothing")).Status);
        Assert.IsType<JsonObject>(await daemon.GetAsync("/1.0/operations?project=default"));
    }
}
