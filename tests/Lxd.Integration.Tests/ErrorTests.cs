using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>Bad input over the wire: LXD's status and words, nothing left over.</summary>
public sealed class ErrorTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("GET", "/1.0/nowhere", "", 404)]
    [InlineData("GET", "/1.0/instances/nobody", "", 404)]
    [InlineData("POST", "/1.0/instances", "{not json", 400)]
    [InlineData("POST", "/1.0/instances", "{\"name\":\"a/b\",\"source\":{\"type\":\"none\"}}", 400)]
    [InlineData("POST", "/1.0/instances", "{\"name\":\"c-\",\"source\":{\"type\":\"none\"}}", 400)]
    [InlineData("POST", "/1.0/instances", "{\"name\":\"bad1\",\"source\":{\"type\":\"nonsense\"}}", 400)]
    [InlineData("POST", "/1.0/instances", "{\"name\":\"bad2\",\"source\":{\"type\":\"none\"},\"config\":{\"no.such\":\"1\"}}", 400)]
    [InlineData("POST", "/1.0/instances", "{\"name\":\"bad3\",\"source\":{\"type\":\"none\"},\"devices\":{\"d\":{\"type\":\"warp\"}}}", 400)]
    [InlineData("POST", "/1.0/profiles", "{\"name\":\"default\"}", 409)]
    [InlineData("POST", "/1.0/profiles", "{\"name\":\"a/b\"}", 400)]
    [InlineData("PUT", "/1.0/images/0123456789ab", "{}", 404)]
    [InlineData("POST", "/1.0/storage-pools", "{\"name\":\"p\",\"driver\":\"warp\"}", 400)]
    [InlineData("POST", "/1.0/networks", "{\"name\":\"name-that-is-too-long\"}", 400)]
    [InlineData("PUT", "/1.0", "{\"config\":{\"core.nonsense\":\"1\"}}", 400)]
    [InlineData("DELETE", "/1.0/operations/00000000-0000-0000-0000-000000000000", "", 404)]
    [InlineData("PATCH", "/1.0/events", "", 501)]
    public async Task IsAnsweredWithLxdsStatus(string method, string path, string body, int status)
    {
        var sh = fixture.Server.Shell;
        var data = body.Length > 0 ? $"-d '{body}'" : "";
        var answer = await sh.RunAsync($"curl -s -o answer.json -w '%{{http_code}}' --unix-socket $LXD_DIR/unix.socket -X {method} {data} 'http://lxd{path}'");
        var text = await sh.RunAsync("cat answer.json");
        if (answer == "202")
        {
            // The work had begun before it could know: the operation tells.
            var failed = await sh.RunAsync("curl -s --unix-socket $LXD_DIR/unix.socket http://lxd$(jq -r .operation answer.json)/wait | jq -r .metadata.err_code");
            Assert.Equal(status, int.Parse(failed));
        }
        else
        {
            Assert.Equal($"{status}", answer + (answer == $"{status}" ? "" : text));
            Assert.Contains("\"type\":\"error\"", text);
        }

        Assert.Equal("", await sh.RunAsync("lxc list -f csv -c n"));
    }

    [Fact]
    public async Task ATarballThatIsNoImageIsRefusedAndNothingStays()
    {
        var sh = fixture.Server.Shell;
        await sh.RunAsync("mkdir -p junk && echo x >junk/x && tar czf junk.tar.gz junk");
        var before = await sh.RunAsync("ls $LXD_DIR/images | wc -l");
        Assert.NotEqual(0, (await sh.TryAsync("lxc image import junk.tar.gz --alias junk")).Code);
        Assert.NotEqual(0, (await sh.TryAsync("head -c 100000 /dev/urandom >noise && lxc image import noise --alias noise")).Code);
        Assert.Equal(before, await sh.RunAsync("ls $LXD_DIR/images | wc -l"));
        Assert.Equal("bb\n", await sh.RunAsync("lxc image list -f csv -c l"));
    }

    [Fact]
    public async Task AMissingPoolFailsTheLaunchAndLeavesNoInstance()
    {
        var sh = fixture.Server.Shell;
        await sh.FailsAsync("lxc launch bb nopool -s nowhere", "not found");
        Assert.Equal("", await sh.RunAsync("lxc list -f csv -c n"));
    }
}
