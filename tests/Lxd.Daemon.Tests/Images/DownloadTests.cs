using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Lxd.Client.SimpleStreams;
using Lxd.Core;
using Lxd.Daemon.Images;

namespace Lxd.Daemon.Tests.Images;

/// <summary>Downloads from servers that lie, die, stall or never end: a clear error, and nothing of the image is kept.</summary>
public sealed class DownloadTests : IAsyncDisposable
{
    private static readonly DownloadPatience Impatient = new(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(10), 3, 1 << 20);

    /// <summary>On a busy machine an honest server is slow too: impatient are only those who wait for one that says nothing.</summary>
    private DownloadPatience _patience = Impatient with { Stall = TimeSpan.FromMinutes(1) };
    private readonly HostileServer _server = new();
    private readonly ImageFolder _folder = new(Directory.CreateTempSubdirectory("lxdimages").FullName);
    private readonly byte[] _meta = RandomNumberGenerator.GetBytes(1000);
    private readonly byte[] _root = RandomNumberGenerator.GetBytes(300_000);

    public DownloadTests()
    {
        _server.Serve("/meta", _meta);
        _server.Serve("/root", _root);
        Offer();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder.Directory, true);
    }

    [Fact]
    public async Task AnHonestServersImageArrives()
    {
        using var image = await FetchAsync();
        Assert.Equal(Hash([.. _meta, .. _root]), image.Fingerprint);
        Assert.Equal(_root, await File.ReadAllBytesAsync(image.Root!));
    }

    [Fact]
    public async Task ABrokenConnectionIsTakenUpWhereItBroke()
    {
        _server.Paths["/root"] = async asked =>
        {
            if (asked.From > 0)
            {
                await asked.SendAsync(_root);
                return;
            }

            await asked.HeadAsync("200 OK", _root.Length);
            await asked.Connection.WriteAsync(_root.AsMemory(0, 100_000));
        };
        using var image = await FetchAsync();
        Assert.Equal(_root, await File.ReadAllBytesAsync(image.Root!));
        Assert.Contains(_server.Log, l => l.StartsWith("/root@", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AServerWithoutRangesStartsAgainAndTheImageIsRightAllTheSame()
    {
        var times = 0;
        _server.Paths["/root"] = async asked =>
        {
            await asked.HeadAsync("200 OK", _root.Length);
            await asked.Connection.WriteAsync(_root.AsMemory(0, ++times < 2 ? 123_456 : _root.Length));
        };
        using var image = await FetchAsync();
        Assert.Equal(Hash([.. _meta, .. _root]), image.Fingerprint);
    }

    [Theory]
    [InlineData("hash", "Hash mismatch")]
    [InlineData("short", "expected 300000")]
    [InlineData("endless", "more than the 300000 bytes it announced")]
    [InlineData("dying", "Failed fetching")]
    [InlineData("stalled", "the server stopped sending")]
    [InlineData("silent", "the server stopped sending")]
    [InlineData("missing", "404")]
    [InlineData("broken", "500")]
    public async Task AHostileServerIsToldAndNothingIsKept(string how, string words)
    {
        _patience = how is "stalled" or "silent" ? Impatient : _patience;
        _server.Paths["/root"] = how switch
        {
            "hash" => asked => asked.SendAsync([.. _root.Reverse()]),
            "short" => asked => asked.SendAsync(_root[..200_000]),
            "endless" => async asked =>
            {
                await asked.HeadAsync("200 OK", null);
                while (true)
                {
                    await asked.Connection.WriteAsync(_root, asked.Stop);
                }
            },
            "dying" => async asked =>
            {
                await asked.HeadAsync("200 OK", _root.Length);
                await asked.Connection.WriteAsync(_root.AsMemory(0, 10));
            },
            "stalled" => async asked =>
            {
                await asked.HeadAsync("200 OK", _root.Length);
                await asked.Connection.WriteAsync(_root.AsMemory(0, 10));
                await Task.Delay(-1, asked.Stop);
            },
            "silent" => asked => Task.Delay(-1, asked.Stop),
            "missing" => asked => asked.HeadAsync("404 Not Found", 0),
            _ => asked => asked.HeadAsync("500 Internal Server Error", 0),
        };
        var error = await Assert.ThrowsAsync<ApiException>(FetchAsync);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Directory));
    }

    [Fact]
    public async Task ACancelledDownloadLeavesNothing()
    {
        _server.Paths["/root"] = async asked =>
        {
            await asked.HeadAsync("200 OK", _root.Length);
            await Task.Delay(-1, asked.Stop);
        };
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FetchAsync(cancel.Token));
        Assert.Empty(Directory.GetFiles(_folder.Directory));
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("http://elsewhere/root")]
    [InlineData("/etc/passwd")]
    public async Task APathThatLeadsAwayIsNoImage(string path)
    {
        Offer(path);
        Assert.Null(await Origin().FindAsync(new ImageQuery("b", "container", ["x86_64"]), false, default));
    }

    [Fact]
    public async Task AnIndexWithoutEndOrSenseIsRefused()
    {
        _server.Paths["/streams/v1/index.json"] = async asked =>
        {
            await asked.HeadAsync("200 OK", null);
            while (true)
            {
                await asked.Connection.WriteAsync(_root, asked.Stop);
            }
        };
        await Assert.ThrowsAsync<ApiException>(() => Origin().FindAsync(new ImageQuery("b", "container", ["x86_64"]), false, default));
        _server.Serve("/streams/v1/index.json", "<html>");
        await Assert.ThrowsAsync<ApiException>(() => Origin().FindAsync(new ImageQuery("b", "container", ["x86_64"]), false, default));
    }

    [Fact]
    public async Task ADifferenceSparesTheDownload()
    {
        if (!Lxd.Linux.Archives.Vcdiff.IsAvailable)
        {
            return;
        }

        var old = (byte[])[.. _root, .. "the end"u8];
        var difference = await Differences.MakeAsync(old, _root);
        var basis = Hash([.. _meta, .. old]);
        await File.WriteAllBytesAsync(_folder.Meta(basis), _meta);
        await File.WriteAllBytesAsync(_folder.Root(basis), old);
        _server.Serve("/delta", difference);
        Offer(delta: (difference, basis));
        using var image = await FetchAsync();
        Assert.Equal(_root, await File.ReadAllBytesAsync(image.Root!));
        Assert.DoesNotContain("/root", _server.Log);

        // One that is broken costs a download, nothing else.
        _server.Serve("/delta", [.. difference.Reverse()]);
        using var again = await FetchAsync();
        Assert.Equal(_root, await File.ReadAllBytesAsync(again.Root!));
        Assert.Contains("/root", _server.Log);
    }

    private void Offer(string path = "root", (byte[] Content, string Base)? delta = null)
    {
        JsonObject Item(string ftype, string file, byte[] content) => new() { ["ftype"] = ftype, ["path"] = file, ["sha256"] = Hash(content), ["size"] = content.Length };
        var meta = Item("lxd.tar.xz", "meta", _meta);
        meta["combined_squashfs_sha256"] = Hash([.. _meta, .. _root]);
        var items = new JsonObject { ["m"] = meta, ["r"] = Item("squashfs", path, _root) };
        var versions = new JsonObject { ["20260202"] = new JsonObject { ["items"] = items } };
        if (delta is { } d)
        {
            var difference = Item("squashfs.vcdiff", "delta", d.Content);
            difference["delta_base"] = "20260101";
            items["d"] = difference;
            var old = Item("lxd.tar.xz", "old-meta", _meta);
            old["combined_squashfs_sha256"] = d.Base;
            versions["20260101"] = new JsonObject { ["items"] = new JsonObject { ["m"] = old, ["r"] = Item("squashfs", "old-root", _root) } };
        }

        _server.Serve("/streams/v1/index.json", """{"index":{"i":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""");
        _server.Serve("/streams/v1/images.json", new JsonObject { ["products"] = new JsonObject { ["b"] = new JsonObject { ["aliases"] = "b", ["arch"] = "amd64", ["versions"] = versions } } }.ToJsonString());
    }

    private StreamOrigin Origin() => new(new SimpleStreamsClient(_server.Client(), _server.Url), _server.Client(), _patience);

    private Task<ReceivedImage> FetchAsync() => FetchAsync(default);

    private async Task<ReceivedImage> FetchAsync(CancellationToken ct)
    {
        var offer = await Origin().FindAsync(new ImageQuery("b", "container", ["x86_64"]), false, default);
        return await offer!.Fetch(_folder, _ => { }, ct);
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
