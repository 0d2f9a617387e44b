using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Lxd.Daemon.Tests.Acme;

/// <summary>A certificate authority (RFC 8555) without a network: checks signatures, nonces and the order of things, and misbehaves as it is told.</summary>
internal sealed class FakeAuthority : HttpMessageHandler
{
    public const string Directory = "https://ca.test/directory";
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HashSet<string> _nonces = [];
    private readonly Dictionary<string, JsonObject> _accounts = [];
    private readonly Dictionary<string, JsonObject> _keys = [];
    private readonly Lock _lock = new();
    private string _order = "pending";
    private string _challenge = "pending";
    private string _certificate = "";
    private string _domain = "";
    private JsonObject? _prover;

    /// <summary>What it finds at the name under a token; null for nothing.</summary>
    public Func<string, string?> Look { get; set; } = _ => null;

    public string Token { get; set; } = "a-Token_1";

    /// <summary>How many of the next nonces are refused.</summary>
    public int BadNonces { get; set; }

    /// <summary>How often it says that it has not decided yet.</summary>
    public int Pending { get; set; }

    /// <summary>What it asks for before it is asked again.</summary>
    public string RetryAfter { get; set; } = "";

    public bool IsReadyLate { get; set; }

    public bool NeedsContract { get; set; }

    /// <summary>Answers instead of all else.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage?> Instead { get; set; } = _ => null;

    /// <summary>Changes what is signed: key, name, days.</summary>
    public Func<CertificateRequest, string, (CertificateRequest Request, string Name, DateTimeOffset From, DateTimeOffset Until)> Sign { get; set; } =
        (request, name) => (request, name, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(90));

    public int Orders { get; private set; }

    public List<string> Contacts { get; } = [];

    public HashSet<string> Requested { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(ct);
        lock (_lock)
        {
            var response = Instead(request) ?? Answer(request, body);
            response.RequestMessage = request;
            if (!response.Headers.Contains("Replay-Nonce"))
            {
                var nonce = Guid.NewGuid().ToString("N");
                _nonces.Add(nonce);
                response.Headers.Add("Replay-Nonce", nonce);
            }

            return response;
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string body)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path == "/directory")
        {
            return Reply(200, new JsonObject
            {
                ["newNonce"] = "https://ca.test/nonce", ["newAccount"] = "https://ca.test/accounts", ["newOrder"] = "https://ca.test/orders",
                ["meta"] = new JsonObject { ["externalAccountRequired"] = NeedsContract },
            });
        }

        if (path == "/nonce")
        {
            return new HttpResponseMessage(HttpStatusCode.OK);
        }

        var envelope = JsonNode.Parse(body)!;
        var header = JsonNode.Parse(Decode(envelope["protected"]))!;
        Assert.Equal(request.RequestUri.AbsoluteUri, (string)header["url"]!);
        Assert.Equal("application/jose+json", request.Content!.Headers.ContentType!.ToString());
        if (!_nonces.Remove((string)header["nonce"]!) || BadNonces-- > 0)
        {
            return Problem(400, "badNonce", "that one is old");
        }

