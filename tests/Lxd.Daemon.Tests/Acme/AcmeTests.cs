using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lxd.Daemon.Tests.Acme;

public class AcmeTests
{
    [Fact]
    public async Task A_certificate_is_asked_for_shown_and_kept()
    {
        await using var lab = await AcmeLab.StartAsync();
        var key = File.ReadAllText(Path.Combine(lab.Daemon.Directory, "server.key"));
        Assert.Equal((200, ""), await lab.AskAsync());

        Assert.Equal(key, File.ReadAllText(Path.Combine(lab.Daemon.Directory, "server.key")));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", lab.Certificate);
        Assert.Equal(2, lab.Certificate.Split("-----BEGIN").Length - 1);
        var (own, sent) = await ShownAsync(lab);
        Assert.True(own.MatchesHostname("lxd.test"));
        Assert.Equal("CN=fake authority", own.Issuer);
        Assert.Contains("CN=fake authority", sent);
        Assert.Equal(own.ExportCertificatePem() + "\n", (string?)(await lab.Daemon.GetAsync("/1.0"))!["environment"]!["certificate"]);

        Assert.Null(lab.Look("a-Token_1"));
        var account = Path.Combine(lab.Daemon.Directory, "acme.key");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(account));
        Assert.Empty(Directory.GetFiles(lab.Daemon.Directory, "*.new"));
    }

    [Theory]
    [InlineData("acme.agree_tos", "false")]
    [InlineData("acme.domain", "")]
    [InlineData("acme.email", "")]
    public async Task Nothing_is_asked_for_until_all_is_set(string key, string value)
    {
        await using var lab = await AcmeLab.StartAsync();
        var before = lab.Certificate;
        var keys = new Dictionary<string, string> { ["acme.agree_tos"] = "true", ["acme.ca_url"] = FakeAuthority.Directory, ["acme.domain"] = "lxd.test", ["acme.email"] = "me@lxd.test" };
        var whole = keys[key];
        keys[key] = value;
        Assert.Equal(200, (await lab.SetAsync([.. keys.Select(k => (k.Key, k.Value))])).Status);
        Assert.Equal((0, before), (lab.Authority.Orders, lab.Certificate));
        Assert.Equal((200, ""), await lab.SetAsync((key, whole)));
        Assert.Equal(1, lab.Authority.Orders);
    }

    [Fact]
    public async Task An_authority_that_finds_no_answer_changes_nothing()
    {
        await using var lab = await AcmeLab.StartAsync();
        var before = lab.Certificate;
        lab.Authority.Look = _ => null;
        Assert.Equal((400, "Failed obtaining a certificate for \"lxd.test\": found nothing there (unauthorized)"), await lab.AskAsync());
        Assert.Equal(before, lab.Certificate);
        Assert.Null((await lab.Daemon.GetAsync("/1.0"))!["config"]?["acme.domain"]);
        Assert.Null(lab.Look("a-Token_1"));
    }

    [Fact]
    public async Task A_nonce_that_is_refused_is_replaced_but_not_for_ever()
    {
        await using var lab = await AcmeLab.StartAsync();
        lab.Authority.BadNonces = 3;
        Assert.Equal((200, ""), await lab.AskAsync());
        lab.Authority.BadNonces = int.MaxValue;
        Assert.Equal((400, "Failed obtaining a certificate for \"lxd.test\": that one is old (badNonce)"), await lab.AskAsync(FakeAuthority.Directory + "?"));
    }

    [Fact]
    public async Task An_authority_is_asked_again_when_it_wants_to()
    {
        await using var lab = await AcmeLab.StartAsync();
        (lab.Authority.Pending, lab.Authority.RetryAfter, lab.Authority.IsReadyLate) = (3, "7", true);
        Assert.Equal((200, ""), await lab.AskAsync());
        Assert.Equal([7.0, 7.0, 7.0, 0.25 * 8], lab.Waits.Select(w => w.TotalSeconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("3600")]
    [InlineData("yesterday")]
    public async Task An_authority_that_never_decides_is_left(string retryAfter)
    {
        await using var lab = await AcmeLab.StartAsync();
        (lab.Authority.Pending, lab.Authority.RetryAfter) = (int.MaxValue, retryAfter);
        Assert.Equal((400, "Failed obtaining a certificate for \"lxd.test\": The certificate authority has not decided in time"), await lab.AskAsync());
        Assert.True(lab.Waits.Sum(w => w.TotalSeconds) <= 120);
    }

    [Theory]
    [InlineData("key", "a certificate for another key")]
    [InlineData("name", "a certificate for another name")]
    [InlineData("over", "a certificate that is valid from")]
    [InlineData("later", "a certificate that is valid from")]
    [InlineData("none", "0 certificates")]
    [InlineData("junk", "what is no certificate")]
    public async Task A_certificate_that_cannot_be_shown_is_not_taken(string lie, string why)
    {
        await using var lab = await AcmeLab.StartAsync();
        var before = lab.Certificate;
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        lab.Authority.Sign = (request, name) => (lie == "key" ? new CertificateRequest("CN=a", other, HashAlgorithmName.SHA256) : request, lie == "name" ? "other.test" : name,
            lie == "later" ? now.AddDays(1) : now.AddDays(-2), lie == "over" ? now.AddDays(-1) : now.AddDays(90));
        lab.Authority.Instead = request => request.RequestUri!.AbsolutePath != "/certificates/1" || lie is not ("none" or "junk") ? null
            : new HttpResponseMessage { Content = new StringContent(lie == "none" ? "" : "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") };
        var (status, error) = await lab.AskAsync();
        Assert.Equal(400, status);
        Assert.Contains("The certificate authority sent " + why, error);
        Assert.Equal(before, lab.Certificate);
    }

    [Theory]
    [InlineData("/directory", "[]", "is no directory of a certificate authority")]
    [InlineData("/directory", "{}", "it has no \"newAccount\"")]
    [InlineData("/orders", """{"authorizations":["http://ca.test/proofs/1"]}""", "over https only, not at \"http://ca.test/proofs/1\"")]
    [InlineData("/orders", """{"authorizations":"all"}""", "does not say where the order is")]
    [InlineData("/proofs/1", """{"a":1,"a":2}""", "no JSON object")]
    [InlineData("/proofs/1", """{"challenges":[{"type":"dns-01"}]}""", "no proof by HTTP-01")]
    [InlineData("/proofs/1", """{"challenges":[{"type":"http-01","token":"../../1.0"}]}""", "a token that is none")]
    [InlineData("/orders/1", """{"status":"invalid","error":{"detail":"\u001b[31mno","subproblems":[{"type":"urn:ietf:params:acme:error:caa"}]}}""", ":  [31mno; caa")]
    public async Task Nonsense_is_told_as_such(string path, string answer, string why)
    {
        await using var lab = await AcmeLab.StartAsync();
        lab.Authority.Instead = request => request.RequestUri!.AbsolutePath == path ? new HttpResponseMessage { Content = new StringContent(answer) } : null;
        var (status, error) = await lab.AskAsync();
        Assert.Equal(400, status);
        Assert.Contains(why, error);
    }

    [Fact]
    public async Task What_cannot_work_is_said()
    {
        await using var lab = await AcmeLab.StartAsync();
        Assert.Contains("over https only", (await lab.AskAsync("http://ca.test/directory")).Error);
        lab.Authority.Instead = _ => throw new HttpRequestException("outer", new IOException("connection refused"));
        Assert.EndsWith("Failed asking the certificate authority at https://ca.test/directory: connection refused", (await lab.AskAsync()).Error);
        lab.Authority.Instead = _ => null;
        lab.Authority.NeedsContract = true;
        Assert.Contains("external account binding", (await lab.AskAsync()).Error);
        lab.Authority.NeedsContract = false;
        var key = Path.Combine(lab.Daemon.Directory, "acme.key");
        File.WriteAllText(key, "half of a key");
        Assert.Contains($"The key of the account in {key} cannot be read", (await lab.AskAsync()).Error);
        File.Delete(key);
        Assert.Equal((200, ""), await lab.AskAsync());
    }

    private static async Task<(X509Certificate2 Own, List<string> Sent)> ShownAsync(AcmeLab lab)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(lab.Daemon.Daemon.Options.TlsSocket));
        var sent = new List<string>();
        await using var tls = new SslStream(new NetworkStream(socket), false, (_, _, chain, _) =>
        {
            sent.AddRange(chain!.ChainPolicy.ExtraStore.Select(c => c.Subject));
            return true;
        });
        await tls.AuthenticateAsClientAsync("lxd.test");
        return (new X509Certificate2(tls.RemoteCertificate!), sent);
    }
}
