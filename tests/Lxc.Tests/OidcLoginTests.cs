using System.Net;
using System.Text;
using System.Web;
using Lxd.Client.Oidc;
using Lxd.Core;
using Xunit;

namespace Lxc.Tests;

public sealed class OidcLoginTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lxc-oidc-").FullName;
    private readonly HttpListener _provider = new();
    private readonly List<string> _grants = [];
    private readonly List<string> _shown = [];
    private readonly List<string> _bodies = [];
    private readonly string _issuer;
    private string _refusal = "";
    private int _pending = 1;

    public OidcLoginTests()
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

    private string Jar => Path.Combine(_directory, "jars", "r");

    private string Tokens => Path.Combine(_directory, "oidctokens", "r.json");

    public void Dispose()
    {
        _provider.Close();
        Directory.Delete(_directory, true);
    }

    [Fact]
    public async Task TheUserLogsInOnceAndTheSessionIsUsedAfterwards()
    {
        using var http = Client();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("https://server.example:8443/1.0")).StatusCode);
        Assert.Equal([_issuer + "device?code=UC UC"], _shown);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("https://server.example:8443/1.0", new ByteArrayContent([1]))).StatusCode);
        Assert.Equal(["device", "device"], _grants);
        foreach (var file in new[] { Jar, Tokens })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task ALostSessionBeginsAnewWithoutTheUser()
    {
        using var http = Client();
        await http.GetAsync("https://server.example:8443/1.0");
        File.Delete(Jar);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("https://server.example:8443/1.0")).StatusCode);
        Assert.Single(_shown);
        Assert.Equal("refresh", _grants[^1]);
    }

    [Fact]
    public async Task AStreamIsSentOnceAndGetsThrough()
    {
        using var http = Client();
        foreach (var lose in new[] { false, true, false })
        {
            if (lose)
            {
                // The server forgot it; the file still has it.
                File.WriteAllText(Jar, File.ReadAllText(Jar).Replace("\"s1\"", "\"s0\"", StringComparison.Ordinal));
            }

            using var body = new StreamContent(new OnlyForward("content"u8.ToArray()));
            Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("https://server.example:8443/1.0/instances/c1/files?path=/f", body)).StatusCode);
        }

        Assert.Equal(["content", "content", "content"], _bodies);
        Assert.Single(_shown);
    }

    [Fact]
    public async Task ARefusedLoginTellsWhy()
    {
        _refusal = "access_denied";
        using var http = Client();
        var error = await Assert.ThrowsAsync<ApiException>(() => http.GetAsync("https://server.example:8443/1.0"));
        Assert.Contains("access_denied", error.Message);
        Assert.False(File.Exists(Jar));
    }

    private HttpClient Client() => new(new OidcLogin(Jar, Tokens, (url, code) =>
    {
        _shown.Add($"{url} {code}");
        return Task.CompletedTask;
    })
    { InnerHandler = new FakeServer(_issuer, _bodies) });

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
            var (status, answer) = Answer(context.Request.Url!.AbsolutePath, HttpUtility.ParseQueryString(await reader.ReadToEndAsync()));
            context.Response.StatusCode = status;
            context.Response.Close(Encoding.UTF8.GetBytes(answer), false);
        }
    }

    private (int, string) Answer(string path, System.Collections.Specialized.NameValueCollection form)
    {
        switch (path)
        {
            case "/.well-known/openid-configuration":
                return (200, $$"""{"issuer":"{{_issuer}}","token_endpoint":"{{_issuer}}token","device_authorization_endpoint":"{{_issuer}}begin"}""");
            case "/begin":
                Assert.Equal(("c1", "openid email"), (form["client_id"], form["scope"]));
                return (200, $$"""{"device_code":"dc","user_code":"UC","verification_uri":"{{_issuer}}device","verification_uri_complete":"{{_issuer}}device?code=UC","expires_in":60,"interval":1}""");
            default:
                _grants.Add(form["grant_type"] == "refresh_token" ? "refresh" : "device");
                return _refusal.Length > 0 ? (400, $$"""{"error":"{{_refusal}}"}""")
                    : form["grant_type"] != "refresh_token" && _pending-- > 0 ? (400, """{"error":"authorization_pending"}""")
                    : (200, """{"access_token":"at","refresh_token":"rt","token_type":"Bearer"}""");
        }
    }

    /// <summary>Knows the token <c>at</c>, for which it gives the session <c>s1</c>.</summary>
    private sealed class FakeServer(string issuer, List<string> bodies) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is StreamContent content)
            {
                bodies.Add(await content.ReadAsStringAsync(cancellationToken));
            }

            if (request.Headers.TryGetValues("Cookie", out var cookies) && cookies.Single() == "session=s1")
            {
                return new HttpResponseMessage(HttpStatusCode.OK);
            }

            var known = request.Headers.Authorization?.Parameter == "at";
            var response = new HttpResponseMessage(known ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
            if (known)
            {
                response.Headers.Add("Set-Cookie", $"session=s1; expires={DateTime.UtcNow.AddDays(7):R}; path=/; secure; samesite=strict; httponly");
                return response;
            }

            response.Headers.Add("X-LXD-OIDC-issuer", issuer);
            response.Headers.Add("X-LXD-OIDC-clientid", "c1");
            response.Headers.Add("X-LXD-OIDC-scopes", """["openid","email"]""");
            return response;
        }
    }

    private sealed class OnlyForward(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
