namespace Lxd.Daemon.Tests.Instances;

/// <summary>Running instances that are copied where the pool cannot hold their files still.</summary>
public sealed class StillTests
{
    [Fact]
    public async Task ARunningInstanceIsFrozenWhileItsFilesAreRead()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c2","source":{"type":"copy","source":"c1"}}""");
        Assert.Empty(lab.Driver.Log);
        await lab.StateAsync("c1", "start");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c3","source":{"type":"copy","source":"c1","allow_inconsistent":true}}""");
        Assert.Equal(["start c1"], lab.Driver.Log);
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c4","source":{"type":"copy","source":"c1"}}""");
        Assert.Equal(["start c1", "freeze c1", "thaw c1"], lab.Driver.Log);
        lab.Volumes.FailCopy = "c5";
        await lab.FailAsync("POST", "/1.0/instances", """{"name":"c5","source":{"type":"copy","source":"c1"}}""");
        Assert.Equal(["start c1", "freeze c1", "thaw c1", "freeze c1", "thaw c1"], lab.Driver.Log);
        lab.Volumes.FailCopy = null;

        // One that its user has frozen stays so.
        await lab.StateAsync("c1", "freeze");
        await lab.DoAsync("POST", "/1.0/instances", """{"name":"c6","source":{"type":"copy","source":"c1"}}""");
        Assert.Equal("Frozen", await lab.StatusAsync("c1"));
    }

    [Fact]
    public async Task WhatADeadDaemonHeldGoesOn()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        await lab.StateAsync("c1", "start");
        await lab.StateAsync("c1", "freeze");
        var mark = Path.Combine(lab.Daemon.Directory, "logs", "c1", "held");
        await File.WriteAllTextAsync(mark, "");
        await lab.Daemon.Daemon.Instances.Service.WatchRunningAsync(default);
        Assert.Equal("Running", await lab.StatusAsync("c1"));
        Assert.False(File.Exists(mark));
    }
}
