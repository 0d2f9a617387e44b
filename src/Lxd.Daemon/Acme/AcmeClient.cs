using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Client.SimpleStreams;
using Lxd.Core;

namespace Lxd.Daemon.Acme;

/// <summary>Speaks with one authority (RFC 8555): finds its addresses, signs what is sent, minds its nonces.</summary>
internal sealed class AcmeClient(HttpClient http, string directory, AccountKey key)
{
    private const int NonceAttempts = 5;
    private JsonObject? _directory;
    private string _nonce = "";

    public string Thumbprint => key.Thumbprint;

    /// <summary>The URL of the account; until it is known, requests show the key.</summary>
    public string Account { get; set; } = "";

    /// <summary>An address of the authority's directory.</summary>
    public async Task<string> AddressAsync(string name, CancellationToken ct)
    {
        var known = await DirectoryAsync(ct).ConfigureAwait(false);
        return AcmeAnswer.Text(known, name) is { Length: > 0 } url ? url : throw new AcmeException($"{UrlLogin.Hide(directory)} is no directory of a certificate authority: it has no \"{name}\"");
    }

    /// <summary>Whether the authority takes only those it knows from elsewhere.</summary>
    public async Task<bool> NeedsContractAsync(CancellationToken ct) =>
        (await DirectoryAsync(ct).ConfigureAwait(false))["meta"] is JsonObject meta && meta["externalAccountRequired"] is JsonValue value && value.TryGetValue<bool>(out var needed) && needed;

    /// <summary>What is at an address now.</summary>
    public Task<AcmeAnswer> ReadAsync(string url, CancellationToken ct, string accept = "application/json") => SendAsync(url, "", accept, ct);

    public Task<AcmeAnswer> PostAsync(string url, JsonObject payload, CancellationToken ct) => SendAsync(url, payload.ToJsonString(Json.Options), "application/json", ct);

    private async Task<AcmeAnswer> SendAsync(string url, string payload, string accept, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var nonce = await NonceAsync(ct).ConfigureAwait(false);
            var answer = await SendOnceAsync(() => new HttpRequestMessage(HttpMethod.Post, Secure(url))
            {
                Content = new StringContent(key.Sign(url, nonce, Account, payload), new MediaTypeHeaderValue("application/jose+json")),
                Headers = { { "Accept", accept } },
            }, ct).ConfigureAwait(false);
            if ((int)answer.Status < 400)
            {
                return answer;
            }

            // Nonces grow old; the refusal brought a fresh one.
            var problem = AcmeAnswer.Parse(answer.Body);
            if (AcmeProblem.Type(problem) != "badNonce" || attempt == NonceAttempts)
            {
                throw new AcmeException(AcmeProblem.Describe(problem, $"The certificate authority answered with status {(int)answer.Status}"), AcmeProblem.Type(problem), answer.RetryAfter);
            }
        }
    }

    private async Task<JsonObject> DirectoryAsync(CancellationToken ct)
    {
        if (_directory is null)
        {
            var answer = await SendOnceAsync(() => new HttpRequestMessage(HttpMethod.Get, Secure(directory)), ct).ConfigureAwait(false);
            _directory = (int)answer.Status == 200 && AcmeAnswer.Parse(answer.Body) is { } found ? found
                : throw new AcmeException($"{UrlLogin.Hide(directory)} is no directory of a certificate authority: it answers with status {(int)answer.Status}", retryAfter: answer.RetryAfter);
        }

        return _directory;
    }

    /// <summary>A nonce is good once; every answer brings the next.</summary>
    private async Task<string> NonceAsync(CancellationToken ct)
    {
        if (_nonce.Length == 0)
        {
            var url = await AddressAsync("newNonce", ct).ConfigureAwait(false);
            await SendOnceAsync(() => new HttpRequestMessage(HttpMethod.Head, Secure(url)), ct).ConfigureAwait(false);
        }

        var nonce = _nonce;
        _nonce = "";
        return nonce.Length > 0 ? nonce : throw new AcmeException("The certificate authority gives no nonces");
    }

    private async Task<AcmeAnswer> SendOnceAsync(Func<HttpRequestMessage> make, CancellationToken ct)
    {
        try
        {
            using var request = make();
            using var response = await http.SendAsync(request, ct).ConfigureAwait(false);
            _nonce = response.Headers.TryGetValues("Replay-Nonce", out var nonces) ? nonces.First() : "";
            return await AcmeAnswer.ReadAsync(response, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new AcmeException($"Failed asking the certificate authority at {UrlLogin.Hide(directory)}: {e.GetBaseException().Message}", cause: e);
        }
    }

    private static Uri Secure(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? uri : throw new AcmeException($"Certificate authorities are reached over https only, not at \"{UrlLogin.Hide(url)}\"");
}
