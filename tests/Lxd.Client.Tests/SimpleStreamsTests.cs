using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Client.SimpleStreams;

namespace Lxd.Client.Tests;

public sealed class SimpleStreamsTests
{
    private const string Index = """{"index":{"images":{"datatype":"image-downloads","path":"streams/v1/images.json","products":["b:1:amd64:default"]},"other":{"datatype":"image-ids","path":"x.json"}}}""";

    private const string Products = """
        {"products":{
          "b:1:amd64:default":{"aliases":"b/1,b","arch":"amd64","os":"B","release":"1","release_title":"One","variant":"default","versions":{
            "20260101":{"items":{"m":{"ftype":"lxd.tar.xz","path":"old.tar.xz","sha256":"00","size":10,"combined_squashfs_sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"r":{"ftype":"squashfs","path":"old.squashfs","sha256":"01","size":20}}},
            "20260202":{"items":{"m":{"ftype":"lxd.tar.xz","path":"new.tar.xz","sha256":"02","size":10,"combined_squashfs_sha256":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","combined_disk-kvm-img_sha256":"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"},"r":{"ftype":"squashfs","path":"new.squashfs","sha256":"03","size":20},"d":{"ftype":"disk-kvm.img","path":"new.img","sha256":"04","size":30}}}}},
          "b:2:amd64:hidden":{"aliases":"hidden","arch":"amd64","os":"B","release":"2","versions":{"20260101":{"items":{"c":{"ftype":"lxd_combined.tar.gz","path":"c.tar.gz","sha256":"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd","size":5}}}}}}}
        """;

    private static SimpleStreamsClient Client(Func<string, (HttpStatusCode, string)> answer) => new(new HttpClient(new Fake(answer)), "https://images.test/");

    private static SimpleStreamsClient Good() => Client(p => p switch { "/streams/v1/index.json" => (HttpStatusCode.OK, Index), "/streams/v1/images.json" => (HttpStatusCode.OK, Products), _ => (HttpStatusCode.NotFound, "") });

    [Fact]
    public async Task AnAliasMeansTheNewestImageOfItsKind()
    {
        var found = (await Good().FindAsync("b/1", "container", ["x86_64"], default))!;
        Assert.Equal("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", found.Image.Fingerprint);
        Assert.Equal("new.squashfs", found.Root!.Path);
        Assert.Equal(30, found.Image.Size);
        Assert.Equal("x86_64", found.Image.Architecture);
        Assert.Equal("cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc", (await Good().FindAsync("b/1/amd64", "virtual-machine", ["x86_64"], default))!.Image.Fingerprint);
    }

