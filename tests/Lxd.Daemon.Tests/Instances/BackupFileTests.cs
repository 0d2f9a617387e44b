using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Tests.Instances;

public sealed class BackupFileTests
{
    [Fact]
    public async Task TheBackupFileFollowsTheInstance()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1", ",\"config\":{\"user.x\":\"1\"}");
        Assert.Equal("1", Read(lab, "c1").Instance!.Config["user.x"]);
        await lab.Daemon.SendAsync("PATCH", "/1.0/instances/c1", """{"config":{"user.x":"2"}}""");
        Assert.Equal("2", Read(lab, "c1").Instance!.Config["user.x"]);
        await lab.DoAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        Assert.Equal("s0", Assert.Single(Read(lab, "c1").Snapshots)!.Name);
        await lab.Daemon.SendAsync("PUT", "/1.0/profiles/default", """{"description":"d","devices":{"root":{"type":"disk","path":"/","pool":"default"}}}""");
        Assert.Equal("d", Assert.Single(Read(lab, "c1").Profiles)!.Description);
        await lab.StateAsync("c1", "start");
        Assert.Equal("RUNNING", Read(lab, "c1").Instance!.Config["volatile.last_state.power"]);
        await lab.StateAsync("c1", "stop", true);
        await lab.DoAsync("DELETE", "/1.0/instances/c1/snapshots/s0");
        await lab.DoAsync("POST", "/1.0/instances/c1", """{"name":"c2"}""");
        var file = Read(lab, "c2");
        Assert.Equal((2u, "c2", 0), (file.Version, file.Instance!.Name, file.Snapshots.Count));
    }

    /// <summary>The daemon died while it wrote: the next start removes the half, which a snapshot or an export would take along.</summary>
    [Fact]
    public async Task HalfAFileIsRemovedAtTheStart()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        var half = Path.Combine(lab.Daemon.Directory, "volumes", "c1", ".backup.yaml");
        await File.WriteAllTextAsync(half, "instance: {");
        await lab.Daemon.Daemon.Instances.Service.FinishAllAsync(default);
        Assert.False(File.Exists(half));
        Assert.Equal("c1", Read(lab, "c1").Instance!.Name);
    }

    private static BackupConfig Read(InstanceLab lab, string name) => Yaml.To<BackupConfig>(File.ReadAllText(Path.Combine(lab.Daemon.Directory, "volumes", name, "backup.yaml")));
}
