using System.Text.Json.Nodes;
using Lxd.Client;
using Lxd.Client.Migration;
using Lxd.Core.Api;

namespace Lxc.Commands.Images;

/// <summary>An image in the words of a request.</summary>
/// <param name="Source">The request's <c>source</c>.</param>
/// <param name="Servers">The addresses of the server that has it; none where the server that is asked has it itself.</param>
internal sealed record RequestedImage(JsonObject Source, IReadOnlyList<string> Servers)
{
    /// <summary>The type of instances it is for; empty where the server that has it has both under the name.</summary>
    public string Type { get; init; } = "";

    /// <summary>Sends a request with this source.</summary>
    public Task<Operation> RunAsync(LxdConnection server, string method, string url, JsonObject body, Action<Operation>? progress, CancellationToken ct) =>
        ServerAddresses.TryEachAsync(Servers.Count > 0 ? Servers : [""], address =>
        {
            body["source"] = Source.DeepClone();
            if (address.Length > 0)
            {
                body["source"]!["server"] = address;
            }

            return server.RunAsync(method, url, body, progress, ct);
        }, ct);
}
