using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary>An image in the words of a request.</summary>
/// <param name="Source">The request's <c>source</c>.</param>
/// <param name="Servers">The addresses of the server that has it; none where the server that is asked has it itself.</param>
internal sealed record RequestedImage(JsonObject Source, IReadOnlyList<string> Servers)
{
    /// <summary>The type of instances it is for; empty where the server that has it has both under the name.</summary>
    public string Type { get; init; } = "";

    /// <summary>Sends a request with this source. Not every address of a server can be reached from everywhere: they are tried one after the other.</summary>
    public async Task<Operation> RunAsync(LxdConnection server, string method, string url, JsonObject body, Action<Operation>? progress, CancellationToken ct)
    {
        var errors = new List<(string Address, ApiException Error)>();
        foreach (var address in Servers.DefaultIfEmpty(""))
        {
            body["source"] = Source.DeepClone();
            if (address.Length > 0)
            {
                body["source"]!["server"] = address;
            }

            try
            {
                return await server.RunAsync(method, url, body, progress, ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (!ct.IsCancellationRequested)
            {
                errors.Add((address, e));
            }
        }

        var first = errors[0].Error;
        throw errors.All(e => e.Error.Message == first.Message) ? first : new ApiException(first.Status, string.Join('\n', errors.Select(e => $"{e.Address}: {e.Error.Message}")), first);
    }
}
