using System.Text;
using Lxd.Daemon.Storage.DaemonFiles;
using Lxd.Daemon.Tests.Images;

namespace Lxd.Daemon.Tests.Storage;

public sealed class DaemonVolumeTests
{
    private const string Volumes = "/1.0/storage-pools/one/volumes/custom";

    [Fact]
    public async Task ImagesAndBackupsMoveToAVolumeAndBack()
    {
        await using var daemon = await StartAsync();
        var bytes = await ImageFile.MakeAsync("one");
        var fingerprint = await ImageFile.UploadAsync(daemon, bytes);
        await RunAsync(daemon, "POST", Volumes, """{"name":"data"}""");
        await RunAsync(daemon, "POST", Volumes + "/data/backups", """{"name":"b"}""");

        await SetAsync(daemon, ("storage.images_volume", "one/v"), ("storage.backups_volume", "one/v"));
        Assert.False(Directory.Exists(Path.Combine(daemon.Directory, "images")));
        Assert.False(Directory.Exists(Path.Combine(daemon.Directory, "backups")));
        Assert.Equal([fingerprint], Names(PathOf(daemon, "v", "images")));
        Assert.True(File.Exists(PathOf(daemon, "v", "backups/custom/one/default_data/b")));
        Assert.Equal(bytes, await daemon.Http.GetByteArrayAsync($"/1.0/images/{fingerprint}/export"));
        Assert.NotEmpty(await daemon.Http.GetByteArrayAsync(Volumes + "/data/backups/b/export"));
        var second = await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("two"));
        await RunAsync(daemon, "POST", Volumes + "/data/backups", """{"name":"c"}""");

        Assert.Equal("The storage volume is still in use", (await FailAsync(daemon, "DELETE", Volumes + "/v")).Error);
        Assert.Equal("Volume is used by LXD itself and cannot be renamed", (await FailAsync(daemon, "POST", Volumes + "/v", """{"name":"w"}""")).Error);
        Assert.Equal("Volumes used by LXD itself cannot have snapshots", (await FailAsync(daemon, "POST", Volumes + "/v/snapshots", """{"name":"s"}""")).Error);

