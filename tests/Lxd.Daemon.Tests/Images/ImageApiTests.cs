using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Linux.Archives;

namespace Lxd.Daemon.Tests.Images;

public sealed class ImageApiTests
{
    [Fact]
    public async Task AnUploadBecomesAnImageUnderItsHash()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var bytes = await ImageAsync("one");
        var fingerprint = await UploadAsync(daemon, bytes, ("X-LXD-properties", "os=B&name=a+b"), ("X-LXD-filename", "x/y.tar"), ("X-LXD-aliases", "alias=one&alias=uno"));
        Assert.Equal(Hash(bytes), fingerprint);
        var image = await daemon.GetAsync($"/1.0/images/{fingerprint[..12]}");
        Assert.Equal("a b", (string)image!["properties"]!["name"]!);
        Assert.Equal("from metadata", (string)image["properties"]!["origin"]!);
        Assert.Equal("y.tar", (string)image["filename"]!);
        Assert.Equal(["one", "uno"], image["aliases"]!.AsArray().Select(a => (string)a!["name"]!));
        Assert.Equal(["default"], image["profiles"]!.AsArray().Select(p => (string)p!));
        Assert.Equal(bytes, await daemon.Http.GetByteArrayAsync($"/1.0/images/{fingerprint}/export"));
        Assert.Equal(409, (await SendImageAsync(daemon, bytes)).Status);
        Assert.Equal(200, (int)(await daemon.RunAsync("DELETE", $"/1.0/images/{fingerprint}"))["status_code"]!);
        Assert.Empty(Directory.GetFiles(Path.Combine(daemon.Directory, "images")));
    }

    [Fact]
    public async Task ASplitImagesHashIsThatOfBothFiles()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (meta, root) = (await ImageAsync("meta"), "the disk"u8.ToArray());
        using var content = new MultipartFormDataContent { { new ByteArrayContent(meta), "metadata", "m.tar" }, { new ByteArrayContent(root), "rootfs.img", "disk.qcow2" } };
        var fingerprint = await ImageFile.FinishAsync(daemon, content);
        Assert.Equal(Hash([.. meta, .. root]), fingerprint);
        Assert.Equal("virtual-machine", (string)(await daemon.GetAsync($"/1.0/images/{fingerprint}"))!["type"]!);
        using var export = await daemon.Http.GetAsync($"/1.0/images/{fingerprint}/export");
        Assert.Equal("multipart/form-data", export.Content.Headers.ContentType!.MediaType);
        var text = await export.Content.ReadAsStringAsync();
        Assert.Contains("name=\"metadata\"", text, StringComparison.Ordinal);
        Assert.Contains("name=\"rootfs.img\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rootfs.img", "virtual-machine")]
    [InlineData("rootfs/etc/hostname", "container")]
    public async Task AUnifiedImageIsWhatIsInIt(string inside, string type)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var fingerprint = await UploadAsync(daemon, await ImageFile.MakeAsync("one", PackItem.Text(inside, "x"u8.ToArray())));
        Assert.Equal(type, (string)(await daemon.GetAsync($"/1.0/images/{fingerprint}"))!["type"]!);
    }

    [Theory]
    [InlineData("not an image", "Unsupported compression")]
    [InlineData("", "The image is empty")]
    public async Task WhatIsNoImageLeavesNothing(string body, string words)
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Contains(words, (await SendImageAsync(daemon, Encoding.UTF8.GetBytes(body))).Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(daemon.Directory, "images")));
    }

    [Fact]
    public async Task AWrongFingerprintOrNameLeavesNothing()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.StartsWith("Fingerprints don't match", (await SendImageAsync(daemon, await ImageAsync("x"), ("X-LXD-fingerprint", new string('a', 64)))).Error, StringComparison.Ordinal);
        await UploadAsync(daemon, await ImageAsync("y"), ("X-LXD-aliases", "alias=taken"));
        Assert.Equal(409, (await SendImageAsync(daemon, await ImageAsync("z"), ("X-LXD-aliases", "alias=taken"))).Status);
        Assert.Single(Directory.GetFiles(Path.Combine(daemon.Directory, "images")));
    }

    [Theory]
    [InlineData("abc", "Image fingerprint prefix must contain 12 characters or more")]
    [InlineData("%25aaaaaaaaaaa", "Failed validating image fingerprint: Hash must contain only lowercase hexadecimal characters")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Image fingerprint cannot be longer than 64 characters")]
    public async Task AFingerprintHasItsForm(string fingerprint, string words)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, body) = await daemon.SendAsync("GET", $"/1.0/images/{fingerprint}");
        Assert.Equal((400, words), (status, (string)body!["error"]!));
    }

    [Fact]
    public async Task AliasesAreMadeMovedRenamedAndDeleted()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var one = await UploadAsync(daemon, await ImageAsync("one"));
        var two = await UploadAsync(daemon, await ImageAsync("two"));
        const string Aliases = "/1.0/images/aliases";
        Assert.Equal(201, (await daemon.SendAsync("POST", Aliases, $$"""{"name":"a/b","target":"{{one}}","description":"d"}""")).Status);
        Assert.Equal(409, (await daemon.SendAsync("POST", Aliases, $$"""{"name":"a/b","target":"{{two}}"}""")).Status);
        Assert.Equal(404, (await daemon.SendAsync("POST", Aliases, $$"""{"name":"c","target":"{{new string('0', 64)}}"}""")).Status);
        Assert.Equal(200, (await daemon.SendAsync("PATCH", $"{Aliases}/a%2Fb", $$"""{"target":"{{two}}"}""")).Status);
        var alias = await daemon.GetAsync($"{Aliases}/a%2Fb");
        Assert.Equal((two, "d"), ((string)alias!["target"]!, (string)alias["description"]!));
        Assert.Equal(201, (await daemon.SendAsync("POST", $"{Aliases}/a%2Fb", """{"name":"b"}""")).Status);
        Assert.Equal(404, (await daemon.SendAsync("GET", $"{Aliases}/a%2Fb")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", $"{Aliases}/b")).Status);
        Assert.Equal(404, (await daemon.SendAsync("DELETE", $"{Aliases}/b")).Status);
    }

    [Fact]
    public async Task ProfilesOfAnImageMayBeNone()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var fingerprint = await UploadAsync(daemon, await ImageAsync("one"));
        Assert.Equal(200, (await daemon.SendAsync("PATCH", $"/1.0/images/{fingerprint}", """{"profiles":[]}""")).Status);
        Assert.Empty((await daemon.GetAsync($"/1.0/images/{fingerprint}"))!["profiles"]!.AsArray());
        Assert.Equal(404, (await daemon.SendAsync("PATCH", $"/1.0/images/{fingerprint}", """{"profiles":["none"]}""")).Status);
    }

    [Fact]
    public async Task OnlyTheDefaultProjectHasPublicImages()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.SendAsync("POST", "/1.0/projects", """{"name":"p"}""");
        var bytes = await ImageAsync("one");
        var (status, error) = await SendImageAsync(daemon, bytes, "?project=p", ("X-LXD-public", "1"));
        Assert.Equal((400, "Images can only be marked public in the default project"), (status, error));
        var fingerprint = await UploadAsync(daemon, bytes, "?project=p");
        Assert.Equal(400, (await daemon.SendAsync("PATCH", $"/1.0/images/{fingerprint}?project=p", """{"public":true}""")).Status);
    }

    [Fact]
    public async Task TheFilesStayWhileAProjectHasTheImage()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.SendAsync("POST", "/1.0/projects", """{"name":"p"}""");
        var bytes = await ImageAsync("one");
        var fingerprint = await UploadAsync(daemon, bytes);
        await UploadAsync(daemon, bytes, "?project=p");
        await daemon.RunAsync("DELETE", $"/1.0/images/{fingerprint}");
        Assert.Equal(bytes, await daemon.Http.GetByteArrayAsync($"/1.0/images/{fingerprint}/export?project=p"));
        await daemon.RunAsync("DELETE", $"/1.0/images/{fingerprint}?project=p");
        Assert.Empty(Directory.GetFiles(Path.Combine(daemon.Directory, "images")));
    }

    [Fact]
    public async Task AnUrlIsNoSource()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, body) = await daemon.SendAsync("POST", "/1.0/images", """{"source":{"type":"url","url":"https://example.com/i"}}""");
        Assert.Equal((400, "Image download from client-specified URL is not supported"), (status, (string)body!["error"]!));
        var operation = await daemon.RunAsync("POST", "/1.0/images", """{"source":{"type":"image","alias":"b","server":"http://127.0.0.1:1","protocol":"simplestreams"}}""");
        Assert.StartsWith("Image servers are reached over https only", (string)operation["err"]!, StringComparison.Ordinal);
    }

    /// <summary>Older clients name no type.</summary>
    [Theory]
    [InlineData("\"type\":\"image\",")]
    [InlineData("")]
    public async Task AnImageThatIsToBeSentGetsASecret(string type)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (status, body) = await daemon.SendAsync("POST", "/1.0/images", $$"""{"source":{ {{type}}"mode":"push","fingerprint":"{{new string('a', 64)}}"} }""");
        Assert.Equal((202, 64), (status, ((string)body!["metadata"]!["metadata"]!["secret"]!).Length));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<byte[]> ImageAsync(string name) => ImageFile.MakeAsync(name);

    private static Task<string> UploadAsync(TestDaemon daemon, byte[] bytes, params (string, string)[] headers) => UploadAsync(daemon, bytes, "", headers);

    private static Task<string> UploadAsync(TestDaemon daemon, byte[] bytes, string query, params (string, string)[] headers) => ImageFile.UploadAsync(daemon, bytes, query, headers);

    private static Task<(int Status, string Error)> SendImageAsync(TestDaemon daemon, byte[] bytes, params (string, string)[] headers) => SendImageAsync(daemon, bytes, "", headers);

    private static async Task<(int Status, string Error)> SendImageAsync(TestDaemon daemon, byte[] bytes, string query, params (string, string)[] headers)
    {
        using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        var operation = await ImageFile.PostAsync(daemon, content, query, headers);
        return ((int)(operation["err_code"] ?? operation["error_code"])!, (string)(operation["err"] ?? operation["error"])!);
    }
}
