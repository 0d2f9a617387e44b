using System.Net;
using System.Text;
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
