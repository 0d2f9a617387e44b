using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Instances;

public sealed class StateTests
{
    [Fact]
    public async Task AnInstanceGoesThroughItsStates()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.StateAsync("c1", "start");
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        Assert.Equal(["c1 create", "c1 start"], lab.Templates.Applied);
        Assert.Equal((400, "The instance is already running"), await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}"""));
        Assert.Equal((400, "Instance is running"), await lab.FailAsync("DELETE", "/1.0/instances/c1"));
        Assert.Equal((400, "Renaming of running instance not allowed"), await lab.FailAsync("POST", "/1.0/instances/c1", """{"name":"c2"}"""));
        await lab.StateAsync("c1", "freeze");
        Assert.Equal("Frozen", await lab.StatusAsync("c1"));
        Assert.Equal((400, "The instance is frozen and cannot shut down by itself"), await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"stop"}"""));
        await lab.StateAsync("c1", "unfreeze");
        await lab.StateAsync("c1", "restart", true);
        await lab.StateAsync("c1", "stop");
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
        Assert.Equal((400, "The instance is already stopped"), await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"stop"}"""));
        Assert.Equal(400, (await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"fly"}""")).Status);
    }

    [Fact]
    public async Task AFailedStartLeavesItStopped()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        lab.Driver.FailStart = "no kernel";
        Assert.Equal((500, "no kernel"), await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}"""));
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
        Assert.Equal("STOPPED", (string)(await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!["volatile.last_state.power"]!);
        lab.Driver.FailStart = null;
        await lab.StateAsync("c1", "start");
    }

    [Fact]
    public async Task AStopByForceEndsACleanStopThatWaits()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("deaf");
        await lab.StateAsync("deaf", "start");
        var clean = lab.Daemon.RunAsync("PUT", "/1.0/instances/deaf/state", """{"action":"stop","timeout":600}""");
        var store = lab.Daemon.Daemon.Instances;
        var id = (await store.Store.GetAsync("default", "deaf", default)).Id;
        while (store.With.Locks.VerbOf(id) != "stop")
        {
            await Task.Yield();
        }

        Assert.Equal(409, (await lab.FailAsync("PUT", "/1.0/instances/deaf/state", """{"action":"freeze"}""")).Status);
        var forced = await lab.Daemon.RunAsync("PUT", "/1.0/instances/deaf/state", """{"action":"stop","force":true}""");
        Assert.Equal(200, (int)(await clean)["status_code"]!);
        // The clean stop has done it, the forced one found it done.
        Assert.Contains((string)forced["err"]!, new[] { "", "The instance is already stopped" });
        Assert.Equal("Stopped", await lab.StatusAsync("deaf"));
    }

    [Fact]
    public async Task AnEphemeralInstanceGoesWhenItStopsByItself()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", ",\"ephemeral\":true");
        await lab.StateAsync("c1", "start");
        using var events = lab.Daemon.Daemon.Events.Subscribe(e => e.Type == "lifecycle");
        lab.Driver.End("c1");
        string action;
        do
        {
            action = (string)JsonNode.Parse(await events.Queue.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token))!["metadata"]!["action"]!;
        }
        while (action != "instance-deleted");
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/instances/c1")).Status);
    }

    [Fact]
    public async Task ManyAreChangedAtOnce()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.CreateAsync("c2");
        await lab.StateAsync("c2", "start");
        await lab.DoAsync("PUT", "/1.0/instances", """{"state":{"action":"start"}}""");
        Assert.Equal(["Running", "Running"], (await lab.Daemon.GetAsync("/1.0/instances?recursion=1"))!.AsArray().Select(i => (string)i!["status"]!));
        await lab.StateAsync("c2", "freeze");
        await lab.DoAsync("PUT", "/1.0/instances", """{"state":{"action":"start"}}""");
        Assert.Equal("Running", await lab.StatusAsync("c2"));
        await lab.DoAsync("PUT", "/1.0/instances", """{"state":{"action":"stop","force":true}}""");
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances?recursion=1&filter=status%20eq%20Running"))!.AsArray());
    }

    [Fact]
    public async Task VerbsInParallelAreDoneOrRefusedAndNeverHang()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        string[] actions = ["start", "stop", "restart", "freeze", "unfreeze"];
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => lab.Daemon.RunAsync("PUT", "/1.0/instances/c1/state", $$"""{"action":"{{actions[i % 5]}}","force":true}"""))).WaitAsync(TimeSpan.FromMinutes(2));
        var (status, body) = await lab.Daemon.SendAsync("DELETE", "/1.0/instances/c1?force=1");
        Assert.True(status == 202, body?["error"]?.ToString());
        Assert.Equal(200, (int)(await lab.Daemon.GetAsync((string)body!["operation"]! + "/wait"))!["status_code"]!);
    }

    [Fact]
    public async Task ChangesAtOnceAreAllKept()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => Assert.Equal(200, (await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", $$"""{"config":{"user.k{{i}}":"v"} }""")).Status)));
        var config = (await lab.Daemon.GetAsync("/1.0/instances/c1"))!["config"]!.AsObject();
        Assert.Equal(20, config.Count(c => c.Key.StartsWith("user.k", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ShutdownRemembersWhatRan()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.CreateAsync("c2");
        await lab.StateAsync("c1", "start");
        await lab.Daemon.Daemon.StopInstances(default, default);
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
        await lab.Daemon.Daemon.Instances.Service.AutostartAsync(default);
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        Assert.Equal("Stopped", await lab.StatusAsync("c2"));
    }

    /// <summary>A disk comes late: what runs from it is started then, once, and what was left half done on it is finished.</summary>
    [Fact]
    public async Task WhatWaitsForAPoolFollowsIt()
    {
        await using var lab = await InstanceLab.StartAsync();
        var service = lab.Daemon.Daemon.Instances.Service;
        await lab.CreateAsync("c1");
        await lab.CreateAsync("half");
        await lab.CreateAsync("renamed");
        await lab.StateAsync("c1", "start");
        await lab.Daemon.Daemon.StopInstances(default, default);
        await lab.Daemon.Daemon.Databases.Global.WriteAsync(async tx =>
        {
            await tx.ExecAsync("INSERT INTO instances_config (instance_id, key, value) SELECT id, 'volatile.unfinished', 'create' FROM instances WHERE name = 'half'");
            await tx.ExecAsync("INSERT INTO instances_config (instance_id, key, value) SELECT id, 'volatile.unfinished', 'rename renamed' FROM instances WHERE name = 'renamed'");
            await tx.ExecAsync("UPDATE instances SET name = 'next' WHERE name = 'renamed'");
        }, default);
        lab.Volumes.Missing.Add("default");
        await service.FinishAllAsync(default);
        await service.AutostartAsync(default);
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
        Assert.Equal("Stopped", await lab.StatusAsync("half"));
        Assert.True(Directory.Exists(Path.Combine(lab.Daemon.Directory, "volumes", "renamed")));
        Assert.Equal((503, "Storage pool \"default\" unavailable on this server"), await lab.FailAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}"""));

        lab.Volumes.Missing.Clear();
        await service.PoolArrivedAsync("default", default);
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        Assert.Equal(404, (await lab.Daemon.SendAsync("GET", "/1.0/instances/half")).Status);
        Assert.True(Directory.Exists(Path.Combine(lab.Daemon.Directory, "volumes", "next")));
        await lab.StateAsync("c1", "stop", true);
        await service.PoolArrivedAsync("default", default);
        Assert.Equal("Stopped", await lab.StatusAsync("c1"));
    }

    /// <summary>A start that fails is tried again, and told in a warning when that does not help; the warning goes with the next start.</summary>
    [Fact]
    public async Task AStartThatFailsIsTriedAgain()
    {
        await using var lab = await InstanceLab.StartAsync();
        var service = lab.Daemon.Daemon.Instances.Service;
        service.AttemptPause = TimeSpan.FromMilliseconds(10);
        await lab.CreateAsync("c1", ",\"config\":{\"boot.autostart\":\"true\"}");
        lab.Driver.FailStart = "no room";
        await service.AutostartAsync(default);
        Assert.Equal(["Failed autostarting instance no room new"], await WarningsAsync(1));
        lab.Driver.FailStart = null;
        await service.AutostartAsync(default);
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        Assert.Equal(["Failed autostarting instance no room resolved"], await WarningsAsync(1));

        async Task<List<string>> WarningsAsync(int count)
        {
            for (var end = DateTime.UtcNow.AddSeconds(30); ;)
            {
                var all = (await lab.Daemon.GetAsync("/1.0/warnings?recursion=1"))!.AsArray().Select(w => $"{w!["type"]} {w["last_message"]} {w["status"]}").Where(w => w.StartsWith("Failed", StringComparison.Ordinal)).ToList();
                if (all.Count >= count || DateTime.UtcNow > end)
                {
                    return all;
                }

                await Task.Delay(20);
            }
        }
    }
}
