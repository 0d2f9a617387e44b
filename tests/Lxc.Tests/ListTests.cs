using System.Text.Json.Nodes;
using Lxc.Commands.Files;
using Lxc.Commands.Instances;
using Lxc.Commands.Shared;
using Lxc.Output;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Tests;

public sealed class ListTests
{
    private static readonly InstanceFull C1 = new()
    {
        Name = "web-1", Type = "container", Status = "Running", StatusCode = 103, Architecture = "x86_64",
        ExpandedConfig = new() { ["user.note"] = "abc", ["security.privileged"] = "true" },
        ExpandedDevices = new() { ["root"] = new() { ["type"] = "disk", ["path"] = "/", ["pool"] = "fast", ["size"] = "1GiB" } },
        State = new() { Pid = 5, Network = new() { ["eth0"] = new() { Addresses = [new() { Family = "inet", Address = "10.0.0.5", Scope = "global" }] } } },
    };

    [Fact]
    public void RowsAreInTheOrderPeopleCountAndEmptyCellsAreLast()
    {
        IReadOnlyList<string>[] rows = [["", "x"], ["c10", "a"], ["c2", "b"], ["c2", "a"]];
        Assert.Equal(["c2 a", "c2 b", "c10 a", " x"], rows.Order(NaturalOrder.Instance).Select(r => string.Join(' ', r)));
    }

    [Theory]
    [InlineData("ns", "1")]
    [InlineData("nsp", "2;fields=")]
    [InlineData("ns4", "2;fields=state.network")]
    [InlineData("nsD", "2;fields=state.disk")]
    [InlineData("ns4D", "2;fields=state.disk,state.network")]
    public void NoMoreIsAskedForThanTheColumnsNeed(string columns, string recursion)
    {
        var needs = InstanceColumns.Parse(columns).Aggregate(Needs.Nothing, (n, c) => n | c.Needs);
        Assert.Equal(recursion, Uri.UnescapeDataString(ListCommand.Recursion(needs)));
    }

    [Theory]
    [InlineData("web", true)]
    [InlineData("db", false)]
    [InlineData(".*-1", true)]
    [InlineData("user.note=abc", true)]
    [InlineData("u.note=abc", true)]
    [InlineData("u.note=ab", false)]
    [InlineData("s.privileged=true", true)]
    [InlineData("type=container", true)]
    [InlineData("type=CONTAINER", true)]
    [InlineData("type=virtual-machine", false)]
    [InlineData("STATUS=running", true)]
    [InlineData("status=stopped,running", true)]
    [InlineData("ipv4=10.0.0.5", true)]
    [InlineData("ipv4=10.0.0.0/24", true)]
    [InlineData("ipv4=10.1.0.0/24", false)]
    public void FiltersSelectInstances(string filter, bool matches) => Assert.Equal(matches, new InstanceFilters([filter]).Match(C1));

    [Theory]
    [InlineData("n", "NAME", "web-1")]
    [InlineData("4", "IPV4", "10.0.0.5 (eth0)")]
    [InlineData("b", "STORAGE POOL", "fast")]
    [InlineData("user.note", "user.note", "abc")]
    [InlineData("user.note:NOTE:2", "NOTE", "ab")]
    [InlineData("devices:root.size:S:0", "S", "1")]
    public void ColumnsAreLettersAndKeys(string column, string header, string text)
    {
        var parsed = Assert.Single(InstanceColumns.Parse(column)).Column;
        Assert.Equal((header, text), (parsed.Header, parsed.Text(C1)));
    }

    [Theory]
    [InlineData("nX", "Unknown column shorthand char 'X' in 'nX'")]
    [InlineData("n,,s", "Empty column entry (redundant, leading or trailing command) in 'n,,s'")]
    [InlineData("user.a:A:x", "Invalid max width (must be an integer >= -1) 'x' in 'user.a:A:x'")]
    public void ColumnsThatAreNoneAreRefused(string columns, string message) => Assert.Equal(message, Assert.Throws<ApiException>(() => InstanceColumns.Parse(columns)).Message);

    [Fact]
    public void HeadingsOfKeysAreWords() => Assert.StartsWith("+--------+\n| USER A |\n", Table.Render("table", ["user.a"], [["1"]], null));

    [Fact]
    public void PropertiesAreShownAsTextAndSetAsWhatTheyAre()
    {
        var thing = new JsonObject { ["ephemeral"] = false, ["profiles"] = new JsonArray("a", "b"), ["expires_at"] = "2038-03-23T17:38:37.753398689-04:00", ["created_at"] = "0001-01-01T00:00:00Z", ["description"] = "" };
        Assert.Equal("[a b]", Properties.Show(thing, "profiles"));
        Assert.Equal("2038-03-23 17:38:37.753398689 -0400 -0400", Properties.Show(thing, "expires_at"));
        Assert.Equal("0001-01-01 00:00:00 +0000 UTC", Properties.Show(thing, "created_at"));
        Properties.Set(thing, "ephemeral", "true", Shape.Instance);
        Assert.Equal("true", Properties.Show(thing, "ephemeral"));
        Assert.Throws<ApiException>(() => Properties.Set(thing, "profiles", "x", Shape.Instance));
        Assert.Throws<ApiException>(() => Properties.Show(thing, "nothing"));
    }

    [Theory]
    [InlineData("/a//b/./c/", "/a/b/c")]
    [InlineData("/a/../../b", "/b")]
    [InlineData("/", "/")]
    [InlineData("/.", "/")]
    public void PathsInInstancesAreMadePlain(string path, string clean) => Assert.Equal(clean, FilePlace.Clean(path));

    [Fact]
    public void EventsAreLinesOfALog() => Assert.Equal(
        "time=\"2026-01-02T03:04:05Z\" level=info msg=\"Action: instance-created, Source: /1.0/instances/c1, Requestor: unix/root (@)\" type=none",
        EventText.Of(JsonNode.Parse("""{"type":"lifecycle","timestamp":"2026-01-02T03:04:05.678Z","metadata":{"action":"instance-created","source":"/1.0/instances/c1","context":{"type":"none"},"requestor":{"protocol":"unix","username":"root","address":"@"}}}""")!));
}
