using System.Net.Http.Headers;

namespace Lxd.Client.Oidc;

/// <summary>Asks a server in the name of a user of its identity provider. The session of before says who asks; without one the user logs in, and the request goes out once more.</summary>
/// <param name="jar">The file the session is kept in.</param>
/// <param name="tokens">The file of the provider's tokens, which may begin a new session without the user.</param>
/// <param name="show">Tells the user the address to open, and the code to compare there.</param>
public sealed class OidcLogin(string jar, string tokens, Func<string, string, Task> show) : DelegatingHandler
{
    private readonly SessionJar _session = new(jar);
    private readonly SemaphoreSlim _lock = new(1, 1);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        // An answer for strangers is of no use: the server is to refuse instead.
        request.Headers.TryAddWithoutValidation("X-LXD-authenticated", "true");
        var server = request.RequestUri!;
        var again = request.Content is null or ByteArrayContent;
        if (!again)
        {
            // A body that is read from a stream cannot be sent twice: the session is made sure of before.
            using var before = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/1.0"));
            (await SendAsync(before, ct).ConfigureAwait(false)).Dispose();
        }

        var shown = _session.Read(server);
        var response = await SendAsync(request, shown, "", ct).ConfigureAwait(false);
        if (!again || OidcOffer.Of(response) is not { } offer)
        {
            return response;
        }

        response.Dispose();
        await _lock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            // Another request may have logged in meanwhile.
            var now = _session.Read(server);
            return await SendAsync(request, now != shown ? now : "", now != shown ? "" : await LogInAsync(offer, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }
        finally
        {
            _lock.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _lock.Dispose();
        base.Dispose(disposing);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string session, string accessToken, CancellationToken ct)
    {
        request.Headers.Remove("Cookie");
        request.Headers.Authorization = accessToken.Length > 0 ? new AuthenticationHeaderValue("Bearer", accessToken) : null;
        if (session.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", "session=" + session);
        }

        var response = await base.SendAsync(request, ct).ConfigureAwait(false);
        _session.Keep(request.RequestUri!, response);
        return response;
    }

    private async Task<string> LogInAsync(OidcOffer offer, CancellationToken ct)
    {
        using var flow = new DeviceFlow(offer);
        var known = OidcTokens.Load(tokens) is { RefreshToken.Length: > 0 } before ? await flow.RefreshAsync(before.RefreshToken, ct).ConfigureAwait(false) : null;
        known ??= await flow.LogInAsync(show, ct).ConfigureAwait(false);
        known.Save(tokens);
        return known.AccessToken;
    }
}
