using System.Security.Cryptography;
using Lxd.Core;

namespace Lxd.Daemon.Http;

/// <summary>The tag of a thing's editable fields: equal fields, equal tag.</summary>
internal static class Etag
{
    public static string Of<T>(T editable) => Convert.ToHexStringLower(SHA256.HashData(Json.Bytes(Json.Node(editable) is { } node ? Sorted(node) : null)));

    /// <summary>Maps sorted by key, so that the tag does not depend on the order rows came in.</summary>
    private static System.Text.Json.Nodes.JsonNode? Sorted(System.Text.Json.Nodes.JsonNode? node) => node switch
    {
        System.Text.Json.Nodes.JsonObject map => new System.Text.Json.Nodes.JsonObject(map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        System.Text.Json.Nodes.JsonArray list => new System.Text.Json.Nodes.JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
