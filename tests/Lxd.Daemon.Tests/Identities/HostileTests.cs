using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Those who are not let in, and those who are let in for less than they ask.</summary>
public sealed class HostileTests
{
    /// <summary>What a stranger is answered: what is public, and what asks for a secret or a token.</summary>
    private static readonly string[] Open =
    [
        "GET /", "GET /1.0", "GET /1.0/images", "GET /1.0/metadata/configuration",
    ];

    private static IEnumerable<Route> Routes(TestDaemon daemon) => daemon.Daemon.Router.Routes.Where(r => r.Pattern != "/1.0/events");

    private static string Fill(Route route) => Regex.Replace(route.Pattern, @"\{(\w+)\}", m => m.Groups[1].Value == "type" ? "custom" : "nothing");

    private static string? Body(Route route) => route.Method is "GET" or "DELETE" or "HEAD" ? null : "{}";

    [Fact]
    public async Task AStrangerIsRefusedOnEveryRoute()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var unknown = TestCertificates.Make();
        using var expired = TestCertificates.Make("old", DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(-1));
        foreach (var certificate in new[] { null, unknown, expired })
        {
            foreach (var route in Routes(daemon))
            {
                var (status, _) = await daemon.TlsAsync(certificate, route.Method, Fill(route), Body(route));
                if (Open.Contains($"{route.Method} {route.Pattern}"))
                {
                    Assert.Equal(200, status);
                }
                else
                {
                    // Routes for anyone find nothing behind the name, or refuse in their own words.
                    Assert.True(status == 403 || (route.Access.Kind == AccessKind.Anyone && status is 400 or 404 or 302 or 503), $"{route.Method} {route.Pattern}: {status}");
                }
            }
        }
    }

    [Fact]
    public async Task ARestrictedCertificateWithoutProjectsReachesNothing()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddCertificateAsync(restricted: true);
        foreach (var route in Routes(daemon).Where(r => r.Access.Kind is not (AccessKind.Anyone or AccessKind.Trusted)))
        {
            var (status, body) = await daemon.TlsAsync(certificate, route.Method, Fill(route), Body(route));
            // Lists of what is in no project are there, and empty; a pool's name is no secret.
            var free = route.Access is { Kind: AccessKind.List, Entity.InProject: false } || route.Access is { Entity.Name: "storage_pool", Entitlement: "can_view" } || route.Access.Entitlement == "can_view_resources";
            Assert.True(free ? status is 200 or 404 : status == 403, $"{route.Method} {route.Pattern}: {status} {body?["error"]}");
        }
    }

    [Fact]
    public async Task ARestrictedCertificateIsNeverLetIntoAnotherProject()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.PostAsync("/1.0/projects", new JsonObject { ["name"] = "mine" });
        await daemon.PostAsync("/1.0/projects", new JsonObject { ["name"] = "mine-too" });
        using var certificate = await daemon.AddCertificateAsync("client", true, "mine", "mine-too");
        foreach (var route in Routes(daemon).Where(r => r.Access.Entity is { InProject: true } || r.Access.Kind is AccessKind.InProject or AccessKind.Project))
        {
            if (route.Access.Kind == AccessKind.Anyone)
            {
                continue;
            }

            Assert.Equal((route, 403), (route, (await daemon.TlsAsync(certificate, route.Method, Fill(route), Body(route))).Status));
            Assert.Equal((route, 403), (route, (await daemon.TlsAsync(certificate, route.Method, Fill(route) + "?project=default", Body(route))).Status));
            Assert.NotEqual((route, 403), (route, (await daemon.TlsAsync(certificate, route.Method, Fill(route) + "?project=mine", Body(route))).Status));
        }

        Assert.Equal(403, (await daemon.TlsAsync(certificate, "GET", "/1.0/instances?all-projects=true")).Status);
        Assert.Equal("[\"/1.0/projects/mine\",\"/1.0/projects/mine-too\"]", (await daemon.TlsAsync(certificate, "GET", "/1.0/projects")).Body!["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task ARestrictedCertificateCannotWidenItself()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddCertificateAsync(restricted: true);
        var url = "/1.0/certificates/" + certificate.Fingerprint();
        foreach (var body in (string[])["""{"restricted":false}""", """{"projects":["default"]}""", """{"name":"root"}""", """{"type":"metrics"}""", """{"type":"server"}"""])
        {
            Assert.Equal((body, 403), (body, (await daemon.TlsAsync(certificate, "PATCH", url, body)).Status));
        }

        using var other = await daemon.AddCertificateAsync();
        Assert.Equal(404, (await daemon.TlsAsync(certificate, "GET", "/1.0/certificates/" + other.Fingerprint())).Status);
        Assert.Equal(404, (await daemon.TlsAsync(certificate, "DELETE", "/1.0/certificates/" + other.Fingerprint())).Status);
        Assert.Equal(403, (await daemon.TlsAsync(certificate, "POST", "/1.0/certificates", new JsonObject { ["certificate"] = other.Pem() }.ToJsonString())).Status);
        using var next = TestCertificates.Make();
        Assert.Equal(200, (await daemon.TlsAsync(certificate, "PATCH", url, new JsonObject { ["certificate"] = next.Pem() }.ToJsonString())).Status);
        Assert.Equal(403, (await daemon.TlsAsync(certificate, "GET", "/1.0/certificates")).Status);
        Assert.Equal(200, (await daemon.TlsAsync(next, "GET", "/1.0/certificates")).Status);
    }

    [Fact]
    public async Task AMetricsCertificateReadsNothingElse()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddCertificateAsync("metrics");
        foreach (var route in Routes(daemon).Where(r => r.Access.Kind is not (AccessKind.Anyone or AccessKind.Metrics)))
        {
            Assert.Equal((route, 403), (route, (await daemon.TlsAsync(certificate, route.Method, Fill(route), Body(route))).Status));
        }

        Assert.Equal("untrusted", (string?)(await daemon.TlsAsync(certificate, "GET", "/1.0")).Body!["metadata"]!["auth"]);
    }

    [Fact]
    public async Task SomebodyWithoutRightsReachesNothing()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddFineGrainedAsync("nobodies");
        foreach (var route in Routes(daemon).Where(r => r.Access.Kind is not (AccessKind.Anyone or AccessKind.Trusted)))
        {
            var (status, body) = await daemon.TlsAsync(certificate, route.Method, Fill(route), Body(route));
            var free = route.Access is { Kind: AccessKind.List, Entity.InProject: false } || route.Access is { Entity.Name: "storage_pool", Entitlement: "can_view" };
            Assert.True(free ? status is 200 or 404 : status is 403 or 404, $"{route.Method} {route.Pattern}: {status} {body?["error"]}");
            if (status == 200)
            {
                // Oneself and the own group.
                Assert.True(body!["metadata"] is JsonArray { Count: <= 1 }, $"{route.Pattern} shows {body["metadata"]}");
            }
        }

        foreach (var all in (string[])["instances", "profiles", "networks", "storage-volumes", "images"])
        {
            Assert.Equal("[]", (await daemon.TlsAsync(certificate, "GET", $"/1.0/{all}?all-projects=true")).Body!["metadata"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task ARemovedCertificateIsAStranger()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddCertificateAsync();
        Assert.Equal(200, (await daemon.TlsAsync(certificate, "GET", "/1.0/instances")).Status);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/certificates/" + certificate.Fingerprint())).Status);
        Assert.Equal(403, (await daemon.TlsAsync(certificate, "GET", "/1.0/instances")).Status);
    }

    [Fact]
    public async Task BadTokensAreRefusedEvenWhereStrangersAreNot()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (id, good) = await daemon.AddBearerAsync("b", groups: "admins");
        Assert.Equal("trusted", await AuthAsync(daemon, good));
        var uuid = daemon.Daemon.Config.Get("volatile.uuid");
        var key = Convert.FromBase64String(daemon.Daemon.Identities.ByIdentifier(IdentityType.BearerMethod, id)!.SigningKey);
        var now = DateTime.UtcNow;
        var parts = good.Split('.');
        (string Why, string Token)[] bad =
        [
            ("no signature", $"{parts[0]}.{parts[1]}."),
            ("alg none", $"eyJhbGciOiJub25lIn0.{parts[1]}."),
            ("wrong key", Jwt.Sign("lxd:" + uuid, id, "lxd:" + uuid, now, now.AddHours(1), new byte[64])),
            ("wrong audience", Jwt.Sign("lxd:" + uuid, id, "devlxd:" + uuid, now, now.AddHours(1), key)),
            ("another server's audience", Jwt.Sign("lxd:" + uuid, id, "lxd:" + Guid.NewGuid(), now, now.AddHours(1), key)),
            ("expired", Jwt.Sign("lxd:" + uuid, id, "lxd:" + uuid, now.AddHours(-2), now.AddSeconds(-1), key)),
            ("not valid yet", Jwt.Sign("lxd:" + uuid, id, "lxd:" + uuid, now.AddHours(1), now.AddHours(2), key)),
            ("nobody", Jwt.Sign("lxd:" + uuid, Guid.NewGuid().ToString(), "lxd:" + uuid, now, now.AddHours(1), key)),
            ("another's name", Jwt.Sign("lxd:" + uuid, "", "lxd:" + uuid, now, now.AddHours(1), key)),
        ];
        foreach (var (why, token) in bad)
        {
            Assert.Equal((why, 403), (why, (await daemon.TlsAsync(null, "GET", "/1.0", null, ("Authorization", "Bearer " + token))).Status));
            Assert.Equal((why, 403), (why, (await daemon.TlsAsync(null, "GET", "/1.0", null, ("Cookie", "token_bearer_session=" + token))).Status));
        }

        // Another server's token and no token at all leave one a stranger.
        Assert.Equal("untrusted", await AuthAsync(daemon, Jwt.Sign("lxd:" + Guid.NewGuid(), id, "lxd:" + uuid, now, now.AddHours(1), key)));
        Assert.Equal("untrusted", await AuthAsync(daemon, "nonsense"));
    }

    [Fact]
    public async Task ANewTokenAndARevocationEndTheOldOne()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (_, first) = await daemon.AddBearerAsync("b");
        var (_, body) = await daemon.SendAsync("POST", "/1.0/auth/identities/bearer/b/token", """{"expiry":"1H"}""");
        var second = (string)body!["metadata"]!["token"]!;
        Assert.Null(await AuthAsync(daemon, first));
        Assert.Equal("trusted", await AuthAsync(daemon, second));
        Assert.NotNull((await daemon.GetAsync("/1.0/auth/identities/bearer/b"))!["expires_at"]);
        Assert.Equal(200, (await daemon.SendAsync("DELETE", "/1.0/auth/identities/bearer/b/token")).Status);
        Assert.Null(await AuthAsync(daemon, second));
        Assert.Null((await daemon.GetAsync("/1.0/auth/identities/bearer/b"))!["expires_at"]);
    }

    [Fact]
    public async Task ATokenForGuestsOfInstancesDoesNotOpenTheApi()
    {
        await using var daemon = await TestDaemon.StartAsync();
        var (_, token) = await daemon.AddBearerAsync("b", "DevLXD token bearer");
        Assert.Null(await AuthAsync(daemon, token));
    }

    [Fact]
    public async Task OnlyTheHostMakesTheFirstAdministratorOfTheUi()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var admin = await daemon.AddCertificateAsync();
        const string body = """{"name":"ui-admin-initial","type":"Initial UI token bearer"}""";
        Assert.Equal(403, (await daemon.TlsAsync(admin, "POST", "/1.0/auth/identities/bearer", body)).Status);
        var (_, token) = await daemon.AddBearerAsync("ui-admin-initial", "Initial UI token bearer", "1d");
        Assert.Equal("trusted", await AuthAsync(daemon, token));
        Assert.Equal(403, (await daemon.TlsAsync(admin, "POST", "/1.0/auth/identities/bearer/ui-admin-initial/token", "{}")).Status);
        Assert.Equal(400, (await daemon.SendAsync("PUT", "/1.0/auth/identities/bearer/ui-admin-initial", """{"groups":[]}""")).Status);
    }

    [Fact]
    public async Task WhoSaysHeIsKnownAndIsNotIsRefused()
    {
        await using var daemon = await TestDaemon.StartAsync();
        Assert.Equal(403, (await daemon.TlsAsync(null, "GET", "/1.0", null, ("X-LXD-authenticated", "true"))).Status);
    }

    [Fact]
    public async Task OperationsOfTheServerHideTheirSecrets()
    {
        await using var daemon = await TestDaemon.StartAsync(d => d.Tokens.Listening = () => "127.0.0.1:8443");
        var (status, body) = await daemon.SendAsync("POST", "/1.0/certificates", """{"name":"x","token":true}""");
        Assert.Equal(202, status);
        var url = (string)body!["operation"]!;
        await daemon.PostAsync("/1.0/projects", new JsonObject { ["name"] = "mine" });
        using var restricted = await daemon.AddCertificateAsync("client", true, "mine");
        using var viewer = await daemon.AddFineGrainedAsync("viewers", ("project", "/1.0/projects/default", "operator"));
        foreach (var certificate in new[] { restricted, viewer })
        {
            Assert.Equal(404, (await daemon.TlsAsync(certificate, "GET", url)).Status);
            Assert.Equal(404, (await daemon.TlsAsync(certificate, "DELETE", url)).Status);
            Assert.Equal("{}", (await daemon.TlsAsync(certificate, "GET", "/1.0/operations?recursion=1&all-projects=true")).Body!["metadata"]!.ToJsonString());
        }
    }

    private static async Task<string?> AuthAsync(TestDaemon daemon, string token) =>
        (string?)(await daemon.TlsAsync(null, "GET", "/1.0", null, ("Authorization", "Bearer " + token))).Body!["metadata"]?["auth"];
}
