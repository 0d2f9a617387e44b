using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Clients of every kind, made through the API.</summary>
internal static class TestClients
{
    public static async Task<X509Certificate2> AddCertificateAsync(this TestDaemon daemon, string type = "client", bool restricted = false, params string[] projects)
    {
        var certificate = TestCertificates.Make();
        await daemon.PostAsync("/1.0/certificates", new JsonObject { ["name"] = "c" + certificate.Fingerprint()[..8], ["type"] = type, ["restricted"] = restricted, ["projects"] = List(projects), ["certificate"] = certificate.Pem() });
        return certificate;
    }

    /// <summary>A TLS client whose rights come from a group of its own.</summary>
    /// <param name="grants">Kind, URL and right.</param>
    public static async Task<X509Certificate2> AddFineGrainedAsync(this TestDaemon daemon, string group, params (string Kind, string Url, string Entitlement)[] grants)
    {
        await daemon.PostAsync("/1.0/auth/groups", new JsonObject { ["name"] = group, ["permissions"] = Grants(grants) });
        var certificate = TestCertificates.Make(group);
        await daemon.PostAsync("/1.0/auth/identities/tls", new JsonObject { ["name"] = group, ["groups"] = List([group]), ["certificate"] = certificate.Pem() });
        return certificate;
    }

    public static async Task GrantAsync(this TestDaemon daemon, string group, params (string Kind, string Url, string Entitlement)[] grants)
    {
        var (status, body) = await daemon.SendAsync("PUT", "/1.0/auth/groups/" + group, new JsonObject { ["permissions"] = Grants(grants) }.ToJsonString());
        Assert.True(status == 200, (string?)body?["error"]);
    }

    /// <summary>A bearer and its first token.</summary>
    public static async Task<(string Id, string Token)> AddBearerAsync(this TestDaemon daemon, string name, string type = "Client token bearer", string expiry = "", params string[] groups)
    {
        await daemon.PostAsync("/1.0/auth/identities/bearer", new JsonObject { ["name"] = name, ["type"] = type, ["groups"] = List(groups) });
        var (status, body) = await daemon.SendAsync("POST", $"/1.0/auth/identities/bearer/{name}/token", new JsonObject { ["expiry"] = expiry }.ToJsonString());
        Assert.True(status == 200, (string?)body?["error"]);
        return ((string)(await daemon.GetAsync("/1.0/auth/identities/bearer/" + name))!["id"]!, (string)body!["metadata"]!["token"]!);
    }

    public static async Task PostAsync(this TestDaemon daemon, string path, JsonNode body)
    {
        var (status, answer) = await daemon.SendAsync("POST", path, body.ToJsonString());
        Assert.True(status is 200 or 201, $"POST {path}: {status} {answer?["error"]}");
    }

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    private static JsonArray Grants((string Kind, string Url, string Entitlement)[] grants) =>
        new([.. grants.Select(g => (JsonNode)new JsonObject { ["entity_type"] = g.Kind, ["url"] = g.Url, ["entitlement"] = g.Entitlement })]);
}
