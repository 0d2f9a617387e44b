using System.Text;
using System.Text.Json.Nodes;
using Lxd.Daemon.Events;
using Lxd.Daemon.Loki;
using Lxd.Daemon.Tests.Identities;
using Lxd.Core.Api;

namespace Lxd.Daemon.Tests.Events;

/// <summary>What an auditor hears.</summary>
public sealed class SecurityEventTests
{
    private static async Task<List<JsonNode>> HearAsync(TestDaemon daemon, Func<Task> work)
    {
        using var subscription = daemon.Daemon.Events.Subscribe(e => e.Type == "security");
        await work();
        var heard = new List<JsonNode>();
        while (subscription.Queue.Reader.TryRead(out var bytes))
        {
            heard.Add(JsonNode.Parse(Encoding.UTF8.GetString(bytes))!["metadata"]!);
        }

        return heard;
    }

    private static List<string> Names(List<JsonNode> heard) => heard.ConvertAll(h => (string)h["name"]!);

    [Fact]
    public async Task StrangersAreHeardOnlyWhereTheyAreRefused()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var unknown = TestCertificates.Make();
        var heard = await HearAsync(daemon, async () =>
        {
            await daemon.TlsAsync(unknown, "GET", "/1.0");
            await daemon.TlsAsync(null, "GET", "/1.0/instances");
            await daemon.TlsAsync(unknown, "GET", "/1.0/instances", null, ("User-Agent", "curl/8"));
        });
        var only = Assert.Single(heard);
        Assert.Equal("""{"name":"authn_login_fail:tls","level":"warning","description":"Authentication failure: untrusted client certificate","requestor":{"username":"","protocol":"tls","address":"@","user_agent":"curl/8"},"project":"default","request_path":"/1.0/instances","request_method":"GET"}""", only.ToJsonString());
    }

    [Fact]
    public async Task WhatIsDeniedIsHeardButNotWhatIsLeftOut()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var client = await daemon.AddFineGrainedAsync("g", ("server", "/1.0", "can_view_projects"));
        var heard = await HearAsync(daemon, async () =>
        {
            await daemon.TlsAsync(client, "GET", "/1.0/projects");
            await daemon.TlsAsync(client, "GET", "/1.0");
            await daemon.TlsAsync(client, "GET", "/1.0/storage-pools");
            await daemon.TlsAsync(client, "PATCH", "/1.0/projects/default", """{"description":"x"}""");
        });
        Assert.Equal(["authz_fail:can_edit:/1.0/projects/default"], Names(heard));
        Assert.Equal(client.Fingerprint(), (string?)heard[0]["requestor"]!["username"]);
    }

    [Fact]
    public async Task ChangesOfWhoMayDoWhatAreHeard()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var id = "";
        var heard = await HearAsync(daemon, async () =>
        {
            await daemon.PostAsync("/1.0/auth/groups", new JsonObject { ["name"] = "a" });
            await daemon.SendAsync("POST", "/1.0/auth/groups/a", """{"name":"b"}""");
            (id, _) = await daemon.AddBearerAsync("x", groups: "b");
            await daemon.SendAsync("DELETE", "/1.0/auth/identities/bearer/x/token");
            await daemon.SendAsync("PUT", "/1.0/auth/identities/bearer/x", """{"groups":[]}""");
            await daemon.SendAsync("DELETE", "/1.0/auth/identities/bearer/x");
            await daemon.SendAsync("DELETE", "/1.0/auth/groups/b");
            await daemon.PostAsync("/1.0/auth/identity-provider-groups", new JsonObject { ["name"] = "i" });
        });
        Assert.Equal(
        [
            "authz_admin:group_create:a", "authz_admin:group_edit:b", "user_created:bearer:" + id, "authz_admin:identity_create:bearer/" + id, "authn_token_created:" + id, "authn_token_revoked:" + id,
            "user_updated:bearer:" + id, "authz_admin:identity_edit:bearer/" + id, "user_deleted:bearer:" + id, "authz_admin:identity_delete:bearer/" + id, "authz_admin:group_delete:b", "authz_admin:idp_group_create:i",
        ], Names(heard));
    }

    [Fact]
    public async Task ARevokedTokenIsHeard()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (id, token) = await daemon.AddBearerAsync("x");
        await daemon.SendAsync("DELETE", "/1.0/auth/identities/bearer/x/token");
        var heard = await HearAsync(daemon, () => daemon.TlsAsync(null, "GET", "/1.0", null, ("Authorization", "Bearer " + token)));
        Assert.Equal("authn_token_reuse", (string?)Assert.Single(heard)["name"]);
        Assert.Equal((id, "bearer"), ((string?)heard[0]["requestor"]!["username"], (string?)heard[0]["requestor"]!["protocol"]));
    }

    [Fact]
    public void LinesOfOvnAreRead()
    {
        var entry = SyslogSocket.Parse("<29> ovs|ovn-controller|00017|rconn|INFO|unix:/var/run/br-int.mgmt: connected|twice\n")!;
        Assert.Equal("""{"message":"unix:/var/run/br-int.mgmt: connected|twice","level":"info","context":{"application":"ovn-controller","module":"rconn","sequence":"00017"}}""", entry.ToJsonString());
        Assert.Null(SyslogSocket.Parse("<29> something else"));
        Assert.Null(SyslogSocket.Parse(""));
    }

    [Fact]
    public void LokiGetsLabelsAndLines()
    {
        var settings = new LokiSettings("http://x", "", "", "", "node", ["requester-username", "env=prod"], "info", new HashSet<string> { "lifecycle" });
        var e = new ApiEvent
        {
            Type = "lifecycle", Timestamp = DateTime.UnixEpoch.AddSeconds(1), Location = "none", Project = "default",
            Metadata = new JsonObject { ["action"] = "instance-started", ["source"] = "/1.0/instances/c1", ["name"] = "c1", ["requestor"] = new JsonObject { ["username"] = "root", ["protocol"] = "unix", ["address"] = "@" } },
        };
        Assert.Equal(
            """{"streams":[{"stream":{"app":"lxd","type":"lifecycle","location":"none","instance":"node","env":"prod","project":"default","name":"c1","requester_username":"root"},"values":[["1000000000","action=\u0022instance-started\u0022 source=\u0022/1.0/instances/c1\u0022 requester-address=\u0022@\u0022 requester-protocol=\u0022unix\u0022 instance-started"]]}]}""",
            new LokiLines(settings, "host", "uuid").Push([e]).ToJsonString());
        var security = new ApiEvent { Type = "security", Location = "none", Metadata = new JsonObject { ["name"] = "sys_startup", ["level"] = "info", ["description"] = "LXD daemon started" } };
        var line = JsonNode.Parse((string)new LokiLines(settings, "host", "uuid").Push([security])["streams"]![0]!["values"]![0]![1]!)!;
        Assert.Equal(("lxd", "security", "sys_startup", "uuid"), ((string?)line["appid"], (string?)line["type"], (string?)line["event"], (string?)line["cluster_identifier"]));
        Assert.Null(line["useragent"]);
        Assert.True(settings.Takes("warning"));
        Assert.False(settings.Takes("debug"));
    }
}
