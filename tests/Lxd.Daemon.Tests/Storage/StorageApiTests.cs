using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Storage;

public sealed class StorageApiTests
{
    private const string Pool = "/1.0/storage-pools/one";

    [Fact]
    public async Task APoolAndItsVolumesFromBirthToDeath()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await Run(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        Assert.Equal(409, (await daemon.SendAsync("POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""")).Status);
        await Run(daemon, "POST", Pool + "/volumes/custom", """{"name":"v","config":{"user.a":"b"}}""");
        var file = Path.Combine(daemon.Directory, "storage-pools", "one", "custom", "default_v", "f");
        await File.WriteAllTextAsync(file, "first");
        await Run(daemon, "POST", Pool + "/volumes/custom/v/snapshots", "{}");
        await File.WriteAllTextAsync(file, "second");
        await Run(daemon, "PUT", Pool + "/volumes/custom/v", """{"restore":"snap0"}""");
        Assert.Equal("first", await File.ReadAllTextAsync(file));
        await Run(daemon, "POST", Pool + "/volumes/custom", """{"name":"w","source":{"type":"copy","name":"v"}}""");
        await Run(daemon, "POST", Pool + "/volumes/custom/w", """{"name":"x"}""");
        var (_, list) = await daemon.SendAsync("GET", Pool + "/volumes/custom");
        Assert.Equal(["v", "v/snapshots/snap0", "x", "x/snapshots/snap0"], list!["metadata"]!.AsArray().Select(u => u!.GetValue<string>()[(Pool + "/volumes/custom/").Length..]));
        var (_, pool) = await daemon.SendAsync("GET", Pool);
        Assert.Equal([.. list["metadata"]!.AsArray().Select(u => u!.ToString())], pool!["metadata"]!["used_by"]!.AsArray().Select(u => u!.ToString()));
        Assert.Equal(400, (await daemon.SendAsync("DELETE", Pool)).Status);
        await Run(daemon, "DELETE", Pool + "/volumes/custom/v");
        await Run(daemon, "DELETE", Pool + "/volumes/custom/x");
        await Run(daemon, "DELETE", Pool);
        Assert.Equal(404, (await daemon.SendAsync("GET", Pool)).Status);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "storage-pools")));
    }

    [Theory]
    [InlineData("""{"name":"","driver":"dir"}""", "No name provided")]
    [InlineData("""{"name":"x","driver":"floppy"}""", "Unknown storage driver \"floppy\"")]
    [InlineData("""{"name":"x","driver":"dir","config":{"colour":"red"}}""", "Invalid option for storage pool: colour")]
    public async Task BadPoolsAreRefused(string body, string words)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, answer) = await daemon.SendAsync("POST", "/1.0/storage-pools", body);
        Assert.Equal(400, status);
        Assert.Equal(words, answer!["error"]!.GetValue<string>());
    }

    /// <summary>Clients from before volumes had operations take an answer for the end: they get what their servers said.</summary>
    [Theory]
    [InlineData("LXD 5.0.2 (Linux; x86_64)", 200)]
    [InlineData("LXD 6.9 (Linux; x86_64)", 202)]
    public async Task OlderClientsAreAnsweredWhenItIsDone(string agent, int status)
    {
        await using var daemon = await TestDaemon.StartAsync();
        await Run(daemon, "POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
        await AskAsync("POST", "", """{"name":"v"}""");
        await AskAsync("PATCH", "/v", """{"config":{"user.a":"b"}}""");
        await AskAsync("POST", "/v", """{"name":"w"}""");
        await AskAsync("DELETE", "/w", null);

        async Task AskAsync(string method, string volume, string? body)
        {
            var (got, answer) = await daemon.SendAsync(method, Pool + "/volumes/custom" + volume, body, ("User-Agent", agent));
            Assert.True(got == status, $"{answer}");
            if (status == 202)
            {
                await daemon.SendAsync("GET", answer!["operation"]!.GetValue<string>() + "/wait");
            }
        }
    }

    private static async Task Run(TestDaemon daemon, string method, string path, string? body = null)
    {
        var (status, answer) = await daemon.SendAsync(method, path, body);
        Assert.True(status == 202, $"{method} {path}: {answer}");
        var (_, done) = await daemon.SendAsync("GET", answer!["operation"]!.GetValue<string>() + "/wait");
        Assert.Equal("", ((JsonObject)done!["metadata"]!)["err"]!.GetValue<string>());
    }
}
