using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Storage;

/// <summary>What a daemon that died in the middle left of custom volumes is finished or undone by the next one.</summary>
public sealed class UnfinishedVolumeTests
{
    private const string Volumes = "/1.0/storage-pools/one/volumes/custom";

    [Theory]
    [InlineData("create")]
    [InlineData("delete")]
    public async Task WhatIsHalfMadeOrHalfGoneGoes(string what)
    {
        await using var daemon = await StartAsync();
        await daemon.RunAsync("POST", Volumes, """{"name":"w","source":{"type":"copy","name":"v"}}""");
        await MarkAsync(daemon, "w", what);
        await FinishAsync(daemon);
        Assert.Equal(["v", "v/snapshots/a"], await ListAsync(daemon));
        Assert.Equal(["default_v"], Folders(daemon, "custom"));
        Assert.Equal(["default_v"], Folders(daemon, "custom-snapshots"));
    }

    [Fact]
    public async Task ARecordWithoutFilesGoes()
    {
        await using var daemon = await StartAsync();
        await daemon.RunAsync("POST", Volumes, """{"name":"w"}""");
        await MarkAsync(daemon, "w", "create");
        Directory.Delete(PathOf(daemon, "custom/default_w"));
        Directory.Delete(PathOf(daemon, "custom-snapshots/default_v/a"));
        await FinishAsync(daemon);
        Assert.Equal(["v"], await ListAsync(daemon));
        await daemon.RunAsync("POST", Volumes, """{"name":"w"}""");
        Assert.Equal(["v", "w"], await ListAsync(daemon));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("snapshots")]
    [InlineData("all")]
    public async Task ARenameIsFinished(string moved)
    {
        await using var daemon = await StartAsync();
        File.WriteAllText(PathOf(daemon, "custom/default_v/f"), "kept");
        await daemon.Daemon.Databases.Global.WriteAsync(async tx => { await tx.ExecAsync("UPDATE storage_volumes SET name = 'w' WHERE name = 'v'"); }, default);
        await MarkAsync(daemon, "w", "rename v");
        if (moved is "snapshots" or "all")
        {
            Directory.Move(PathOf(daemon, "custom-snapshots/default_v"), PathOf(daemon, "custom-snapshots/default_w"));
        }

        if (moved is "all")
        {
            Directory.Move(PathOf(daemon, "custom/default_v"), PathOf(daemon, "custom/default_w"));
        }

        await FinishAsync(daemon);
        Assert.Equal(["w", "w/snapshots/a"], await ListAsync(daemon));
        Assert.Equal("kept", File.ReadAllText(PathOf(daemon, "custom/default_w/f")));
        Assert.Equal(["default_w"], Folders(daemon, "custom-snapshots"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARenameOfASnapshotIsFinished(bool moved)
    {
        await using var daemon = await StartAsync();
        await daemon.Daemon.Databases.Global.WriteAsync(async tx =>
        {
            await tx.ExecAsync("UPDATE storage_volumes_snapshots SET name = 'b'");
            await tx.ExecAsync("INSERT INTO storage_volumes_snapshots_config (storage_volume_snapshot_id, key, value) SELECT id, 'volatile.unfinished', 'rename a' FROM storage_volumes_snapshots");
        }, default);
        if (moved)
        {
            Directory.Move(PathOf(daemon, "custom-snapshots/default_v/a"), PathOf(daemon, "custom-snapshots/default_v/b"));
        }

        await FinishAsync(daemon);
        Assert.Equal(["v", "v/snapshots/b"], await ListAsync(daemon));
        Assert.True(Directory.Exists(PathOf(daemon, "custom-snapshots/default_v/b")));
        Assert.DoesNotContain("volatile.unfinished", (await daemon.GetAsync(Volumes + "/v/snapshots/b"))!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodySetsTheMarkFromOutside()
    {
        await using var daemon = await StartAsync();
        Assert.Equal("", (string)(await daemon.RunAsync("PATCH", Volumes + "/v", """{"config":{"volatile.unfinished":"delete","user.x":"y"}}"""))["err"]!);
        Assert.Equal(400, (await daemon.SendAsync("POST", Volumes, """{"name":"w","config":{"volatile.unfinished":"delete"}}""")).Status);
        await FinishAsync(daemon);
        Assert.Equal(["v", "v/snapshots/a"], await ListAsync(daemon));
    }

    /// <summary>What an earlier daemon left in a pool that comes late is finished then; what this one has begun there meanwhile is left alone.</summary>
    [Fact]
    public async Task WhatLiesInALatePoolWaitsForIt()
    {
        await using var daemon = await StartAsync();
        foreach (var name in (string[])["w", "x"])
        {
            await daemon.RunAsync("POST", Volumes, $$"""{"name":"{{name}}"}""");
        }

        await MarkAsync(daemon, "w", "create");
        daemon.Daemon.PoolDrivers.Forget("one");
        Directory.Move(PathOf(daemon, ""), daemon.Directory + "/away");
        await File.WriteAllTextAsync(Path.Combine(daemon.Directory, "storage-pools", "one"), "in the way");
        await FinishAsync(daemon);
        await daemon.Daemon.PoolMounts.MountAllAsync(default);
        Assert.Equal((503, "Storage pool \"one\" unavailable on this server"), await FailAsync());
        Assert.Contains("w", await ListAsync(daemon));

        File.Delete(Path.Combine(daemon.Directory, "storage-pools", "one"));
        Directory.Move(daemon.Directory + "/away", PathOf(daemon, ""));
        // A request comes before the daemon looks again.
        Assert.Equal("", (string)(await daemon.RunAsync("POST", Volumes, """{"name":"y"}"""))["err"]!);
        await MarkAsync(daemon, "y", "create");
        await daemon.Daemon.PoolMounts.RetryAsync(default);
        Assert.Equal(["v", "v/snapshots/a", "x", "y"], await ListAsync(daemon));
        Assert.Equal(["default_v", "default_x", "default_y"], Folders(daemon, "custom").Order());
        Assert.True(await daemon.Daemon.PoolMounts.IsReadyAsync(default));

        async Task<(int, string)> FailAsync()
        {
            var (status, body) = await daemon.SendAsync("POST", Volumes, """{"name":"z"}""");
            var failed = status == 202 ? await daemon.GetAsync((string)body!["operation"]! + "/wait") : null;
            return failed is null ? (status, (string)body!["error"]!) : ((int)failed["err_code"]!, (string)failed["err"]!);
        }
    }

    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync();
        foreach (var (path, body) in new[] { ("/1.0/storage-pools", """{"name":"one","driver":"dir"}"""), (Volumes, """{"name":"v"}"""), (Volumes + "/v/snapshots", """{"name":"a"}""") })
        {
            Assert.Equal("", (string)(await daemon.RunAsync("POST", path, body))["err"]!);
        }

        return daemon;
    }

    private static Task MarkAsync(TestDaemon daemon, string volume, string what) => daemon.Daemon.Databases.Global.WriteAsync(
        async tx => { await tx.ExecAsync("INSERT INTO storage_volumes_config (storage_volume_id, key, value) SELECT id, 'volatile.unfinished', ? FROM storage_volumes WHERE name = ?", what, volume); }, default);

    private static Task FinishAsync(TestDaemon daemon) => daemon.Daemon.Volumes.FinishAllAsync(default);

    private static async Task<List<string>> ListAsync(TestDaemon daemon) => [.. (await daemon.GetAsync(Volumes))!.AsArray().Select(u => ((string)u!)[(Volumes.Length + 1)..])];

    private static IEnumerable<string?> Folders(TestDaemon daemon, string folder) => Directory.GetDirectories(PathOf(daemon, folder)).Select(Path.GetFileName);

    private static string PathOf(TestDaemon daemon, string path) => Path.Combine(daemon.Directory, "storage-pools", "one", path);
}
