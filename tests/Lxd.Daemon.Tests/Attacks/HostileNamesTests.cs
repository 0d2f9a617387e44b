using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Attacks;

/// <summary>Names that would be paths, lines or something else where they end up.</summary>
public sealed class HostileNamesTests(AttackedDaemon attacked) : IClassFixture<AttackedDaemon>
{
    private const string Volumes = "/1.0/storage-pools/one/volumes/custom";

    /// <summary>What takes a name, as path and body.</summary>
    private static readonly (string Path, string Body)[] Takers =
    [
        ("/1.0/instances", """{"name":NAME,"source":{"type":"none"}}"""),
        ("/1.0/instances/c1", """{"name":NAME}"""),
        ("/1.0/instances/c1/snapshots", """{"name":NAME}"""),
        ("/1.0/instances/c1/snapshots/s0", """{"name":NAME}"""),
        ("/1.0/instances/c1/backups", """{"name":NAME,"compression_algorithm":"none"}"""),
        ("/1.0/profiles", """{"name":NAME}"""),
        ("/1.0/profiles/p", """{"name":NAME}"""),
        ("/1.0/projects", """{"name":NAME}"""),
        ("/1.0/storage-pools", """{"name":NAME,"driver":"dir"}"""),
        (Volumes, """{"name":NAME}"""),
        (Volumes + "/v", """{"name":NAME}"""),
        (Volumes + "/v/snapshots", """{"name":NAME}"""),
        (Volumes + "/v/snapshots/s0", """{"name":NAME}"""),
        (Volumes + "/v/backups", """{"name":NAME}"""),
        ("/1.0/networks", """{"name":NAME}"""),
        ("/1.0/network-acls", """{"name":NAME}"""),
        ("/1.0/auth/groups", """{"name":NAME}"""),
    ];

    public static TheoryData<string> Names => ["../x", "..", ".", "a/b", "/etc/passwd", "a/../../b", "a\0b", "a\nb", "a\u001b[2J", "half a pair", new string('a', 5000), new string('ä', 200)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task NobodyIsCalledThat(string name)
    {
        var before = await attacked.WholeAsync();
        foreach (var (path, body) in Takers)
        {
            var (status, error) = await attacked.FailAsync("POST", path, body.Replace("NAME", Quoted(name), StringComparison.Ordinal));
            Assert.True(status == 400, $"POST {path} of {Quoted(name)[..Math.Min(20, Quoted(name).Length)]}: {status} {error}");
            Assert.NotEmpty(error);
        }

        Assert.Equal(before, await attacked.WholeAsync());
    }

    /// <summary>What a daemon that starts would take for something half made, and remove.</summary>
    [Theory]
    [InlineData("/1.0/instances/c1/snapshots", ".lxd-tmp-1")]
    [InlineData(Volumes + "/v/snapshots", ".lxd-tmp-1")]
    [InlineData("/1.0/instances/c1/backups", ".half")]
    [InlineData(Volumes + "/v/backups", ".half")]
    public async Task NobodyIsCalledWhatIsCleanedAway(string path, string name) => Assert.Equal(400, (await attacked.FailAsync("POST", path, $$"""{"name":"{{name}}"}""")).Status);

    [Theory]
    [InlineData("/1.0/instances/..%2f..%2fetc")]
    [InlineData("/1.0/instances/%2e%2e/state")]
    [InlineData("/1.0/instances/c1%00")]
    [InlineData("/1.0/instances/c1/snapshots/..%2fc1")]
    [InlineData("/1.0/instances/c1/logs/..%2f..%2fdatabase%2fglobal%2fdb.bin")]
    [InlineData("/1.0/instances/c1/logs/%2e%2e")]
    [InlineData("/1.0/instances/c1/logs/exec-output/..%2flxc.conf")]
    [InlineData("/1.0/instances/c1/metadata/templates?path=../metadata.yaml")]
    [InlineData("/1.0/instances/c1/metadata/templates?path=..%2f..%2f..%2fetc%2fpasswd")]
    [InlineData("/1.0/instances/c1/backups/..%2f..%2fx/export")]
    [InlineData("/1.0/storage-pools/..%2fone/volumes/custom/v")]
    [InlineData("/1.0/storage-pools/one/volumes/custom/..%2fv")]
    [InlineData("/1.0/storage-pools/one/volumes/custom/v/backups/..%2f..%2fx/export")]
    [InlineData("/1.0/storage-pools/one/volumes/..%2fcustom/v")]
    [InlineData("/1.0/images/..%2f..%2f..%2f..%2fetc%2fpasswd/export")]
    [InlineData("/1.0/certificates/..%2fserver.key")]
    [InlineData("/1.0/networks/..%2f..%2f/leases")]
    [InlineData("/1.0/instances/../../../etc/passwd")]
    [InlineData("/1.0//instances/c1")]
    [InlineData("/1.0/./instances/c1")]
    public async Task APathThatClimbsFindsNothing(string path)
    {
        // As it is: a client of ours would clean it.
        var answer = await attacked.RawAsync(System.Text.Encoding.Latin1.GetBytes($"GET {path} HTTP/1.1\r\nHost: lxd\r\nConnection: close\r\n\r\n"));
        Assert.Matches("^HTTP/1.1 40[04] ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("SQLite", answer, StringComparison.Ordinal);
    }

    /// <summary>What is written as a line of a file must not become two.</summary>
    [Theory]
    [InlineData("/1.0/instances/c1", """{"config":{"linux.sysctl.a = 1\nlxc.hook.pre-start":"/bin/true"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"environment.A\nlxc.hook.pre-start":"/bin/true"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"user.a\u0000b":"x"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"limits.kernel.nofile\nlxc.hook.pre-start":"1"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"limits.memory":"1GiB\nlxc.hook.pre-start=/bin/true"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"limits.cpu":"0-1\nlxc.hook.pre-start=/bin/true"}}""")]
    [InlineData("/1.0/instances/c1", """{"config":{"raw.idmap":"both 0 1000\nlxc.x"}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"../../d":{"type":"none"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d\nlxc.x":{"type":"none"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"disk","source":"/tmp","path":"/../../etc"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"unix-char","source":"/dev/null","path":"/dev/../../etc/x"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"nic","nictype":"bridged","parent":"lxdbr0","name":"e\nlxc.x=y"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"nic","nictype":"bridged","parent":"lxdbr0","host_name":"../../x"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"nic","nictype":"bridged","parent":"lxdbr0","hwaddr":"00:16:3e:00:00:01\nx"}}}""")]
    [InlineData("/1.0/instances/c1", """{"devices":{"d":{"type":"nic","nictype":"bridged","parent":"lxdbr0","ipv4.address":"10.0.0.1\nx"}}}""")]
    [InlineData("/1.0/profiles/default", """{"config":{"linux.sysctl.a\nlxc.hook.pre-start":"/bin/true"}}""")]
    [InlineData("/1.0/profiles/default", """{"devices":{"a/../../b":{"type":"disk","pool":"one","path":"/../x","source":"v"}}}""")]
    public async Task ALineStaysALine(string path, string body)
    {
        var before = (await attacked.Daemon.GetAsync(path))!.ToJsonString();
        var (status, error) = await attacked.FailAsync("PATCH", path, body);
        Assert.True(status == 400, $"{status} {error}");
        Assert.Equal(before, (await attacked.Daemon.GetAsync(path))!.ToJsonString());
    }

    private static string Quoted(string name) => name == "half a pair" ? "\"\\ud800\"" : JsonValue.Create(name)!.ToJsonString();
}
