using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Images;

namespace Lxd.Daemon.Tests.Images;

/// <summary>Images of an LXD server that lies, dies, stalls or never ends: a clear error, and nothing of the image is kept.</summary>
public sealed class LxdOriginTests : IAsyncDisposable
{
    private readonly HostileServer _server = new();
    private readonly ImageFolder _folder = new(Directory.CreateTempSubdirectory("lxdimages").FullName);
    private readonly byte[] _body = RandomNumberGenerator.GetBytes(300_000);
    private readonly string _fingerprint;

    public LxdOriginTests()
    {
        _fingerprint = StreamTree.Hash(_body);
        _server.Serve("/1.0/images/" + _fingerprint, new JsonObject { ["type"] = "sync", ["status_code"] = 200, ["metadata"] = new JsonObject { ["fingerprint"] = _fingerprint, ["size"] = _body.Length, ["public"] = true, ["architecture"] = "x86_64", ["type"] = "container" } }.ToJsonString());
        _server.Serve(Export, _body);
    }

    private string Export => $"/1.0/images/{_fingerprint}/export";

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder.Directory, true);
    }

    [Fact]
    public async Task AnHonestServersImageArrives()
    {
        using var image = await FetchAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(_fingerprint, image.Fingerprint);
    }

    [Theory]
    [InlineData("endless", "more than the 300000 bytes it announced")]
    [InlineData("dying", "Failed fetching the image")]
    [InlineData("stalled", "the server stopped sending")]
    [InlineData("silent", "the server stopped sending")]
    [InlineData("missing", "Failed fetching the image")]
    [InlineData("parts", "Invalid multipart image")]
    [InlineData("half a part", "Invalid multipart image")]
    public async Task AHostileServerIsToldAndNothingIsKept(string how, string words)
    {
        const string Parts = "Content-Type: multipart/form-data; boundary=x\r\n";
        var half = "--x\r\nContent-Disposition: form-data; name=\"metadata\"; filename=\"m\"\r\n\r\nhalf"u8.ToArray();
        _server.Paths[Export] = how switch
        {
            "endless" => async asked =>
            {
                await asked.HeadAsync("200 OK", null);
                while (true)
                {
                    await asked.Connection.WriteAsync(_body, asked.Stop);
                }
            },
            "dying" => async asked =>
            {
                await asked.HeadAsync("200 OK", _body.Length);
                await asked.Connection.WriteAsync(_body.AsMemory(0, 1000), asked.Stop);
            },
            "stalled" => async asked =>
            {
                await asked.HeadAsync("200 OK", _body.Length);
                await asked.Connection.WriteAsync(_body.AsMemory(0, 1000), asked.Stop);
                await Task.Delay(-1, asked.Stop);
            },
            "silent" => asked => Task.Delay(-1, asked.Stop),
            "missing" => asked => asked.HeadAsync("404 Not Found", 0),
            "parts" => async asked =>
            {
                await asked.HeadAsync("200 OK", 6, Parts);
                await asked.Connection.WriteAsync("--y--\n"u8.ToArray(), asked.Stop);
            },
            _ => async asked =>
            {
                await asked.HeadAsync("200 OK", half.Length, Parts);
                await asked.Connection.WriteAsync(half, asked.Stop);
            },
        };
        var error = await Assert.ThrowsAsync<ApiException>(() => FetchAsync(how is "stalled" or "silent" ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1)));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Directory));
    }

    [Fact]
    public async Task AnotherImageThanTheOneThatWasDescribedIsNotTaken()
    {
        await using var daemon = await TestDaemon.StartAsync();
        _server.Serve(Export, await ImageFile.MakeAsync("another"));
        var source = new JsonObject { ["type"] = "image", ["mode"] = "pull", ["protocol"] = "lxd", ["server"] = _server.Url, ["certificate"] = _server.CertificatePem, ["fingerprint"] = _fingerprint };
        var operation = await daemon.RunAsync("POST", "/1.0/images", new JsonObject { ["source"] = source }.ToJsonString());
        Assert.Contains("fingerprint doesn't match", (string)operation["err"]!, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(daemon.Directory, "images")));
        Assert.Empty((await daemon.GetAsync("/1.0/images"))!.AsArray());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"metadata\":{\"fingerprint\":\"../../x\"}}")]
    [InlineData("{\"metadata\":{\"fingerprint\":7}}")]
    [InlineData("{\"metadata\":null}")]
    public async Task ADescriptionThatMakesNoSenseIsNoImage(string body)
    {
        await using var daemon = await TestDaemon.StartAsync();
        _server.Serve("/1.0/images/" + _fingerprint, body);
        var source = new JsonObject { ["type"] = "image", ["mode"] = "pull", ["server"] = _server.Url, ["certificate"] = _server.CertificatePem, ["fingerprint"] = _fingerprint };
        var operation = await daemon.RunAsync("POST", "/1.0/images", new JsonObject { ["source"] = source }.ToJsonString());
        Assert.InRange((int)operation["err_code"]!, 400, 499);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(daemon.Directory, "images")));
    }

    private async Task<ReceivedImage> FetchAsync(TimeSpan stall)
    {
        var origin = new LxdOrigin(_server.Client(), _server.Url, "", "", DownloadPatience.Default with { Stall = stall });
        var offer = await origin.FindAsync("", _fingerprint, default);
        return await offer!.Fetch(_folder, _ => { }, default);
    }
}
