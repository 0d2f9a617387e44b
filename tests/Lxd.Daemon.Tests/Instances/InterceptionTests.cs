namespace Lxd.Daemon.Tests.Instances;

public sealed class InterceptionTests
{
    [Theory]
    [InlineData("block", "mknod", true)]
    [InlineData("allow", "mknod", false)]
    [InlineData("allow", "mount.fuse", false)]
    [InlineData("allow", "mount.allowed", true)]
    [InlineData("allow", "sched_setscheduler", true)]
    [InlineData("full", "mount.allowed", false)]
    public async Task ARestrictedProjectSaysWhichCallsAreMadeForItsContainers(string rule, string call, bool forbidden)
    {
        await using var lab = await InstanceLab.StartAsync();
        var (status, _) = await lab.Daemon.SendAsync("POST", "/1.0/projects", $$$"""{"name":"p","config":{"features.profiles":"false","restricted":"true","restricted.devices.disk":"allow","restricted.containers.interception":"{{{rule}}}"}}""");
        Assert.Equal(201, status);
        var value = call.StartsWith("mount.", StringComparison.Ordinal) ? "ext4=fuse2fs" : "true";
        var body = $$$"""{"name":"c1","source":{"type":"none"},"config":{"security.syscalls.intercept.{{{call}}}":"{{{value}}}"}}""";
        if (forbidden)
        {
            Assert.Contains($"Container syscall interception \"security.syscalls.intercept.{call}\" is forbidden", (await lab.FailAsync("POST", "/1.0/instances?project=p", body)).Error);
        }
        else
        {
            await lab.DoAsync("POST", "/1.0/instances?project=p", body);
        }
    }
}
