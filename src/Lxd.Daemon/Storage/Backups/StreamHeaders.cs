using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Storage;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>The description of streams that goes before them, in backups and between servers: <c>{"subvolumes": [{"path", "snapshot", "readonly", "uuid"}]}</c>.</summary>
internal static class StreamHeaders
{
    private const int Most = 100_000;

    public static JsonObject Write(IEnumerable<StreamPart> parts) => new()
    {
        ["subvolumes"] = new JsonArray([.. parts.Select(p => new JsonObject { ["path"] = p.Path, ["snapshot"] = p.Snapshot, ["readonly"] = p.ReadOnly, ["uuid"] = p.Uuid })]),
    };

    /// <summary>Reads a description; a bad request for one that makes no sense or leads out of its volume.</summary>
    public static List<StreamPart> Read(JsonNode? header)
    {
        try
        {
            var list = header?["subvolumes"] as JsonArray ?? throw ApiException.BadRequest("Invalid header of optimized storage");
            return list.Count > Most
                ? throw ApiException.BadRequest("Too many subvolumes")
                : list.Select(n => new StreamPart(n.Text("path"), n.Text("snapshot"), (bool?)n?["readonly"] ?? false, n.Text("uuid")).Checked()).ToList();
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw ApiException.BadRequest("Invalid header of optimized storage", e);
        }
    }

    private static string Text(this JsonNode? node, string name) => (string?)node?[name] ?? "";
}
