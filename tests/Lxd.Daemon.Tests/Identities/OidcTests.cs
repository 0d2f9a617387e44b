using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Tests.Identities;

/// <summary>Which tokens of an identity provider let a client in.</summary>
public sealed class OidcTests : IDisposable
{
    private readonly HttpListener _provider = new();
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _other = RSA.Create(2048);
    private readonly List<string> _asked = [];
    private readonly string _issuer;
    private string _introspection = "";

    public OidcTests()
    {
        using (var free = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _issuer = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _provider.Prefixes.Add(_issuer);
        _provider.Start();
        _ = ServeAsync();
    }

    public void Dispose()
    {
        _provider.Close();
        _key.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData("", """{"aud":"us"}""", true)]
    [InlineData("", """{"aud":["x","us"]}""", true)]
    [InlineData("", """{"aud":"device"}""", true)]
    [InlineData("", """{"aud":"account","azp":"us"}""", true)]
    [InlineData("", """{"aud":"account","client_id":"device"}""", true)]
    [InlineData("", """{"aud":"another"}""", false)]
    [InlineData("", """{"aud":"another","azp":"another"}""", false)]
    [InlineData("", """{"aud":""}""", false)]
    [InlineData("", "{}", false)]
    [InlineData("api", """{"aud":"api"}""", true)]
    [InlineData("api", """{"aud":"us"}""", false)]
    [InlineData("api", """{"aud":"another","azp":"us"}""", false)]
    [InlineData("", """{"aud":"us","iss":"http://elsewhere.example/"}""", false)]
    [InlineData("", """{"aud":"us","exp":1000}""", false)]
    [InlineData("", """{"aud":"us","nbf":99999999999}""", false)]
    [InlineData("", """{"aud":"us","sub":"somebody else"}""", false)]
    public async Task AWebTokenIsMeantForUs(string audience, string claims, bool good)
    {
        await using var daemon = await ReadyAsync(audience);
        Assert.Equal(good ? "trusted" : "untrusted", await AuthAsync(daemon, Sign(claims, _key)));
    }

    [Fact]
    public async Task AWebTokenIsSignedByTheProvider()
    {
        await using var daemon = await ReadyAsync("");
        Assert.Equal("untrusted", await AuthAsync(daemon, Sign("""{"aud":"us"}""", _other)));
        var parts = Sign("""{"aud":"us"}""", _key).Split('.');
        var none = Base64Url.EncodeToString("""{"alg":"none"}"""u8);
        Assert.Equal("untrusted", await AuthAsync(daemon, $"{none}.{parts[1]}."));
        Assert.Equal("untrusted", await AuthAsync(daemon, $"{parts[0]}.{Base64Url.EncodeToString("{}"u8)}.{parts[2]}"));

        // The public key as the secret of another kind of signature.
        var header = Base64Url.EncodeToString("""{"alg":"HS512","kid":"k"}"""u8);
        var mac = HMACSHA512.HashData(_key.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes($"{header}.{parts[1]}"));
        Assert.Equal("untrusted", await AuthAsync(daemon, $"{header}.{parts[1]}.{Base64Url.EncodeToString(mac)}"));
    }

    [Theory]
    [InlineData("", "", true)]
    [InlineData("api", "", false)]
    [InlineData("", "missing", true)]
    [InlineData("api", "missing", false)]
    [InlineData("", """{"active":true,"client_id":"us"}""", true)]
    [InlineData("", """{"active":true,"aud":["us"]}""", true)]
    [InlineData("", """{"active":true,"client_id":"another"}""", false)]
    [InlineData("", """{"active":true}""", false)]
    [InlineData("", """{"active":false,"client_id":"us"}""", false)]
    [InlineData("", """{"client_id":"us"}""", false)]
    [InlineData("", "[]", false)]
    [InlineData("api", """{"active":true,"client_id":"us","aud":"other"}""", false)]
    [InlineData("api", """{"active":true,"client_id":"x","aud":"api"}""", true)]
    public async Task ATokenThatOnlyTheProviderReadsIsMeantForUs(string audience, string introspection, bool good)
    {
        _introspection = introspection;
        await using var daemon = await ReadyAsync(audience);
        Assert.Equal(good ? "trusted" : "untrusted", await AuthAsync(daemon, "opaque"));
        Assert.Equal(good, _asked.Contains("/userinfo"));
    }

    [Fact]
    public void SecretsInAddressesAreNotLogged()
    {
        Assert.Equal("/oidc/callback?code=***&state=***", LoggedTarget.Of("/oidc/callback?code=abc&state=def"));
        Assert.Equal("/1.0/operations/x/websocket?project=p&secret=***", LoggedTarget.Of("/1.0/operations/x/websocket?project=p&secret=abc%20d"));
        Assert.Equal("/1.0/instances?recursion=1", LoggedTarget.Of("/1.0/instances?recursion=1"));
    }

    private async Task<TestDaemon> ReadyAsync(string audience)
    {
        var daemon = await TestDaemon.StartAsync();
        var config = new JsonObject { ["oidc.issuer"] = _issuer, ["oidc.client.id"] = "us", ["oidc.client.secret"] = "hush", ["oidc.device.client.id"] = "device", ["oidc.audience"] = audience };
        var (status, body) = await daemon.SendAsync("PATCH", "/1.0", new JsonObject { ["config"] = config }.ToJsonString());
        Assert.True(status == 200, body?.ToJsonString());
        return daemon;
    }

    private static async Task<string?> AuthAsync(TestDaemon daemon, string token) =>
        (string?)(await daemon.TlsAsync(null, "GET", "/1.0", null, ("Authorization", "Bearer " + token))).Body?["metadata"]?["auth"];

    /// <summary>A token that is good but for what the claims say otherwise.</summary>
    private string Sign(string claims, RSA key)
    {
        var all = new JsonObject { ["iss"] = _issuer, ["sub"] = "u1", ["exp"] = DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds() };
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
        {
            all[name] = value?.DeepClone();
        }

        var signed = Base64Url.EncodeToString("""{"alg":"RS256","kid":"k"}"""u8) + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(all.ToJsonString()));
        return signed + "." + Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    private async Task ServeAsync()
    {
        while (_provider.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _provider.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var answer = Answer(context.Request.Url!.AbsolutePath, HttpUtility.ParseQueryString(await reader.ReadToEndAsync()));
            context.Response.StatusCode = answer.Length > 0 ? 200 : 404;
            context.Response.Close(Encoding.UTF8.GetBytes(answer), false);
        }
    }

    private string Answer(string path, System.Collections.Specialized.NameValueCollection form)
    {
        _asked.Add(path);
        switch (path)
        {
            case "/.well-known/openid-configuration":
                var asks = _introspection.Length > 0 ? $""","introspection_endpoint":"{_issuer}introspect" """ : "";
                return $$"""{"issuer":"{{_issuer}}","jwks_uri":"{{_issuer}}keys","userinfo_endpoint":"{{_issuer}}userinfo"{{asks}}}""";
            case "/keys":
                var key = _key.ExportParameters(false);
                return $$"""{"keys":[{"kty":"RSA","kid":"k","use":"sig","n":"{{Base64Url.EncodeToString(key.Modulus)}}","e":"{{Base64Url.EncodeToString(key.Exponent)}}"}]}""";
            case "/introspect":
                return form["token"] == "opaque" && form["client_id"] == "us" && form["client_secret"] == "hush" && _introspection != "missing" ? _introspection : "";
            case "/userinfo":
                return """{"sub":"u1","email":"u1@example.com","name":"U"}""";
            default:
                return "";
        }
    }
}
