using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Tokens with which clients make themselves known.</summary>
public sealed class TokenTests
{
    private static Task<TestDaemon> StartAsync() => TestDaemon.StartAsync(d => d.Tokens.Listening = () => "127.0.0.1:8443");

    private static string Encode(JsonNode token) => Convert.ToBase64String(Encoding.UTF8.GetBytes(token.ToJsonString()));

    private static async Task<string> CertificateTokenAsync(TestDaemon daemon, string request = """{"name":"x","token":true}""")
    {
        var (status, body) = await daemon.SendAsync("POST", "/1.0/certificates", request);
        Assert.True(status == 202, (string?)body?["error"]);
        var metadata = body!["metadata"]!["metadata"]!;
        return Encode(new JsonObject { ["client_name"] = "x", ["secret"] = (string)metadata["secret"]!, ["fingerprint"] = (string)metadata["fingerprint"]!, ["addresses"] = new JsonArray() });
    }

    private static async Task<string> IdentityTokenAsync(TestDaemon daemon, string name = "x")
    {
        var (status, body) = await daemon.SendAsync("POST", "/1.0/auth/identities/tls", $$"""{"name":"{{name}}","token":true,"groups":["admins"]}""");
        Assert.True(status == 201, (string?)body?["error"]);
        return Encode(body!["metadata"]!.DeepClone());
    }

    private static string Redeem(string token) => new JsonObject { ["trust_token"] = token }.ToJsonString();

    [Fact]
    public async Task ATokenOfACertificateServesOnce()
    {
        await using var daemon = await StartAsync();
        var token = await CertificateTokenAsync(daemon, """{"name":"x","token":true,"restricted":true,"projects":["default"]}""");
        using var first = TestCertificates.Make();
        using var second = TestCertificates.Make();
        var wide = new JsonObject { ["trust_token"] = token, ["restricted"] = false, ["name"] = "root" }.ToJsonString();
        Assert.Equal(201, (await daemon.TlsAsync(first, "POST", "/1.0/certificates", wide)).Status);
        Assert.Equal(403, (await daemon.TlsAsync(second, "POST", "/1.0/certificates", Redeem(token))).Status);
        // What the token's maker said counts, not what its user wishes.
        var added = await daemon.GetAsync("/1.0/certificates/" + first.Fingerprint());
        Assert.Equal(("x", true), ((string?)added!["name"], (bool)added["restricted"]!));
    }

