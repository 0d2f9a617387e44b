using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Tests.Instances;

namespace Lxd.Daemon.Tests.Backups;

/// <summary>Instances on volumes of a real pool.</summary>
public sealed class InstanceBackupTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnInstanceComesBackAsItWas(int version)
    {
        await using var daemon = await StartAsync();
        var before = (await daemon.GetAsync("/1.0/instances/c1"))!;
        await RunAsync(daemon, "POST", "/1.0/instances/c1/backups", $$"""{"name":"b","version":{{version}}}""");
        Assert.Equal("b", (string)(await daemon.GetAsync("/1.0/instances?recursion=2"))![0]!["backups"]![0]!["name"]!);
        var backup = await daemon.Http.GetByteArrayAsync("/1.0/instances/c1/backups/b/export");
        await ImportAsync(daemon, backup, ("X-LXD-name", "c2"));
        Assert.NotEqual((string)before["config"]!["volatile.uuid"]!, (string)(await daemon.GetAsync("/1.0/instances/c2"))!["config"]!["volatile.uuid"]!);
        await RunAsync(daemon, "DELETE", "/1.0/instances/c2");
        await RunAsync(daemon, "DELETE", "/1.0/instances/c1");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "backups", "instances")));

        await ImportAsync(daemon, backup);
        var after = (await daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Equal((string)before["config"]!["volatile.uuid"]!, (string)after["config"]!["volatile.uuid"]!);
        Assert.Equal((string)before["created_at"]!, (string)after["created_at"]!);
        Assert.Equal("x", (string)after["config"]!["user.a"]!);
        Assert.Equal("s0", (string)(await daemon.GetAsync("/1.0/instances/c1/snapshots?recursion=1"))![0]!["name"]!);
        Assert.Equal("old", File.ReadAllText(Path.Combine(daemon.Directory, "storage-pools", "one", "containers-snapshots", "c1", "s0", "rootfs", "f")));
        Assert.Equal("new", File.ReadAllText(Path.Combine(daemon.Directory, "storage-pools", "one", "containers", "c1", "rootfs", "f")));
        Assert.Equal("Instance \"c1\" already exists", await ImportFailsAsync(daemon, backup));
    }

    [Fact]
    public async Task PoolAndDevicesMayBeOthers()
    {
        await using var daemon = await StartAsync();
        await RunAsync(daemon, "POST", "/1.0/storage-pools", """{"name":"two","driver":"dir"}""");
        await RunAsync(daemon, "POST", "/1.0/instances/c1/backups", """{"name":"b","instance_only":true}""");
        var backup = await daemon.Http.GetByteArrayAsync("/1.0/instances/c1/backups/b/export");
        await ImportAsync(daemon, backup, ("X-LXD-name", "c2"), ("X-LXD-pool", "two"), ("X-LXD-devices", "root=size%3D1GiB"));
        var devices = (await daemon.GetAsync("/1.0/instances/c2"))!["devices"]!;
        Assert.Equal(("two", "1GiB"), ((string)devices["root"]!["pool"]!, (string)devices["root"]!["size"]!));
        Assert.Empty((await daemon.GetAsync("/1.0/instances/c2/snapshots"))!.AsArray());
        Assert.Equal("Storage pool not found", await ImportFailsAsync(daemon, backup, ("X-LXD-name", "c3"), ("X-LXD-pool", "three")));
        Assert.Equal("Invalid instance name: Name can only contain alphanumeric and hyphen characters", await ImportFailsAsync(daemon, backup, ("X-LXD-name", "c/3")));
        Assert.Equal(["/1.0/instances/c1", "/1.0/instances/c2"], (await daemon.GetAsync("/1.0/instances"))!.AsArray().Select(u => (string)u!));
    }

    [Fact]
    public async Task BackupsFollowTheNameOfTheirInstance()
    {
        await using var daemon = await StartAsync();
        var made = (await daemon.SendAsync("POST", "/1.0/instances/c1/backups", "{}")).Body!;
        Assert.Equal("/1.0/instances/c1/backups/backup0", (string)made["metadata"]!["metadata"]!["entity_url"]!);
        Assert.Equal("Success", (string)(await daemon.GetAsync((string)made["operation"]! + "/wait"))!["status"]!);
        await RunAsync(daemon, "POST", "/1.0/instances/c1", """{"name":"c2"}""");
        Assert.Equal("/1.0/instances/c2/backups/backup0", (string)(await daemon.GetAsync("/1.0/instances/c2/backups"))![0]!);
        Assert.NotEmpty(await daemon.Http.GetByteArrayAsync("/1.0/instances/c2/backups/backup0/export"));
        var (status, body) = await daemon.SendAsync("POST", "/1.0/instances/c1/backups/backup0", """{"name":"x"}""");
        Assert.Equal((404, "Instance backup not found"), (status, (string)body!["error"]!));
        await RunAsync(daemon, "DELETE", "/1.0/instances/c2/backups/backup0");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "backups", "instances")));
    }

    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync(instances: c => new InstanceNeeds(new FakeDriver(), InstancesDomain.Real(c).Volumes, new FakeNetworks(), new FakeImages(), new FakeTemplates(), new FakeAddresses()));
        await RunAsync(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await daemon.SendAsync("PUT", "/1.0/profiles/default", """{"devices":{"root":{"type":"disk","path":"/","pool":"one"}}}""");
        await RunAsync(daemon, "POST", "/1.0/instances", """{"name":"c1","source":{"type":"none"},"config":{"user.a":"x"}}""");
        var file = Path.Combine(daemon.Directory, "storage-pools", "one", "containers", "c1", "rootfs", "f");
        await File.WriteAllTextAsync(file, "old");
        await RunAsync(daemon, "POST", "/1.0/instances/c1/snapshots", """{"name":"s0"}""");
        await File.WriteAllTextAsync(file, "new");
        return daemon;
    }

    private static async Task<JsonNode> SendAsync(TestDaemon daemon, byte[] backup, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/1.0/instances") { Content = new ByteArrayContent(backup) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await daemon.Http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (string)answer["type"]! == "error" ? answer : (await daemon.GetAsync((string)answer["operation"]! + "/wait"))!;
    }

    private static async Task ImportAsync(TestDaemon daemon, byte[] backup, params (string Name, string Value)[] headers) => Assert.Equal("", (string?)(await SendAsync(daemon, backup, headers))["err"]);

    private static async Task<string> ImportFailsAsync(TestDaemon daemon, byte[] backup, params (string Name, string Value)[] headers)
    {
        var answer = await SendAsync(daemon, backup, headers);
        return (string?)answer["error"] ?? (string)answer["err"]!;
    }

    private static async Task RunAsync(TestDaemon daemon, string method, string path, string? json = null) => Assert.Equal("", (string)(await daemon.RunAsync(method, path, json))["err"]!);
}
