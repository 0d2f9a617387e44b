using Lxd.Daemon.Http;

namespace Lxd.Daemon.Tests.Http;

public sealed class WebPagesTests
{
    [Theory]
    [InlineData("PATCH", "Sec-Fetch-Site", "same-origin", 200)]
    [InlineData("PATCH", "Sec-Fetch-Site", "none", 200)]
    [InlineData("PATCH", "Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("PATCH", "Sec-Fetch-Site", "same-site", 403)]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site", 200)]
    [InlineData("PATCH", "Origin", "https://elsewhere", 403)]
    [InlineData("PATCH", "Origin", "http://lxd", 200)]
    public async Task OtherSitesChangeNothing(string method, string header, string value, int status)
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(status, (await daemon.SendAsync(method, "/1.0", method == "GET" ? null : "{}", (header, value))).Status);
        if (header == "Origin" && status == 403)
        {
            await daemon.SendAsync("PATCH", "/1.0", $$"""{"config":{"core.https_allowed_origin":"{{value}}"} }""");
            Assert.Equal(200, (await daemon.SendAsync(method, "/1.0", "{}", (header, value))).Status);
        }
    }

    [Theory]
    [InlineData("Mozilla/5.0", "application/json", 200)]
    [InlineData("Mozilla/5.0", "text/plain", 415)]
    [InlineData("curl", "text/plain", 200)]
    public async Task ABrowserSendsJson(string agent, string type, int status)
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/1.0") { Content = new StringContent("") { Headers = { ContentType = new(type) } } };
        request.Headers.TryAddWithoutValidation("User-Agent", agent);
        Assert.Equal(status, (int)(await daemon.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task PagesAreThoseOfTheDirectoryAndNoOthers()
    {
        var directory = Directory.CreateTempSubdirectory("lxdpages").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "index.html"), "index");
            await File.WriteAllTextAsync(Path.Combine(directory, "app.js"), "js");
            await using var daemon = await TestDaemon.StartAsync(d =>
            {
                new WebPages("/one", directory, single: true).Map(d.Router);
                new WebPages("/many", directory, single: false).Map(d.Router);
            });
            using var page = await daemon.Http.GetAsync("/many/app.js");
            Assert.Equal(("text/javascript; charset=utf-8", "js"), (page.Content.Headers.ContentType!.ToString(), await page.Content.ReadAsStringAsync()));
            Assert.Equal("index", await daemon.Http.GetStringAsync("/many/"));
            Assert.Equal("index", await daemon.Http.GetStringAsync("/one/project/default/instances"));
            Assert.Equal(404, (await daemon.SendAsync("GET", "/many/none")).Status);
            Assert.Equal(404, (await daemon.SendAsync("GET", "/many/..%2f..%2f..%2f..%2fetc%2fpasswd")).Status);
            using var absent = await daemon.Http.GetAsync("/ui/");
            Assert.Equal((503, "text/html"), ((int)absent.StatusCode, absent.Content.Headers.ContentType!.ToString()));
            Assert.Equal(404, (await daemon.SendAsync("GET", "/documentation/")).Status);
        }
        finally
        {
            Directory.Delete(directory, true);
        }
    }
}
