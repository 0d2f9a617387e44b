using System.Text.Json;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Storage.Backups;

namespace Lxd.Daemon.Transfers;

/// <summary>The description that goes before the content: what <c>backup.yaml</c> says in its first version, with names in capitals.</summary>
internal static class MigrationIndex
{
    private static readonly (string Ours, string Wire)[] Names =
        [("container", "Container"), ("snapshots", "Snapshots"), ("pool", "Pool"), ("profiles", "Profiles"), ("volume", "Volume"), ("volume_snapshots", "VolumeSnapshots")];

    public static byte[] Write(JsonObject document)
    {
        var config = new JsonObject(Names.Select(n => KeyValuePair.Create(n.Wire, document[n.Ours]?.DeepClone())));
        return Json.Bytes(new JsonObject { ["config"] = config });
    }

    public static BackupConfig Read(ReadOnlySpan<byte> index)
    {
        try
        {
            var config = JsonNode.Parse(index)?["config"] as JsonObject ?? [];
            var document = new JsonObject(Names.Where(n => config[n.Wire] is not null).Select(n => KeyValuePair.Create(n.Ours, config[n.Wire]?.DeepClone())));
            return Json.Parse<BackupConfig>(document).Upgrade();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw ApiException.BadRequest("Invalid migration index header", e);
        }
    }

    public static byte[] Answer(bool refresh) => Json.Bytes(new JsonObject { ["StatusCode"] = 200, ["Error"] = "", ["Refresh"] = refresh });

    /// <summary>Throws what the target found wrong with the description.</summary>
    public static void CheckAnswer(ReadOnlySpan<byte> answer)
    {
        var error = JsonNode.Parse(answer) is JsonObject told && told["Error"] is JsonValue text && text.TryGetValue<string>(out var words) ? words : "";
        if (error.Length > 0)
        {
            throw ApiException.Internal(error);
        }
    }
}
