using System.Net.Http.Headers;
using System.Text;

namespace Lxd.Client.SimpleStreams;

/// <summary>Logs in with what stands in the address: <c>https://LOGIN:PASSWORD@HOST/...</c>.</summary>
public sealed class UrlLogin(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>An address as people may read it.</summary>
    public static string Hide(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.UserInfo.Length > 0 ? url.Replace(uri.UserInfo + "@", "", StringComparison.Ordinal) : url;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { UserInfo.Length: > 0 } uri)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(uri.UserInfo))));
        }

        return base.SendAsync(request, cancellationToken);
    }
}