    [Fact]
    public async Task AnOldImageIsFoundByItsFingerprint() => Assert.Equal("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", (await Good().FindAsync("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "", ["x86_64"], default))!.Image.Fingerprint);

    [Fact]
    public async Task WhatTheIndexDoesNotNameIsNotOffered() => Assert.Null(await Good().FindAsync("hidden", "", ["x86_64"], default));

    /// <summary>Which of the files of a version is taken: the first of these that the metadata has a fingerprint for.</summary>
    [Theory]
    [InlineData("squashfs,root.tar.xz", "container", "squashfs")]
    [InlineData("root.tar.xz", "container", "root.tar.xz")]
    [InlineData("disk1.img,uefi1.img,disk-kvm.img", "virtual-machine", "disk-kvm.img")]
    [InlineData("disk1.img,uefi1.img", "virtual-machine", "uefi1.img")]
    [InlineData("disk1.img", "virtual-machine", "disk1.img")]
    [InlineData("root.tar.xz", "virtual-machine", "")]
    public async Task FilesHaveAnOrderOfPreference(string there, string type, string taken)
    {
        var items = new JsonObject();
        var meta = new JsonObject { ["ftype"] = "lxd.tar.xz", ["path"] = "m", ["sha256"] = "00", ["size"] = 1 };
        items["m"] = meta;
        foreach (var (ftype, number) in there.Split(',').Select((f, i) => (f, i)))
        {
            items[ftype] = new JsonObject { ["ftype"] = ftype, ["path"] = ftype, ["sha256"] = "01", ["size"] = 2 };
            meta["combined_" + (ftype == "root.tar.xz" ? "rootxz" : ftype.Replace('.', '-')) + "_sha256"] = new string((char)('a' + number), 64);
        }

        var client = Of(Product("b", "amd64", items));
        Assert.Equal(taken, (await client.FindAsync("b", type, ["x86_64"], default))?.Root?.Path ?? "");
    }

    [Fact]
    public async Task AnArchitectureIsChosenByItsNameOrByTheHost()
    {
        static JsonObject Items(char digit) => new() { ["c"] = new JsonObject { ["ftype"] = "lxd_combined.tar.gz", ["path"] = "c" + digit, ["sha256"] = new string(digit, 64), ["size"] = 1 } };
        var client = Of(Product("b", "amd64", Items('a')), Product("b", "i386", Items('b')), Product("b", "arm64", Items('c')), Product("old", "i386", Items('d')));
        async Task<char?> FindAsync(string name) => (await client.FindAsync(name, "", ["x86_64", "i686"], default))?.Image.Fingerprint[0];
        Assert.Equal(('a', 'b', 'c', 'd'), (await FindAsync("b"), await FindAsync("b/i386"), await FindAsync("b/arm64"), await FindAsync("old")));
        Assert.Equal("i686", (await client.FindAsync("b/i386", "", ["x86_64", "i686"], default))!.Image.Architecture);
        var listed = await client.ListAsync(["x86_64"], default);
        Assert.Equal(["b", "b/amd64"], listed[0].Aliases.Select(a => a.Name));
        Assert.Equal(["b/i386"], listed[1].Aliases.Select(a => a.Name));
    }

    [Fact]
    public async Task EveryFormOfAnImageIsThereByItsFingerprintAndOneByItsName()
    {
        var items = new JsonObject
        {
            ["m"] = new JsonObject { ["ftype"] = "lxd.tar.xz", ["path"] = "i/20260101_07:42/m", ["sha256"] = "00", ["size"] = 1, ["combined_squashfs_sha256"] = new string('a', 64), ["combined_rootxz_sha256"] = new string('b', 64) },
            ["s"] = new JsonObject { ["ftype"] = "squashfs", ["path"] = "i/20260101_07:42/s", ["sha256"] = "01", ["size"] = 2 },
            ["x"] = new JsonObject { ["ftype"] = "root.tar.xz", ["path"] = "i/20260101_07:42/x", ["sha256"] = "02", ["size"] = 3 },
        };
        var client = Of(Product("b", "amd64", items));
        Assert.Equal("i/20260101_07:42/s", (await client.FindAsync("b", "container", ["x86_64"], default))!.Root!.Path);
        var other = (await client.FindAsync("bbbbbbbbbbbb", "container", ["x86_64"], default))!;
        Assert.Equal("i/20260101_07:42/x", other.Root!.Path);
        Assert.Empty(other.Image.Aliases);
    }

    [Fact]
    public async Task VariantsTellThemselvesApart()
    {
        var items = new JsonObject { ["c"] = new JsonObject { ["ftype"] = "lxd_combined.tar.gz", ["path"] = "c", ["sha256"] = new string('a', 64), ["size"] = 1 } };
        var cloud = Product("b/cloud", "amd64", items);
        cloud["variant"] = "cloud";
        var image = (await Of(cloud).FindAsync("b/cloud", "", ["x86_64"], default))!.Image;
        Assert.Equal(("cloud", "B 1 (cloud)"), (image.Properties["variant"], image.Properties["description"]));
    }

    [Fact]
    public async Task AFileIsTheOneTheIndexTellsOf()
    {
        var client = Client(p => (HttpStatusCode.OK, "content"));
        using var output = new MemoryStream();
        await client.CopyAsync(new StreamFile("f", "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", 7), output, default);
        Assert.Equal("content", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Contains("Hash mismatch", (await Assert.ThrowsAsync<Lxd.Core.ApiException>(() => client.CopyAsync(new StreamFile("f", new string('0', 64), 7), Stream.Null, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasReadIsKeptOnDiskAndServesWhileTheServerIsAway()
    {
        var directory = Directory.CreateTempSubdirectory("lxdstreams").FullName;
        try
        {
            var (asked, away) = (0, false);
            SimpleStreamsClient New() => new(new HttpClient(new Fake(p =>
            {
                asked++;
                return away ? (HttpStatusCode.ServiceUnavailable, "") : p == "/streams/v1/index.json" ? (HttpStatusCode.OK, Index) : (HttpStatusCode.OK, Products);
            })), "https://images.test/", new StreamCache(directory));
            await New().ListAsync(default);
            Assert.Equal(2, asked);
            await New().ListAsync(default);
            Assert.Equal(2, asked);
            away = true;
            foreach (var file in Directory.GetFiles(directory))
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-7));
            }

            Assert.NotEmpty(await New().ListAsync(default));
            Assert.Equal(4, asked);
            var refreshed = New();
            refreshed.Refresh();
            await Assert.ThrowsAsync<Lxd.Core.ApiException>(() => refreshed.ListAsync(default));
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }

    private static JsonObject Product(string aliases, string arch, JsonObject items) =>
        new() { ["aliases"] = aliases, ["arch"] = arch, ["os"] = "B", ["release"] = "1", ["versions"] = new JsonObject { ["20260101"] = new JsonObject { ["items"] = items } } };

    private static SimpleStreamsClient Of(params JsonObject[] products)
    {
        var all = new JsonObject { ["products"] = new JsonObject(products.Select((p, i) => KeyValuePair.Create($"p{i}", (JsonNode?)p))) }.ToJsonString();
        return Client(p => p == "/streams/v1/index.json" ? (HttpStatusCode.OK, """{"index":{"i":{"datatype":"image-downloads","path":"streams/v1/images.json"}}}""") : (HttpStatusCode.OK, all));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.OK, "<html>")]
    [InlineData(HttpStatusCode.OK, "[]")]
    public async Task AServerThatIsNoneIsTold(HttpStatusCode status, string body) => await Assert.ThrowsAsync<Lxd.Core.ApiException>(() => Client(_ => (status, body)).ListAsync(default));

    private sealed class Fake(Func<string, (HttpStatusCode, string)> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var (status, body) = answer(request.RequestUri!.AbsolutePath);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8) });
        }
    }
}
