using System.Text.Json.Nodes;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Tests.Instances;

namespace Lxd.Daemon.Tests.Backups;

public sealed class RecoverTests
{
    [Fact]
    public async Task WhatTheDatabaseForgotIsBroughtBack()
    {
        await using var daemon = await StartAsync();
        Assert.Empty((await ValidateAsync(daemon))["UnknownVolumes"]!.AsArray());
        var (instance, volume) = ((await daemon.GetAsync("/1.0/instances/c1"))!, (await daemon.GetAsync("/1.0/storage-pools/one/volumes/custom/v"))!);
        await SqlAsync(daemon, "DELETE FROM instances; DELETE FROM storage_volumes");
        Assert.Equal(["c1", "v"], (await ValidateAsync(daemon))["UnknownVolumes"]!.AsArray().Select(u => (string)u!["Name"]!).Order());
        var (status, body) = await daemon.SendAsync("POST", "/internal/recover/import", "{}");
        Assert.True(status == 200, body?["error"]?.ToString());
        var back = (await daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Equal(instance["config"]!.ToJsonString(), back["config"]!.ToJsonString());
        Assert.Equal(instance["created_at"]!.ToJsonString(), back["created_at"]!.ToJsonString());
        Assert.Equal("s0", (string)(await daemon.GetAsync("/1.0/instances/c1/snapshots?recursion=1"))![0]!["name"]!);
        Assert.Equal(volume["config"]!.ToJsonString(), (await daemon.GetAsync("/1.0/storage-pools/one/volumes/custom/v"))!["config"]!.ToJsonString());
        Assert.Empty((await ValidateAsync(daemon))["UnknownVolumes"]!.AsArray());
    }

    [Fact]
    public async Task WhatIsMissingForItIsNamed()
    {
        await using var daemon = await StartAsync();
        await SqlAsync(daemon, "DELETE FROM instances; DELETE FROM storage_volumes; DELETE FROM profiles");
        Assert.Equal(["Profile \"default\" in project \"default\""], (await ValidateAsync(daemon))["DependencyErrors"]!.AsArray().Select(e => (string)e!));
        var (status, body) = await daemon.SendAsync("POST", "/internal/recover/import", "{}");
        Assert.Equal((400, "Missing: Profile \"default\" in project \"default\""), (status, (string)body!["error"]!));
    }

    private static async Task<JsonNode> ValidateAsync(TestDaemon daemon)
    {
        var (status, body) = await daemon.SendAsync("POST", "/internal/recover/validate", "{}");
        Assert.True(status == 200, body?["error"]?.ToString());
        return body!["metadata"]!;
    }

    private static async Task SqlAsync(TestDaemon daemon, string statements)
    {
        foreach (var statement in statements.Split(';'))
        {
            await daemon.Daemon.Databases.Global.WriteAsync(async tx => { await tx.ExecAsync(statement); }, CancellationToken.None);
        }
    }

    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync(instances: c => new InstanceNeeds(new FakeDriver(), InstancesDomain.Real(c).Volumes, new FakeNetworks(), new FakeImages(), new FakeTemplates(), new FakeAddresses()));
        await RunAsync(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await daemon.SendAsync("PUT", "/1.0/profiles/default", """{"devices":{"root":{"type":"disk","path":"/","pool":"one"}}}""");
        await RunAsync(daemon, "POST", "/1.0/storage-pools/one/volumes/custom", """{"name":"v","config":{"user.a":"b"}}""");
        await RunAsync(daemon, "POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"},"config":{"user.a":"x"},"devices":{"d":{"type":"disk","path":"/mnt","pool":"one","source":"v"}}}""");
        await RunAsync(daemon, "POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        return daemon;
    }

    private static async Task RunAsync(TestDaemon daemon, string method, string path, string? json = null) => Assert.Equal("", (string)(await daemon.RunAsync(method, path, json))["err"]!);
}
