using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Tests.Http;

public sealed class RouterTests
{
    private static Router Sample()
    {
        var router = new Router();
        foreach (var pattern in (string[])["/1.0/images", "/1.0/images/{fingerprint}", "/1.0/images/aliases", "/1.0/images/aliases/{name}", "/1.0/images/{fingerprint}/export"])
        {
            router.Map("GET", pattern, Access.Anyone, (_, _) => Task.FromResult(Response.Empty));
        }

        return router;
    }

    [Theory]
    [InlineData("/1.0/images", "/1.0/images")]
    [InlineData("/1.0/images/aliases", "/1.0/images/aliases")]
    [InlineData("/1.0/images/abc/export", "/1.0/images/{fingerprint}/export")]
    public void FindsTheMostExactRoute(string path, string pattern) => Assert.Equal(pattern, Sample().Match("GET", path).Route.Pattern);

    [Fact]
    public void AnEscapedSlashStaysInItsSegment() => Assert.Equal("a/b c", Sample().Match("GET", "/1.0/images/aliases/a%2Fb%20c").Values["name"]);

    [Theory]
    [InlineData("GET", "/1.0/nothing", 404)]
    [InlineData("PUT", "/1.0/images", 501)]
    [InlineData("BREW", "/1.0/images", 404)]
    [InlineData("GET", "/1.0/images/aliases/a%00b", 400)]
    public void RefusesWithLxdsStatus(string method, string path, int status) =>
        Assert.Equal(status, Assert.Throws<ApiException>(() => Sample().Match(method, path)).Status);
}
