using System.Text.Json.Nodes;
using Lxd.Client;

namespace Lxc.Commands.Shared;

/// <summary>A thing on a server, and what is left of the arguments.</summary>
/// <param name="Query">What every request says besides: <c>target=MEMBER</c>; or empty.</param>
internal sealed record Target(LxdConnection Server, string Url, Shape Shape, List<string> Rest, string Query = "")
{
    public string FullUrl => Query.Length > 0 ? $"{Url}?{Query}" : Url;

    public async Task<(JsonObject Thing, string Etag)> GetAsync(CancellationToken ct)
    {
        var answer = await Server.SendAsync("GET", FullUrl, (JsonNode?)null, ct).ConfigureAwait(false);
        return ((JsonObject)answer.Metadata!, answer.Etag);
    }

    /// <summary>Puts back what may be changed of a thing, and waits.</summary>
    /// <param name="etag">Of the state that was changed: it fails where somebody else changed it meanwhile.</param>
    public async Task PutAsync(JsonObject thing, string etag, CancellationToken ct)
    {
        var body = new JsonObject(Shape.Editable.Where(thing.ContainsKey).Select(m => KeyValuePair.Create(m, thing[m]?.DeepClone())));
        var answer = await Server.SendAsync("PUT", FullUrl, body, ct, etag).ConfigureAwait(false);
        if (answer.Operation.Length > 0)
        {
            await Server.WaitAsync(answer, null, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the thing, changes it, and puts it back only if nobody else changed it meanwhile.</summary>
    public async Task ChangeAsync(Action<JsonObject> change, CancellationToken ct)
    {
        var (thing, etag) = await GetAsync(ct).ConfigureAwait(false);
        change(thing);
        await PutAsync(thing, etag, ct).ConfigureAwait(false);
    }

    /// <summary>Its devices, to be changed.</summary>
    public Task ChangeDevicesAsync(Action<JsonObject> change, CancellationToken ct) => ChangeAsync(thing => change(Map(thing, "devices")), ct);

    /// <summary>A member that is a map; an empty one is put there where it is missing.</summary>
    public static JsonObject Map(JsonObject thing, string member)
    {
        if (thing[member] is not JsonObject map)
        {
            thing[member] = map = [];
        }

        return map;
    }
}
