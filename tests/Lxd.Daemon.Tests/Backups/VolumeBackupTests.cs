using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Tests.Backups;

public sealed class VolumeBackupTests
{
    private const string Pool = "/1.0/storage-pools/one";
    private const string Volumes = Pool + "/volumes/custom";

    [Theory]
    [InlineData("none", 0)]
    [InlineData("gzip", 1)]
    [InlineData("squashfs", 2)]
    public async Task ABackupComesBackWithItsSnapshots(string compressor, int version)
    {
        await using var daemon = await StartAsync();
        var backup = Path.Combine(daemon.Directory, "backups", "custom", "one", "default_v", "backup0");
        await RunAsync(daemon, "POST", Volumes + "/v/backups", $$"""{"compression_algorithm":"{{compressor}}","version":{{version}}}""");
        Assert.Equal([Volumes + "/v/backups/backup0"], (await daemon.GetAsync(Volumes + "/v/backups"))!.AsArray().Select(u => (string)u!));
        Assert.False((bool)(await daemon.GetAsync(Volumes + "/v/backups/backup0"))!["volume_only"]!);
        Assert.Equal((409, "Backup \"v/backup0\" already exists"), await FailAsync(daemon, "POST", Volumes + "/v/backups", """{"name":"backup0"}"""));
        var bytes = await daemon.Http.GetByteArrayAsync(Volumes + "/v/backups/backup0/export");
        Assert.Equal(File.ReadAllBytes(backup), bytes);

        await ImportAsync(daemon, bytes, "w");
        Assert.Equal("second", File.ReadAllText(PathOf(daemon, "w")));
        Assert.Equal("first", File.ReadAllText(Path.Combine(daemon.Directory, "storage-pools", "one", "custom-snapshots", "default_w", "s0", "f")));
        var (old, made) = ((await daemon.GetAsync(Volumes + "/v"))!["config"]!, (await daemon.GetAsync(Volumes + "/w"))!["config"]!);
        Assert.Equal("b", (string)made["user.a"]!);
        Assert.NotEqual((string)old["volatile.uuid"]!, (string)made["volatile.uuid"]!);
        Assert.Equal((409, "Volume by that name already exists"), await ImportFailsAsync(daemon, bytes, "w"));

        await RunAsync(daemon, "POST", Volumes + "/v/backups/backup0", """{"name":"b"}""");
        await RunAsync(daemon, "POST", Volumes + "/v", """{"name":"u"}""");
        Assert.True(File.Exists(Path.Combine(daemon.Directory, "backups", "custom", "one", "default_u", "b")));
        await RunAsync(daemon, "DELETE", Volumes + "/u");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "backups", "custom", "one")));
    }

    [Fact]
    public async Task WhatIsMissingOrWrongIsToldInLxdsWords()
    {
        await using var daemon = await StartAsync();
        Assert.Equal((404, "Storage volume backup not found"), await FailAsync(daemon, "POST", Volumes + "/v/backups/x", """{"name":"y"}"""));
        Assert.Equal((404, "Storage volume backup not found"), await FailAsync(daemon, "DELETE", Volumes + "/none/backups/x"));
        Assert.Equal((400, "Backup names may not contain slashes"), await FailAsync(daemon, "POST", Volumes + "/v/backups", """{"name":"a/b"}"""));
        Assert.Equal((400, "Invalid compression algorithm \"bad\""), await FailAsync(daemon, "POST", Volumes + "/v/backups", """{"compression_algorithm":"bad"}"""));
        Assert.Equal((400, "Backup metadata version 3 isn't supported"), await FailAsync(daemon, "POST", Volumes + "/v/backups", """{"version":3}"""));
        Assert.Equal((400, "Unsupported compression"), await ImportFailsAsync(daemon, "no archive at all"u8.ToArray(), "w"));
        Assert.Empty(Directory.GetFiles(Path.Combine(daemon.Directory, "backups")));
    }

    [Theory]
    [InlineData("name: v\ntype: custom\n", "Backup is missing its config")]
    [InlineData("name: v\ntype: floppy\nconfig: {}\n", "Unknown backup type \"floppy\"")]
    [InlineData("name: v\ntype: custom\nconfig: {}\n", "Invalid backup config: The volume or instance is missing")]
    [InlineData("name: v\ntype: custom\nsnapshots: [../x]\nconfig:\n  volumes: [{name: v, snapshots: [{name: ../x}]}]\n", "Invalid snapshot name \"../x\"")]
    [InlineData("name: v\ntype: custom\nsnapshots: [a]\nconfig:\n  volumes: [{name: v}]\n", "Invalid backup config: The snapshots of the index are not those of its config")]
    [InlineData("name: v\ntype: custom\nconfig:\n  volumes: [null]\n", "Invalid backup config: Empty entry in \"volumes\"")]
    [InlineData("name: ../../v\ntype: custom\nconfig:\n  volumes: [{name: v}]\n", "Storage volume names may not contain slashes")]
    [InlineData("name: v\ntype: custom\nconfig:\n  volumes: [{name: v, content_type: x}]\n", "Invalid content type \"x\"")]
    [InlineData("a: &a [x, x]\nb: *a\n", "Failed parsing YAML: aliases are not supported")]
    public async Task HostileIndexesAreRefused(string index, string words)
    {
        await using var daemon = await StartAsync();
        Assert.Equal((400, words), await ImportFailsAsync(daemon, await PackAsync(PackItem.Text("backup/index.yaml", System.Text.Encoding.UTF8.GetBytes(index))), ""));
    }

    [Fact]
    public async Task ABackupWithoutItsVolumeLeavesNothingBehind()
    {
        await using var daemon = await StartAsync();
        var file = await PackAsync(PackItem.Text("backup/index.yaml", "name: w\ntype: custom\nconfig:\n  volumes: [{name: w}]\n"u8.ToArray()), PackItem.Text("backup/volumes/../../../x", "x"u8.ToArray()));
        var (_, error) = await ImportFailsAsync(daemon, file, "");
        Assert.Contains("leads outside", error, StringComparison.Ordinal);
        file = await PackAsync(PackItem.Text("backup/index.yaml", "name: w\ntype: custom\nconfig:\n  volumes: [{name: w}]\n"u8.ToArray()));
        Assert.Equal((400, "Backup is missing \"backup/volume\""), await ImportFailsAsync(daemon, file, ""));
        Assert.Equal([Volumes + "/v", Volumes + "/v/snapshots/s0"], (await daemon.GetAsync(Volumes))!.AsArray().Select(u => (string)u!));
        Assert.Equal(["default_v"], Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "storage-pools", "one", "custom")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task OldBackupsGo()
    {
        await using var daemon = await StartAsync();
        await RunAsync(daemon, "POST", Volumes + "/v/backups", """{"name":"old","expires_at":"2023-07-17T00:00:00Z"}""");
        await RunAsync(daemon, "POST", Volumes + "/v/backups", """{"name":"kept"}""");
        await daemon.Daemon.VolumeBackups.ExpireAsync(CancellationToken.None);
        Assert.Equal([Volumes + "/v/backups/kept"], (await daemon.GetAsync(Volumes + "/v/backups"))!.AsArray().Select(u => (string)u!));
    }

    private static string PathOf(TestDaemon daemon, string volume) => Path.Combine(daemon.Directory, "storage-pools", "one", "custom", "default_" + volume, "f");

    private static async Task<TestDaemon> StartAsync()
    {
        var daemon = await TestDaemon.StartAsync();
        await RunAsync(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await RunAsync(daemon, "POST", Volumes, """{"name":"v","config":{"user.a":"b"}}""");
        await File.WriteAllTextAsync(PathOf(daemon, "v"), "first");
        await RunAsync(daemon, "POST", Volumes + "/v/snapshots", """{"name":"s0"}""");
        await File.WriteAllTextAsync(PathOf(daemon, "v"), "second");
        return daemon;
    }

    private static async Task<byte[]> PackAsync(params PackItem[] items)
    {
        using var result = new MemoryStream();
        await Packer.PackAsync(result, "none", items, null, CancellationToken.None);
        return result.ToArray();
    }

    private static async Task<JsonNode> SendAsync(TestDaemon daemon, byte[] backup, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Volumes) { Content = new ByteArrayContent(backup) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.Add("X-LXD-name", name);
        using var response = await daemon.Http.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static async Task ImportAsync(TestDaemon daemon, byte[] backup, string name)
    {
        var answer = await SendAsync(daemon, backup, name);
        Assert.Equal("async", (string)answer["type"]!);
        Assert.Equal("", (string)(await daemon.GetAsync((string)answer["operation"]! + "/wait"))!["err"]!);
    }

    private static async Task<(int Status, string Error)> ImportFailsAsync(TestDaemon daemon, byte[] backup, string name) => await ErrorAsync(daemon, await SendAsync(daemon, backup, name));

    private static async Task RunAsync(TestDaemon daemon, string method, string path, string? json = null) => Assert.Equal("", (string)(await daemon.RunAsync(method, path, json))["err"]!);

    private static async Task<(int Status, string Error)> FailAsync(TestDaemon daemon, string method, string path, string? json = null) => await ErrorAsync(daemon, (await daemon.SendAsync(method, path, json)).Body!);

    private static async Task<(int Status, string Error)> ErrorAsync(TestDaemon daemon, JsonNode answer)
    {
        if ((string)answer["type"]! == "error")
        {
            return ((int)answer["error_code"]!, (string)answer["error"]!);
        }

        var operation = (await daemon.GetAsync((string)answer["operation"]! + "/wait"))!;
        return ((int)operation["err_code"]!, (string)operation["err"]!);
    }
}