    [Fact]
    public async Task OfTwoWithOneTokenOneIsTaken()
    {
        await using var daemon = await StartAsync();
        var token = await CertificateTokenAsync(daemon);
        var clients = Enumerable.Range(0, 8).Select(_ => TestCertificates.Make()).ToList();
        var answers = await Task.WhenAll(clients.Select(c => daemon.TlsAsync(c, "POST", "/1.0/certificates", Redeem(token))));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => Assert.Equal(403, a.Status));
        clients.ForEach(c => c.Dispose());
    }

    [Fact]
    public async Task ATokenIsNotLostByACertificateThatIsNoGood()
    {
        await using var daemon = await StartAsync();
        var token = await CertificateTokenAsync(daemon);
        using var expired = TestCertificates.Make("old", DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(-1));
        Assert.Equal(400, (await daemon.TlsAsync(expired, "POST", "/1.0/certificates", Redeem(token))).Status);
        Assert.Equal(400, (await daemon.TlsAsync(null, "POST", "/1.0/certificates", Redeem(token))).Status);
        using var good = TestCertificates.Make();
        Assert.Equal(201, (await daemon.TlsAsync(good, "POST", "/1.0/certificates", Redeem(token))).Status);
    }

    [Fact]
    public async Task AnExpiredTokenIsRefusedAndPruned()
    {
        await using var daemon = await StartAsync();
        await daemon.SendAsync("PATCH", "/1.0", """{"config":{"core.remote_token_expiry":"1S"}}""");
        var certificate = await CertificateTokenAsync(daemon);
        var identity = await IdentityTokenAsync(daemon);
        await IdentityTokenAsync(daemon, "y");
        await Task.Delay(1200);
        using var client = TestCertificates.Make();
        Assert.Equal(403, (await daemon.TlsAsync(client, "POST", "/1.0/certificates", Redeem(certificate))).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "POST", "/1.0/auth/identities/tls", Redeem(identity))).Status);
        Assert.Single((JsonArray)(await daemon.GetAsync("/1.0/auth/identities/tls"))!);
        Assert.Equal(200, (await daemon.SendAsync("POST", "/internal/testing/prune-tokens")).Status);
        Assert.Empty((JsonArray)(await daemon.GetAsync("/1.0/auth/identities/tls"))!);
    }

    [Fact]
    public async Task APendingIdentityBecomesWhoComesWithItsToken()
    {
        await using var daemon = await StartAsync();
        var token = await IdentityTokenAsync(daemon);
        var pending = (await daemon.GetAsync("/1.0/auth/identities/tls?recursion=1"))![0]!;
        Assert.Equal("Client certificate (pending)", (string?)pending["type"]);
        Assert.Null(pending["expires_at"]);
        using var client = TestCertificates.Make();
        var (status, body) = await daemon.TlsAsync(client, "POST", "/1.0/certificates", Redeem(token));
        Assert.Equal((400, "Failed during search for certificate add token operation: TLS Identity token detected (you must update your client)"), (status, (string?)body!["error"]));
        Assert.Equal(201, (await daemon.TlsAsync(client, "POST", "/1.0/auth/identities/tls", Redeem(token))).Status);
        Assert.Equal("trusted", (string?)(await daemon.TlsAsync(client, "GET", "/1.0")).Body!["metadata"]!["auth"]);
        using var second = TestCertificates.Make();
        Assert.Equal(403, (await daemon.TlsAsync(second, "POST", "/1.0/auth/identities/tls", Redeem(token))).Status);
        var info = (await daemon.TlsAsync(client, "GET", "/1.0/auth/identities/current")).Body!["metadata"]!;
        Assert.Equal("""["admins"]""", info["effective_groups"]!.ToJsonString());
        Assert.Equal(client.Fingerprint(), (string?)info["id"]);
        Assert.True((bool)info["fine_grained"]!);
        Assert.Equal(400, (await daemon.TlsAsync(null, "POST", "/1.0/auth/identities/tls", Redeem(token))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bar")]
    [InlineData("e30=")]
    [InlineData("eyJzZWNyZXQiOiIifQ==")]
    [InlineData("eyJzZWNyZXQiOiJhYmMifQ==")]
    public async Task WhatIsNoTokenOpensNothing(string token)
    {
        await using var daemon = await StartAsync();
        await IdentityTokenAsync(daemon);
        await CertificateTokenAsync(daemon);
        using var client = TestCertificates.Make();
        Assert.Equal(403, (await daemon.TlsAsync(client, "POST", "/1.0/certificates", Redeem(token))).Status);
        Assert.Equal(403, (await daemon.TlsAsync(client, "POST", "/1.0/auth/identities/tls", Redeem(token))).Status);
    }

    [Theory]
    [InlineData("""{"token":true}""", "Client name must not be empty")]
    [InlineData("""{"token":true,"name":"-foo"}""", "Invalid certificate name \"-foo\"")]
    [InlineData("""{"token":true,"name":"fo/o"}""", "Invalid certificate name \"fo/o\"")]
    [InlineData("""{"token":true,"name":"x","projects":["default"]}""", "Projects can only be set on restricted certificates")]
    [InlineData("""{"token":true,"name":"x","type":"server"}""", "Unknown request type \"server\"")]
    public async Task TokensThatMakeNoSenseAreNotMade(string request, string error)
    {
        await using var daemon = await StartAsync();
        var (status, body) = await daemon.SendAsync("POST", "/1.0/certificates", request);
        Assert.Equal((400, error), (status, (string?)body!["error"]));
    }
}
