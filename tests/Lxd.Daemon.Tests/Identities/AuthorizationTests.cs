using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Groups, what they are granted, and what is seen of it.</summary>
public sealed class AuthorizationTests
{
    [Fact]
    public async Task RightsAreGrantedTakenAndGoWithTheThing()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.PostAsync("/1.0/profiles", new JsonObject { ["name"] = "p1" });
        await daemon.PostAsync("/1.0/profiles", new JsonObject { ["name"] = "p2" });
        using var client = await daemon.AddFineGrainedAsync("g");
        Assert.Equal(404, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/p1")).Status);
        await daemon.GrantAsync("g", ("project", "/1.0/projects/default", "can_view"), ("profile", "/1.0/profiles/p1?project=default", "can_view"));
        Assert.Equal(200, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/p1")).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "PATCH", "/1.0/profiles/p1", """{"description":"x"}""")).Status);
        Assert.Equal("""["/1.0/profiles/p1"]""", (await daemon.TlsAsync(client, "GET", "/1.0/profiles")).Body!["metadata"]!.ToJsonString());
        Assert.Single((JsonArray)(await daemon.TlsAsync(client, "GET", "/1.0/profiles?recursion=1")).Body!["metadata"]!);
        await daemon.GrantAsync("g", ("project", "/1.0/projects/default", "can_view"), ("profile", "/1.0/profiles/p1?project=default", "can_edit"), ("profile", "/1.0/profiles/p1?project=default", "can_delete"));
        Assert.Equal(202, (await daemon.TlsAsync(client, "PATCH", "/1.0/profiles/p1", """{"description":"x"}""")).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/profiles/p1", """{"name":"p3"}""")).Status);
        Assert.Equal(200, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/p3")).Status);
        Assert.Equal(200, (await daemon.TlsAsync(client, "DELETE", "/1.0/profiles/p3")).Status);
        Assert.Single((JsonArray)(await daemon.GetAsync("/1.0/auth/groups/g"))!["permissions"]!);
        // One of the same name that comes later is another.
        await daemon.PostAsync("/1.0/profiles", new JsonObject { ["name"] = "p3" });
        Assert.Equal(404, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/p3")).Status);
    }

    [Theory]
    [InlineData("nonsense", "/1.0/profiles/default?project=default", "can_view")]
    [InlineData("warning", "/1.0/warnings/x", "can_view")]
    [InlineData("server", "/1.0", "can_fly")]
    [InlineData("profile", "/1.0/profiles/default?project=default", "can_exec")]
    [InlineData("profile", "/1.0/profiles/default", "can_view")]
    [InlineData("profile", "/1.0/profiles/nothing?project=default", "can_view")]
    [InlineData("profile", "/1.0/instances/c1?project=default", "can_view")]
    [InlineData("instance", "/1.0/instances/c1/snapshots/s?project=default", "can_view")]
    [InlineData("project", "/1.0/projects/nothing", "operator")]
    [InlineData("identity", "/1.0/auth/identities/tls/nothing", "can_view")]
    [InlineData("certificate", "", "can_view")]
    public async Task NonsenseIsNotGranted(string kind, string url, string entitlement)
    {
        await using var daemon = await TestDaemon.StartAsync();
        var body = new JsonObject { ["name"] = "g", ["permissions"] = new JsonArray(new JsonObject { ["entity_type"] = "project", ["url"] = "/1.0/projects/default", ["entitlement"] = "can_view" }, new JsonObject { ["entity_type"] = kind, ["url"] = url, ["entitlement"] = entitlement }) };
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/auth/groups", body.ToJsonString())).Status);
        Assert.Equal("""["/1.0/auth/groups/admins"]""", (await daemon.GetAsync("/1.0/auth/groups"))!.ToJsonString());
    }

    [Fact]
    public async Task NothingIsGrantedInAProjectThatTheGroupCannotSee()
    {
        await using var daemon = await TestDaemon.StartAsync();
        JsonObject Granting(params string[] project) => new()
        {
            ["name"] = "g" + string.Concat(project),
            ["permissions"] = new JsonArray([new JsonObject { ["entity_type"] = "profile", ["url"] = "/1.0/profiles/default?project=default", ["entitlement"] = "can_edit" }, .. project.Select(p => (JsonNode)new JsonObject { ["entity_type"] = "project", ["url"] = "/1.0/projects/default", ["entitlement"] = p })]),
        };
        Assert.Equal(400, (await daemon.SendAsync("POST", "/1.0/auth/groups", Granting().ToJsonString())).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/auth/groups", Granting("can_view").ToJsonString())).Status);
        Assert.Equal(201, (await daemon.SendAsync("POST", "/1.0/auth/groups", Granting("viewer").ToJsonString())).Status);
    }

    [Fact]
    public async Task WhatOneMayDoIsToldWhereItIsAskedFor()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var client = await daemon.AddFineGrainedAsync("g", ("project", "/1.0/projects/default", "can_view"), ("profile", "/1.0/profiles/default?project=default", "can_edit"));
        const string query = "with-access-entitlements=can_view,can_edit,can_delete";
        Assert.Equal("""["can_view","can_edit"]""", (await daemon.TlsAsync(client, "GET", "/1.0/profiles/default?" + query)).Body!["metadata"]!["access_entitlements"]!.ToJsonString());
        Assert.Equal("""["can_view","can_edit"]""", (await daemon.TlsAsync(client, "GET", "/1.0/profiles?recursion=1&" + query)).Body!["metadata"]![0]!["access_entitlements"]!.ToJsonString());
        Assert.Equal("""["can_view"]""", (await daemon.TlsAsync(client, "GET", "/1.0/projects/default?" + query)).Body!["metadata"]!["access_entitlements"]!.ToJsonString());
        Assert.Null((await daemon.GetAsync("/1.0/profiles/default?" + query))!["access_entitlements"]);
        Assert.Equal(400, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/default?with-access-entitlements=can_fly")).Status);
    }

    [Fact]
    public async Task UsersThatOneMayNotSeeAreNotTold()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var client = await daemon.AddFineGrainedAsync("g", ("project", "/1.0/projects/default", "can_view"));
        var shown = (await daemon.TlsAsync(client, "GET", "/1.0/projects/default")).Body!["metadata"]!;
        Assert.Empty((JsonArray)shown["used_by"]!);
        await daemon.GrantAsync("g", ("project", "/1.0/projects/default", "can_view"), ("profile", "/1.0/profiles/default?project=default", "can_view"));
        shown = (await daemon.TlsAsync(client, "GET", "/1.0/projects/default")).Body!["metadata"]!;
        Assert.Equal("""["/1.0/profiles/default"]""", shown["used_by"]!.ToJsonString());
    }

    [Fact]
    public async Task ThingsOfTheDefaultProjectAreNotReachedThroughOneThatBorrowsThem()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.PostAsync("/1.0/projects", new JsonObject { ["name"] = "borrower", ["config"] = new JsonObject { ["features.profiles"] = "false" } });
        using var client = await daemon.AddFineGrainedAsync("g", ("project", "/1.0/projects/borrower", "operator"));
        Assert.Equal(404, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/default?project=borrower")).Status);
        Assert.Equal("[]", (await daemon.TlsAsync(client, "GET", "/1.0/profiles?project=borrower")).Body!["metadata"]!.ToJsonString());
        Assert.Equal(404, (await daemon.TlsAsync(client, "GET", "/1.0/profiles?project=default")).Status);
        await daemon.GrantAsync("g", ("project", "/1.0/projects/borrower", "operator"), ("project", "/1.0/projects/default", "can_view"), ("project", "/1.0/projects/default", "can_view_profiles"));
        Assert.Equal(200, (await daemon.TlsAsync(client, "GET", "/1.0/profiles/default?project=borrower")).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "PATCH", "/1.0/profiles/default?project=borrower", """{"description":"x"}""")).Status);
    }

    [Fact]
    public async Task WhoChangesGroupsOfAnotherSeesThemAll()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var other = await daemon.AddFineGrainedAsync("secret");
        var url = "/1.0/auth/identities/tls/" + other.Fingerprint();
        using var client = await daemon.AddFineGrainedAsync("editors", ("identity", url, "can_edit"));
        Assert.Equal(403, (await daemon.TlsAsync(client, "PUT", url, """{"groups":["editors"]}""")).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "PATCH", url, """{"groups":["editors"]}""")).Status);
        await daemon.GrantAsync("editors", ("identity", url, "can_edit"), ("group", "/1.0/auth/groups/secret", "can_view"));
        Assert.Equal(200, (await daemon.TlsAsync(client, "PATCH", url, """{"groups":["editors"]}""")).Status);
        Assert.Equal(404, (await daemon.TlsAsync(client, "PATCH", url, """{"groups":["admins"]}""")).Status);
        Assert.Equal(404, (await daemon.TlsAsync(client, "PATCH", "/1.0/auth/groups/admins", """{"description":"x"}""")).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "POST", "/1.0/auth/groups", """{"name":"x"}""")).Status);
    }

    [Fact]
    public async Task AClientRenewsItsCertificateAndNothingElse()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var client = await daemon.AddFineGrainedAsync("g");
        using var next = TestCertificates.Make();
        const string url = "/1.0/auth/identities/tls/g";
        Assert.Equal(403, (await daemon.TlsAsync(client, "PUT", url, new JsonObject { ["tls_certificate"] = next.Pem() }.ToJsonString())).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "PATCH", url, new JsonObject { ["groups"] = TestClients.List(["admins"]) }.ToJsonString())).Status);
        Assert.Equal(200, (await daemon.TlsAsync(client, "PUT", url, new JsonObject { ["tls_certificate"] = next.Pem(), ["groups"] = TestClients.List(["g"]) }.ToJsonString())).Status);
        Assert.Equal("untrusted", (string?)(await daemon.TlsAsync(client, "GET", "/1.0")).Body!["metadata"]!["auth"]);
        Assert.Equal("trusted", (string?)(await daemon.TlsAsync(next, "GET", "/1.0")).Body!["metadata"]!["auth"]);
        Assert.Equal(200, (await daemon.TlsAsync(next, "DELETE", url)).Status);
        Assert.Equal("untrusted", (string?)(await daemon.TlsAsync(next, "GET", "/1.0")).Body!["metadata"]!["auth"]);
    }

    [Fact]
    public async Task WhatCannotBeInGroupsIsNot()
    {
        await using var daemon = await TestDaemon.StartAsync();
        using var certificate = await daemon.AddCertificateAsync();
        Assert.Equal(400, (await daemon.SendAsync("PATCH", "/1.0/auth/identities/tls/" + certificate.Fingerprint(), """{"groups":["admins"]}""")).Status);
        await daemon.AddBearerAsync("b");
        var (status, body) = await daemon.SendAsync("PUT", "/1.0/auth/identities/bearer/b", """{"groups":["admins","n1","n2"]}""");
        Assert.Equal((404, "One or more groups were not found: \"n1\", \"n2\""), (status, (string?)body!["error"]));
        (status, body) = await daemon.SendAsync("PATCH", "/1.0/auth/identities/bearer/b", new JsonObject { ["tls_certificate"] = certificate.Pem() }.ToJsonString());
        Assert.Equal((400, "Cannot update certificate for identities of type \"Client token bearer\""), (status, (string?)body!["error"]));
    }

    [Fact]
    public async Task ServerRightsShowAndHideTheConfiguration()
    {
        await using var daemon = await TestDaemon.StartAsync();
        await daemon.SendAsync("PATCH", "/1.0", """{"config":{"user.secret":"s"}}""");
        using var client = await daemon.AddFineGrainedAsync("g", ("server", "/1.0", "viewer"));
        Assert.Null((await daemon.TlsAsync(client, "GET", "/1.0")).Body!["metadata"]!["config"]);
        Assert.Equal(403, (await daemon.TlsAsync(client, "PATCH", "/1.0", """{"config":{"user.secret":"t"}}""")).Status);
        await daemon.GrantAsync("g", ("server", "/1.0", "can_edit"));
        Assert.Equal("s", (string?)(await daemon.TlsAsync(client, "GET", "/1.0")).Body!["metadata"]!["config"]!["user.secret"]);
        Assert.Equal(200, (await daemon.TlsAsync(client, "PATCH", "/1.0", """{"config":{"user.secret":"t"}}""")).Status);
    }
}
