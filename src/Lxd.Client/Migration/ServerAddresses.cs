using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Client.Migration;

/// <summary>Where other servers reach a server, and the certificate it shows there.</summary>
public sealed record ServerAddresses(IReadOnlyList<string> Urls, string Certificate)
{
    /// <summary>The address it is known by; of a server reached over its socket those it listens on.</summary>
    public static async Task<ServerAddresses> OfAsync(LxdConnection server, CancellationToken ct)
    {
        var all = await AllOfAsync(server, ct).ConfigureAwait(false);
        return server.Address.Scheme == "https" ? all with { Urls = [all.Urls[0]] } : all;
    }

    /// <summary>The address it is known by, then all others it listens on.</summary>
    public static async Task<ServerAddresses> AllOfAsync(LxdConnection server, CancellationToken ct)
    {
        var info = await server.GetAsync<Server>("/1.0", ct).ConfigureAwait(false);
        var known = server.Address.Scheme == "https" ? [server.Address.GetLeftPart(UriPartial.Authority)] : Array.Empty<string>();
        List<string> urls = [.. known.Concat(info.Environment.Addresses.Select(a => "https://" + a)).Distinct()];
        return urls.Count > 0 ? new(urls, info.Environment.Certificate) : throw new ApiException(0, "The source server isn't listening on the network");
    }

    /// <summary>Not every address of a server can be reached from everywhere: they are tried one after the other.</summary>
    public static async Task<T> TryEachAsync<T>(IReadOnlyCollection<string> urls, Func<string, Task<T>> call, CancellationToken ct)
    {
        var errors = new List<(string Url, ApiException Error)>();
        foreach (var url in urls)
        {
            try
            {
                return await call(url).ConfigureAwait(false);
            }
            catch (ApiException e) when (!ct.IsCancellationRequested)
            {
                errors.Add((url, e));
            }
        }

        var first = errors[0].Error;
        throw errors.All(e => e.Error.Message == first.Message) ? first : new ApiException(first.Status, string.Join('\n', errors.Select(e => $"{e.Url}: {e.Error.Message}")), first);
    }
}
