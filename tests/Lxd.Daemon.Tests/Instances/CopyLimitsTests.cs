namespace Lxd.Daemon.Tests.Instances;

public sealed class CopyLimitsTests
{
    [Fact]
    public async Task ASnapshotThatTheProjectHasNoRoomForIsNotCopied()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"default","size":"30MiB"}}}""");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        Assert.Equal(200, (await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", """{"devices":{"root":{"type":"disk","path":"/","pool":"default","size":"15MiB"}}}""")).Status);
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/projects", """{"name":"p1","config":{"limits.disk":"20MiB","features.profiles":"false","features.images":"false"}}""")).Status);
        var (_, error) = await lab.FailAsync("POST", "/1.0/instances?project=p1", """{"name":"c1","source":{"type":"copy","source":"c1","project":"default"}}""");
        Assert.Contains("Snapshot \"c1/s0\" cannot be placed: Reached maximum aggregate value", error);
        await lab.DoAsync("POST", "/1.0/instances?project=p1", """{"name":"c1","source":{"type":"copy","source":"c1","project":"default","instance_only":true}}""");
    }

    [Fact]
    public async Task ARefreshedCopyTakesTheConfigurationAskedForAndKeepsWhatTheServerNotes()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"}}""");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c2","source":{"type":"copy","source":"c1"}}""");
        var before = (await lab.Daemon.SendAsync("GET", "/1.0/instances/c2")).Body!["metadata"]!["config"]!["volatile.uuid"]!.ToString();
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c2","config":{"user.a":"b"},"source":{"type":"copy","source":"c1","refresh":true}}""");
        var config = (await lab.Daemon.SendAsync("GET", "/1.0/instances/c2")).Body!["metadata"]!["config"]!;
        Assert.Equal("b", config["user.a"]!.ToString());
        Assert.Equal(before, config["volatile.uuid"]!.ToString());
    }

    [Fact]
    public async Task SnapshotsNeedTheirProfilesUnlessTheyGetTheCopysOwn()
    {
        await using var lab = await InstanceLab.StartAsync();
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/profiles", """{"name":"p1"}""")).Status);
        await lab.CreateAsync("c1", ""","profiles":["default","p1"]""");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/projects", """{"name":"other","config":{"features.images":"false"}}""")).Status);
        const string copy = """{"name":"c1","profiles":[],"devices":{"root":{"type":"disk","path":"/","pool":"default"}},"source":{"type":"copy","source":"c1","project":"default"MORE}}""";
        var (_, error) = await lab.FailAsync("POST", "/1.0/instances?project=other", copy.Replace("MORE", "", StringComparison.Ordinal));
        Assert.Equal("Failed creating instance snapshot record \"c1/s0\": Requested profile \"p1\" doesn't exist", error);
        await lab.DoAsync("POST", "/1.0/instances?project=other", copy.Replace("MORE", ""","override_snapshot_profiles":true""", StringComparison.Ordinal));
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances/c1/snapshots/s0?project=other"))!["profiles"]!.AsArray());
    }

    [Fact]
    public void ANetworkThatARestrictedProjectMayNotUseIsNotThereForIt()
    {
        Assert.True(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string>(), "n", false));
        Assert.True(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string> { ["restricted"] = "true" }, "n", true));
        Assert.False(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string> { ["restricted"] = "true" }, "n", false));
        Assert.False(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string> { ["restricted"] = "true", ["restricted.devices.nic"] = "block" }, "n", true));
        Assert.False(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string> { ["restricted"] = "true", ["restricted.devices.nic"] = "allow", ["restricted.networks.access"] = "a, b" }, "n", true));
        Assert.True(Lxd.Daemon.Networks.NetworkAccess.Allows(new Dictionary<string, string> { ["restricted"] = "true", ["restricted.devices.nic"] = "allow", ["restricted.networks.access"] = "a, n" }, "n", false));
    }
}
