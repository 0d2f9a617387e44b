using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Instances;

public sealed class InstanceTests
{
    [Fact]
    public async Task TheRootDiskStaysInItsPool()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        var (status, error) = await lab.FailAsync("PATCH", "/1.0/instances/c1", """{"devices":{"root":{"type":"disk","path":"/","pool":"nowhere"}}}""");
        Assert.Equal((400, "Cannot update root disk device pool name to \"nowhere\""), (status, error));
    }

    [Fact]
    public async Task AnInstanceIsMadeShownRenamedAndDeleted()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c1","source":{"type":"image","alias":"bb"},"config":{"user.x":"y"}}""");
        var shown = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Equal("BusyBox", (string)shown["config"]!["image.os"]!);
        Assert.Equal("y", (string)shown["expanded_config"]!["user.x"]!);
        Assert.Equal("default", (string)shown["expanded_devices"]!["root"]!["pool"]!);
        Assert.Equal("Stopped", (string)shown["status"]!);
        Assert.Equal(["/1.0/instances/c1"], (await lab.Daemon.GetAsync("/1.0/instances"))!.AsArray().Select(n => (string)n!));
        Assert.Equal(["/1.0/containers/c1"], (await lab.Daemon.GetAsync("/1.0/containers"))!.AsArray().Select(n => (string)n!));
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/virtual-machines"))!.AsArray());
        await lab.DoAsync("POST", "/1.0/instances/c1", """{"name":"c2"}""");
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c1")).Status);
        await lab.DoAsync("DELETE", "/1.0/instances/c2");
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances?recursion=2"))!.AsArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(lab.Daemon.Directory, "containers")));
    }

    [Theory]
    [InlineData("2%3Bfields%3D", 200)]
    [InlineData("2%3Bfields%3Dstate.disk,state.network", 200)]
    [InlineData("2&fields=state.disk", 200)]
    [InlineData("2%3Bfields%3Dstate.disk,state.no", 400)]
    [InlineData("2%3Bfields%3Dno", 400)]
    public async Task FieldsOfTheStateAreChosenByName(string recursion, int status)
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c");
        Assert.Equal(status, (await lab.Daemon.SendAsync("GET", "/1.0/instances?recursion=" + recursion)).Status);
        Assert.Equal(status, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c?recursion=" + recursion)).Status);
    }

    [Theory]
    [InlineData("""{"name":"a_b","source":{"type":"none"}}""", 400, "Invalid instance name: Name can only contain alphanumeric and hyphen characters")]
    [InlineData("""{"name":"c","source":{"type":"nonsense"}}""", 400, "Unknown source type \"nonsense\"")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"no.such":"1"}}""", 400, "Unknown configuration key: no.such")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"limits.cpu":"x"}}""", 400, "limits.cpu")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"d":{"type":"warp"}}}""", 400, "Device validation failed for \"d\"")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"e":{"type":"nic","network":"nowhere"}}}""", 404, "Network not found")]
    [InlineData("""{"name":"c","source":{"type":"none"},"profiles":["nobody"]}""", 400, "Failed loading profile")]
    [InlineData("""{"name":"c","source":{"type":"none"},"profiles":[]}""", 400, "No root device could be found")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"root":{"type":"disk","path":"/","pool":"nowhere"}}}""", 404, "Storage pool not found")]
    [InlineData("""{"name":"c","source":{"type":"image","alias":"nothing"}}""", 404, "Image not found")]
    [InlineData("""{"name":"c","source":{"type":"copy","source":"nobody"}}""", 404, "Instance not found")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"raw.qemu":"-x"}}""", 400, "Unknown configuration key: raw.qemu")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"d":{"type":"pci","address":"00:00.0"}}}""", 400, "Unsupported device type")]
    [InlineData("""{"name":"v","type":"virtual-machine","source":{"type":"none"},"config":{"raw.lxc":"nonsense"}}""", 400, "Unknown configuration key: raw.lxc")]
    [InlineData("""{"name":"v","type":"virtual-machine","source":{"type":"none"},"config":{"security.idmap.isolated":"true"}}""", 400, "Unknown configuration key: security.idmap.isolated")]
    [InlineData("""{"name":"v","type":"virtual-machine","source":{"type":"none"},"devices":{"d":{"type":"unix-char","path":"/dev/null"}}}""", 400, "Unsupported device type")]
    [InlineData("""{"name":"v","type":"virtual-machine","source":{"type":"none"},"devices":{"d":{"type":"proxy","listen":"tcp:127.0.0.1:1","connect":"tcp:127.0.0.1:1"}}}""", 400, "Only NAT mode is supported for proxies on VM instances")]
    [InlineData("""{"name":"v","type":"zebra","source":{"type":"none"}}""", 400, "zebra")]
    public async Task BadRequestsAreRefusedAndLeaveNothing(string body, int status, string words)
    {
        await using var lab = await InstanceLab.StartAsync();
        var (code, error) = await lab.FailAsync("POST", "/1.0/instances", body);
        Assert.Contains(words, error);
        Assert.Equal(status, code);
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances"))!.AsArray());
    }

    [Fact]
    public async Task AVirtualMachineIsThereAndDoesNotStart()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.DoAsync("POST", "/1.0/virtual-machines", """{"name":"v","source":{"type":"none"},"config":{"boot.mode":"bios"},"devices":{"p":{"type":"pci","address":"00:00.0"},"c":{"type":"disk","source":"cloud-init:config"}}}""");
        var shown = (await lab.Daemon.GetAsync("/1.0/instances/v"))!;
        Assert.Equal(("virtual-machine", "Stopped", null), ((string)shown["type"]!, (string)shown["status"]!, (string?)shown["config"]!["volatile.last_state.idmap"]));
        Assert.Equal(["/1.0/virtual-machines/v"], (await lab.Daemon.GetAsync("/1.0/virtual-machines"))!.AsArray().Select(n => (string)n!));
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/containers"))!.AsArray());
        Assert.Contains("Instance type \"virtual-machine\" is not supported on this server: ", (await lab.FailAsync("PUT", "/1.0/instances/v/state", """{"action":"start"}""")).Error);
        Assert.Equal("Stopped", await lab.StatusAsync("v"));
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"w","source":{"type":"copy","source":"v"}}""");
        Assert.Equal("virtual-machine", (string)(await lab.Daemon.GetAsync("/1.0/instances/w"))!["type"]!);
    }

    [Fact]
    public async Task AnImageThatNeedsNestingStartsOnlyWithIt()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c", ""","config":{"image.requirements.nesting":"true"}""");
        const string Start = """{"action":"start"}""";
        Assert.Contains("requires nesting", (await lab.FailAsync("PUT", "/1.0/instances/c/state", Start)).Error);
        Assert.Equal(200, (await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c", """{"config":{"security.nesting":"true"}}""")).Status);
        await lab.DoAsync("PUT", "/1.0/instances/c/state", Start);
    }

    [Fact]
    public async Task OfManyWhoWantANameOneGetsIt()
    {
        await using var lab = await InstanceLab.StartAsync();
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => lab.Daemon.RunAsync("POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"}}""")));
        Assert.Single(results, r => (int)r["status_code"]! == 200);
        Assert.All(results.Where(r => (int)r["status_code"]! != 200), r => Assert.Equal("Instance \"c1\" already exists", (string)r["err"]!));
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
    }

    [Fact]
    public async Task AnUpdateNeedsTheRightTagAndIsAppliedWhileItRuns()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.StateAsync("c1", "start");
        Assert.Equal(412, (await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", "{}", ("If-Match", "\"no\""))).Status);
        var (status, body) = await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", $$$"""{"config":{"limits.memory":"100MiB"},"devices":{"tmp":{"type":"disk","source":"{{{lab.Daemon.Directory}}}","path":"/mnt"} } }""");
        Assert.True(status == 200, body!["error"]!.ToString());
        Assert.Contains("limits 104857600", lab.Driver.Log);
        Assert.Contains("mount /mnt", lab.Driver.Log);
        Assert.Equal(400, (await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", """{"config":{"no.such":"1"}}""")).Status);
        var shown = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Equal("100MiB", (string)shown["config"]!["limits.memory"]!);
        var put = new JsonObject { ["config"] = new JsonObject(), ["devices"] = new JsonObject(), ["profiles"] = new JsonArray("default") };
        await lab.DoAsync("PUT", "/1.0/instances/c1", put.ToJsonString());
        Assert.Contains("unmount /mnt", lab.Driver.Log);
        shown = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Null(shown["config"]!["limits.memory"]);
        Assert.Equal("RUNNING", (string)shown["config"]!["volatile.last_state.power"]!);
    }

    [Fact]
    public async Task ACopyHasItsOwnIdentityAndBringsSnapshots()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", ",\"config\":{\"user.x\":\"y\"}");
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c2","source":{"type":"copy","source":"c1"}}""");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c3","source":{"type":"copy","source":"c1/s0"}}""");
        var (first, second) = ((await lab.Daemon.GetAsync("/1.0/instances/c1"))!, (await lab.Daemon.GetAsync("/1.0/instances/c2"))!);
        Assert.Equal("y", (string)second["config"]!["user.x"]!);
        Assert.NotEqual((string)first["config"]!["volatile.uuid"]!, (string)second["config"]!["volatile.uuid"]!);
        Assert.Equal(["/1.0/instances/c2/snapshots/s0"], (await lab.Daemon.GetAsync("/1.0/instances/c2/snapshots"))!.AsArray().Select(n => (string)n!));
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances/c3/snapshots"))!.AsArray());
        lab.Volumes.FailCopy = "disk full";
        Assert.Equal((500, "disk full"), await lab.FailAsync("POST", "/1.0/instances", """{"name":"c4","source":{"type":"copy","source":"c1"}}"""));
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c4")).Status);
    }

    [Theory]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"security.privileged":"true"}}""", "Privileged containers are forbidden")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"raw.lxc":"lxc.apparmor.profile=unconfined"}}""", "low-level config")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"boot.host_shutdown_timeout":"5"}}""", "low-level config")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"security.devlxd.images":"true"}}""", "low-level config")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"security.idmap.size":"70000"}}""", "low-level config")]
    [InlineData("""{"name":"c","source":{"type":"none"},"config":{"volatile.uuid":"8f70ca81-242f-40bb-9c92-fc6465b9bdd7"}}""", "low-level config")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"d":{"type":"disk","source":"/etc","path":"/mnt"}}}""", "not backed by a pool")]
    [InlineData("""{"name":"c","source":{"type":"none"},"devices":{"d":{"type":"unix-char","source":"/dev/null","path":"/dev/x"}}}""", "Unix character devices are forbidden")]
    public async Task ARestrictedProjectForbidsWhatReachesTheHost(string body, string words)
    {
        await using var lab = await InstanceLab.StartAsync();
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/projects", """{"name":"p1","config":{"restricted":"true","features.profiles":"false"}}""")).Status);
        var (status, error) = await lab.FailAsync("POST", "/1.0/instances?project=p1", body);
        Assert.Equal(403, status);
        Assert.Contains(words, error);
        await lab.DoAsync("POST", "/1.0/instances?project=p1", """{"name":"c","source":{"type":"none"}}""");
    }

    [Theory]
    [InlineData("""{"name":"x","config":{"security.privileged":"true"}}""", "Privileged containers are forbidden")]
    [InlineData("""{"name":"x","devices":{"d":{"type":"disk","source":"/etc","path":"/mnt"}}}""", "not backed by a pool")]
    public async Task AProfileOfARestrictedProjectHoldsNothingThatItsInstancesMayNot(string body, string words)
    {
        await using var lab = await InstanceLab.StartAsync();
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/projects", """{"name":"p1","config":{"restricted":"true"}}""")).Status);
        var (status, error) = await lab.FailAsync("POST", "/1.0/profiles?project=p1", body);
        Assert.Equal(403, status);
        Assert.Contains(words, error);
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/profiles/x?project=p1")).Status);
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/profiles?project=p1", """{"name":"x"}""")).Status);
    }

    [Fact]
    public async Task ARestrictedProjectTakesNoSnapshotsUnlessItSaysSo()
    {
        await using var lab = await InstanceLab.StartAsync();
        Assert.Equal(201, (await lab.Daemon.SendAsync("POST", "/1.0/projects", """{"name":"p1","config":{"restricted":"true","features.profiles":"false","features.images":"false"}}""")).Status);
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c","source":{"type":"none"}}""");
        await lab.DoAsync("POST", "/1.0/instances/c/snapshots", """{"name":"s"}""");
        await lab.DoAsync("POST", "/1.0/instances?project=p1", """{"name":"d","source":{"type":"none"}}""");
        const string Refusal = "Project \"p1\" doesn't allow for snapshot creation";
        Assert.Contains(Refusal, (await lab.FailAsync("POST", "/1.0/instances/d/snapshots?project=p1", """{"name":"s"}""")).Error);
        Assert.Contains(Refusal, (await lab.FailAsync("POST", "/1.0/instances/c", """{"name":"c","migration":true,"project":"p1"}""")).Error);
        Assert.Contains(Refusal, (await lab.FailAsync("POST", "/1.0/instances?project=p1", """{"name":"e","source":{"type":"copy","source":"c","project":"default"}}""")).Error);
        Assert.Equal(200, (await lab.Daemon.SendAsync("PATCH", "/1.0/projects/p1", """{"config":{"restricted.snapshots":"allow"}}""")).Status);
        await lab.DoAsync("POST", "/1.0/instances/c", """{"name":"c","migration":true,"project":"p1"}""");
        Assert.Equal(200, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c/snapshots/s?project=p1")).Status);
    }
}