        var key = (JsonObject?)header["jwk"] ?? _keys[(string)header["kid"]!];
        using (var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key["x"]), Y = Bytes(key["y"]) } }))
        {
            Assert.True(ec.VerifyData(Encoding.ASCII.GetBytes($"{envelope["protected"]}.{envelope["payload"]}"), Bytes(envelope["signature"]), HashAlgorithmName.SHA256));
        }

        var text = Decode(envelope["payload"]);
        return Act(path, text.Length == 0 ? null : JsonNode.Parse(text)!.AsObject(), key);
    }

    private HttpResponseMessage Act(string path, JsonObject? payload, JsonObject key)
    {
        switch (path)
        {
            case "/accounts":
                Assert.True((bool)payload!["termsOfServiceAgreed"]!);
                return Account((string)key["x"]!, payload, key);
            case "/orders":
                Orders++;
                (_order, _challenge, _domain) = ("pending", "pending", (string)payload!["identifiers"]![0]!["value"]!);
                return Reply(201, Order(), "https://ca.test/orders/1");
            case "/orders/1":
                return Later(Order());
            case "/proofs/1":
                return Later(new JsonObject { ["status"] = _challenge, ["challenges"] = new JsonArray(new JsonObject { ["type"] = "dns-01" }, Challenge()) });
            case "/challenges/1":
                _prover = key;
                Decide();
                return Reply(200, Challenge());
            case "/finalize/1":
                if (_challenge != "valid" || IsReadyLate)
                {
                    IsReadyLate = false;
                    return Problem(403, "orderNotReady", "not yet");
                }

                Finish(Bytes(payload!["csr"]));
                return Reply(200, Order());
            case "/certificates/1":
                return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(_certificate) };
            case var account when payload is not null && payload["contact"] is JsonArray contact && _keys.ContainsKey("https://ca.test" + account):
                Contacts.Add((string)contact[0]!);
                return Reply(200, []);
            default:
                return Problem(404, "malformed", $"nothing at {path}");
        }
    }

    private HttpResponseMessage Account(string id, JsonObject payload, JsonObject key)
    {
        var url = $"https://ca.test/accounts/{id}";
        var known = _accounts.TryGetValue(url, out var account);
        if (!known)
        {
            _accounts[url] = account = new JsonObject { ["status"] = "valid", ["contact"] = payload["contact"]!.DeepClone() };
            _keys[url] = (JsonObject)key.DeepClone();
            Contacts.Add((string)payload["contact"]![0]!);
        }

        return Reply(known ? 200 : 201, (JsonObject)account!.DeepClone(), url);
    }

    /// <summary>Things that are not decided yet stay so for as many looks as it was told.</summary>
    private HttpResponseMessage Later(JsonObject thing)
    {
        if (_prover is not null && Pending > 0)
        {
            Pending--;
            thing["status"] = "pending";
        }

        var response = Reply(200, thing);
        if (RetryAfter.Length > 0)
        {
            response.Headers.TryAddWithoutValidation("Retry-After", RetryAfter);
        }

        return response;
    }

    private void Decide()
    {
        var thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{_prover!["x"]}}","y":"{{_prover["y"]}}"}""")));
        _challenge = Look(Token) == $"{Token}.{thumbprint}" ? "valid" : "invalid";
    }

    private void Finish(byte[] csr)
    {
        var request = CertificateRequest.LoadSigningRequest(csr, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        Requested.Add(Convert.ToHexString(request.PublicKey.ExportSubjectPublicKeyInfo()));
        var (signed, name, from, until) = Sign(request, _domain);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        var plain = new CertificateRequest(new X500DistinguishedName($"CN={name}"), signed.PublicKey, HashAlgorithmName.SHA256);
        plain.CertificateExtensions.Add(names.Build());
        var authority = new X500DistinguishedName("CN=fake authority");
        using var own = plain.Create(authority, X509SignatureGenerator.CreateForECDsa(_key), from, until, RandomNumberGenerator.GetBytes(12));
        using var top = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var between = new CertificateRequest(authority, _key, HashAlgorithmName.SHA256);
        between.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var signer = between.Create(new X500DistinguishedName("CN=fake root"), X509SignatureGenerator.CreateForECDsa(top), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(100), [1]);
        _certificate = "what nobody asked for\n" + own.ExportCertificatePem() + "\n" + signer.ExportCertificatePem();
        _order = "valid";
    }

    private JsonObject Order() => new()
    {
        ["status"] = _order, ["authorizations"] = new JsonArray("https://ca.test/proofs/1"), ["finalize"] = "https://ca.test/finalize/1", ["certificate"] = "https://ca.test/certificates/1",
    };

    private JsonObject Challenge()
    {
        var challenge = new JsonObject { ["type"] = "http-01", ["url"] = "https://ca.test/challenges/1", ["token"] = Token, ["status"] = _challenge };
        if (_challenge == "invalid")
        {
            challenge["error"] = new JsonObject { ["type"] = "urn:ietf:params:acme:error:unauthorized", ["detail"] = "found nothing\nthere" };
        }

        return challenge;
    }

    public static HttpResponseMessage Reply(int status, JsonObject body, string location = "")
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body.ToJsonString()) };
        if (location.Length > 0)
        {
            response.Headers.Location = new Uri(location);
        }

        return response;
    }

    public static HttpResponseMessage Problem(int status, string type, string detail) =>
        Reply(status, new JsonObject { ["type"] = "urn:ietf:params:acme:error:" + type, ["detail"] = detail });

    private static string Decode(JsonNode? text) => Encoding.UTF8.GetString(Bytes(text));

    private static byte[] Bytes(JsonNode? text) => Base64Url.DecodeFromChars((string)text!);
}
