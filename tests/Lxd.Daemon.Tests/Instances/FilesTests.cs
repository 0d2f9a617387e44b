using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Lxd.Daemon.Tests.Instances;

public sealed class FilesTests
{
    private const string Files = "/1.0/instances/c1/files?path=";

    [Fact]
    public async Task FilesArePushedShownAndDeleted()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(lab, "GET", "/x")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "POST", "/dir", null, ("X-LXD-type", "directory"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "POST", "/dir/file", "hello", ("X-LXD-mode", "0600"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "POST", "/dir/file", " again", ("X-LXD-write", "append"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "POST", "/dir/link", "file", ("X-LXD-type", "symlink"))).StatusCode);
        using var file = await SendAsync(lab, "GET", "/dir/file");
        Assert.Equal("hello again", await file.Content.ReadAsStringAsync());
        Assert.Equal("0600", file.Headers.GetValues("X-LXD-mode").Single());
        Assert.Equal("file", file.Headers.GetValues("X-LXD-type").Single());
        using var link = await SendAsync(lab, "GET", "/dir/link");
        Assert.Equal("/dir/file", await link.Content.ReadAsStringAsync());
        Assert.Equal(["file", "link"], (await lab.Daemon.GetAsync(Files + "/dir"))!.AsArray().Select(n => (string)n!));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(lab, "DELETE", "/dir")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "DELETE", "/dir/link")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "DELETE", "/dir/file")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(lab, "DELETE", "/dir")).StatusCode);
    }

    [Fact]
    public async Task MetadataAndTemplatesAreKept()
    {
        await using var lab = await InstanceLab.StartAsync();
        await lab.CreateAsync("c1");
        Assert.Equal(200, (await lab.Daemon.SendAsync("PUT", "/1.0/instances/c1/metadata", """{"architecture":"x86_64","properties":{"os":"X"},"templates":{"/t":{"when":["start"],"template":"t.tpl"}}}""")).Status);
        Assert.Equal("X", (string)(await lab.Daemon.GetAsync("/1.0/instances/c1/metadata"))!["properties"]!["os"]!);
        Assert.Equal(200, (await lab.Daemon.SendAsync("POST", "/1.0/instances/c1/metadata/templates?path=t.tpl", "text")).Status);
        Assert.Equal("text", await lab.Daemon.Http.GetStringAsync("/1.0/instances/c1/metadata/templates?path=t.tpl"));
        Assert.Equal(400, (await lab.Daemon.SendAsync("POST", "/1.0/instances/c1/metadata/templates?path=..%2Ft.tpl", "text")).Status);
        Assert.Equal(200, (await lab.Daemon.SendAsync("DELETE", "/1.0/instances/c1/metadata/templates?path=t.tpl")).Status);
        Assert.Empty((await lab.Daemon.GetAsync("/1.0/instances/c1/metadata/templates"))!.AsArray());
    }

    private static async Task<HttpResponseMessage> SendAsync(InstanceLab lab, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Files + path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/octet-stream"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await lab.Daemon.Http.SendAsync(request);
    }
}