        await SetAsync(daemon, ("storage.images_volume", ""), ("storage.backups_volume", ""));
        Assert.Equal(((string[])[fingerprint, second]).Order(), Names(Path.Combine(daemon.Directory, "images")));
        Assert.Equal(["b", "c"], Names(Path.Combine(daemon.Directory, "backups/custom/one/default_data")));
        await RunAsync(daemon, "DELETE", Volumes + "/v");
    }

    [Theory]
    [InlineData("nothing", "Failed validation of \"storage.images_volume\": Invalid syntax for volume, must be <pool>/<volume>")]
    [InlineData("none/v", "Failed validation of \"storage.images_volume\": Storage pool not found")]
    [InlineData("one/none", "Failed validation of \"storage.images_volume\": Storage volume not found")]
    [InlineData("one/snapped", "Failed validation of \"storage.images_volume\": Storage volumes for use by LXD itself cannot have snapshots")]
    public async Task WhatCannotBeTheDaemonsVolumeIsTold(string volume, string words)
    {
        await using var daemon = await StartAsync();
        await RunAsync(daemon, "POST", Volumes, """{"name":"snapped"}""");
        await RunAsync(daemon, "POST", Volumes + "/snapped/snapshots", """{"name":"s"}""");
        var fingerprint = await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("one"));
        Assert.Equal((400, words), await FailAsync(daemon, "PATCH", "/1.0", $$$"""{"config":{"storage.images_volume":"{{{volume}}}","storage.backups_volume":"one/v"}}"""));
        Assert.Equal([fingerprint], Names(Path.Combine(daemon.Directory, "images")));
        Assert.Empty(Names(PathOf(daemon, "v", "")));
        await RunAsync(daemon, "DELETE", Volumes + "/v");
    }

    [Fact]
    public async Task AProjectHasAVolumeOfItsOwn()
    {
        await using var daemon = await StartAsync();
        Assert.Equal("Failed validation of \"storage.project.p.images_volume\": Project not found", (await FailAsync(daemon, "PATCH", "/1.0", """{"config":{"storage.project.p.images_volume":"one/v"}}""")).Error);
        await RunAsync(daemon, "POST", "/1.0/projects", """{"name":"p"}""");
        await SetAsync(daemon, ("storage.project.p.images_volume", "one/v"));
        Assert.Equal(400, (await FailAsync(daemon, "PATCH", "/1.0/projects/p", """{"config":{"features.images":"false"}}""")).Status);

        var bytes = await ImageFile.MakeAsync("one");
        var fingerprint = await ImageFile.UploadAsync(daemon, bytes, "?project=p");
        Assert.Equal([fingerprint], Names(PathOf(daemon, "v", "images")));
        Assert.Empty(Names(Path.Combine(daemon.Directory, "images")));
        Assert.Equal(400, (await FailAsync(daemon, "PATCH", "/1.0", """{"config":{"storage.project.p.images_volume":""}}""")).Status);
        Assert.Equal(400, (await FailAsync(daemon, "PATCH", "/1.0", """{"config":{"storage.images_volume":"one/v"}}""")).Status);

        // The same image elsewhere is another file, made of the one that is here.
        await RunAsync(daemon, "POST", "/1.0/images", $$$"""{"source":{"type":"image","fingerprint":"{{{fingerprint}}}","project":"p"}}""");
        Assert.Equal([fingerprint], Names(Path.Combine(daemon.Directory, "images")));
        await RunAsync(daemon, "DELETE", $"/1.0/images/{fingerprint}");
        Assert.Equal(bytes, await daemon.Http.GetByteArrayAsync($"/1.0/images/{fingerprint}/export?project=p"));

        await RunAsync(daemon, "DELETE", $"/1.0/images/{fingerprint}?project=p");
        Assert.Empty(Names(PathOf(daemon, "v", "images")));
        await RunAsync(daemon, "POST", "/1.0/projects/p", """{"name":"q"}""");
        Assert.Equal("one/v", (string?)(await daemon.GetAsync("/1.0"))!["config"]!["storage.project.q.images_volume"]);
        await RunAsync(daemon, "DELETE", "/1.0/projects/q");
        Assert.Null((await daemon.GetAsync("/1.0"))!["config"]!["storage.project.q.images_volume"]);
        await RunAsync(daemon, "DELETE", Volumes + "/v");
    }

    [Fact]
    public async Task AMoveThatWasCutShortIsEndedByTheNextOne()
    {
        var (from, to) = (Directory.CreateTempSubdirectory("lxdfrom").FullName, Directory.CreateTempSubdirectory("lxdto").FullName);
        try
        {
            Directory.CreateDirectory(Path.Combine(from, "instances", "c1"));
            await File.WriteAllTextAsync(Path.Combine(from, "instances", "c1", "kept"), "kept");
            await File.WriteAllTextAsync(Path.Combine(from, "instances", "c1", "goes"), "goes");
            await File.WriteAllTextAsync(Path.Combine(from, "lxd_partial_x"), "half");
            var move = new FolderMove(from, to);
            await move.CopyAsync(default);
            Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(to, "instances", "c1", "kept")));
            await File.WriteAllTextAsync(Path.Combine(from, "late"), "late");
            File.Delete(Path.Combine(from, "instances", "c1", "goes"));
            await move.FinishAsync(default);
            Assert.Equal(["lxd_partial_x"], Names(from));
            Assert.Equal(["instances", "late"], Names(to));
            Assert.Equal(["kept"], Names(Path.Combine(to, "instances", "c1")));

            // After a crash nothing is known of what was copied.
            await File.WriteAllTextAsync(Path.Combine(from, "late"), "older");
            await new FolderMove(from, to).FinishAsync(default);
            Assert.Equal("late", await File.ReadAllTextAsync(Path.Combine(to, "late")));

            await File.WriteAllTextAsync(Path.Combine(from, "back"), "x");
            var refused = new FolderMove(from, Path.Combine(to, "other"));
            await refused.CopyAsync(default);
            refused.Undo();
            Assert.False(Directory.Exists(Path.Combine(to, "other")));
            Assert.True(File.Exists(Path.Combine(from, "back")));
        }
        finally
        {
            Directory.Delete(from, true);
            Directory.Delete(to, true);
        }
    }

    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync();
        await RunAsync(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await RunAsync(daemon, "POST", Volumes, """{"name":"v"}""");
        return daemon;
    }

    private static IEnumerable<string?> Names(string directory) => Directory.GetFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static string PathOf(TestDaemon daemon, string volume, string path) => Path.Combine(daemon.Directory, "storage-pools", "one", "custom", "default_" + volume, path);

    private static Task SetAsync(TestDaemon daemon, params (string Key, string Value)[] values) =>
        RunAsync(daemon, "PATCH", "/1.0", new StringBuilder("{\"config\":{").AppendJoin(',', values.Select(v => $"\"{v.Key}\":\"{v.Value}\"")).Append("}}").ToString());

    /// <summary>Sends a request that must succeed, whether it is answered at once or by an operation.</summary>
    private static async Task RunAsync(TestDaemon daemon, string method, string path, string? json = null)
    {
        var (status, body) = await daemon.SendAsync(method, path, json);
        Assert.True(status < 300, $"{method} {path}: {(string?)body?["error"]}");
        if (status == 202)
        {
            Assert.Equal("", (string)(await daemon.GetAsync((string)body!["operation"]! + "/wait"))!["err"]!);
        }
    }

    private static async Task<(int Status, string Error)> FailAsync(TestDaemon daemon, string method, string path, string? json = null)
    {
        var (status, body) = await daemon.SendAsync(method, path, json);
        if (status != 202)
        {
            return (status, (string)body!["error"]!);
        }

        var operation = (await daemon.GetAsync((string)body!["operation"]! + "/wait"))!;
        return ((int)operation["err_code"]!, (string)operation["err"]!);
    }
}
