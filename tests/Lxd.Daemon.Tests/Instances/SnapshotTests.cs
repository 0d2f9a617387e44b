using Lxd.Core;
using Lxd.Daemon.Storage.Snapshots;

namespace Lxd.Daemon.Tests.Instances;

public sealed class SnapshotTests
{
    private static readonly DateTime Moment = new(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc);

    [Fact]
    public async Task ASnapshotIsMadeShownRestoredRenamedAndDeleted()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", ",\"config\":{\"user.x\":\"before\"}");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots");
        Assert.Equal((409, "Failed creating instance snapshot record \"s0\": Snapshot \"c1/s0\" already exists"), await lab.FailAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}"""));
        Assert.Equal((400, "Invalid snapshot name: Cannot contain \"/\""), await lab.FailAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"a/b"}"""));
        Assert.Equal(["s0", "snap0"], (await lab.Daemon.GetAsync("/1.0/instances/c1/snapshots?recursion=1"))!.AsArray().Select(s => (string)s!["name"]!));
        await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", """{"config":{"user.x":"after"}}""");
        await lab.StateAsync("c1", "start");
        await lab.DoAsync("PUT", "/1.0/instances/c1", """{"restore":"s0"}""");
        Assert.Equal("before", (string)(await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!["user.x"]!);
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        await lab.DoAsync("PUT", "/1.0/instances/c1/snapshots/s0", """{"expires_at":"2030-01-02T03:04:05Z"}""");
        Assert.Equal("2030-01-02T03:04:05Z", (string)(await lab.Daemon.GetAsync("/1.0/instances/c1/snapshots/s0"))!["expires_at"]!);
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots/s0", """{"name":"s1"}""");
        await lab.DoAsync("DELETE", "/1.0/instances/c1/snapshots/s1");
        Assert.Equal((404, "Instance snapshot not found"), await lab.FailAsync("PUT", "/1.0/instances/c1", """{"restore":"s1"}"""));
    }

    [Theory]
    [InlineData("", "snap2")]
    [InlineData("x%d", "x0")]
    [InlineData("snap1", "snap1-0")]
    [InlineData("{{ creation_date|date:'2006-01-02_15-04-05' }}", "2026-03-04_05-06-07")]
    public void NamesFollowThePattern(string pattern, string name) => Assert.Equal(name, SnapshotNames.Next(pattern, ["snap0", "snap1"], Moment));

    [Fact]
    public void TagsInAPatternAreRefused() => Assert.Throws<ApiException>(() => SnapshotNames.Next("{% include \"/etc/hosts\" %}", [], Moment));

    [Theory]
    [InlineData("@daily", "2026-03-03T23:59:00Z", "2026-03-04T00:00:30Z", true)]
    [InlineData("@daily", "2026-03-04T00:00:30Z", "2026-03-04T00:01:30Z", false)]
    [InlineData("@startup, 10 5,6 * * *", "2026-03-04T06:09:30Z", "2026-03-04T06:10:00Z", true)]
    [InlineData("* * * * *", "2026-03-04T06:09:30Z", "2026-03-04T06:10:30Z", true)]
    [InlineData("@never", "2026-03-04T06:09:30Z", "2026-03-05T06:10:30Z", false)]
    public void SchedulesAreDue(string schedule, string after, string now, bool due) => Assert.Equal(due, SnapshotSchedule.IsDue(schedule, GoTime.Parse(after), GoTime.Parse(now)));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("@daily, 99 * * * *")]
    public void BadSchedulesAreRefused(string schedule) => Assert.Throws<ApiException>(() => SnapshotSchedule.Check(schedule));
}
