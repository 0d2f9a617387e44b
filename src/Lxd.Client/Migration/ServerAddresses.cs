using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.Migration;

/// <summary>Where other servers reach a server, and the certificate it shows there.</summary>
public sealed record ServerAddresses(IReadOnlyList<string> Urls, string Certificate)
{
    /// <summary>The address it is known by; of a server reached over its socket those it listens on.</summary>
    public static async Task<ServerAddresses> OfAsync(LxdConnection server, CancellationToken ct)
    {
        var info = await server.GetAsync<Server>("/1.0", ct).ConfigureAwait(false);
        IReadOnlyList<string> urls = server.Address.Scheme == "https" ? [server.Address.GetLeftPart(UriPartial.Authority)] : [.. info.Environment.Addresses.Select(a => "https://" + a)];
        return urls.Count > 0 ? new(urls, info.Environment.Certificate) : throw new ApiException(0, "The source server isn't listening on the network");
    }
}
