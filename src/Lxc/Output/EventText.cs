using System.Text;
using System.Text.Json.Nodes;

namespace Lxc.Output;

/// <summary>An event as one line, as logs have it: <c>time="..." level=info msg="..." key=value</c>.</summary>
internal static class EventText
{
    /// <summary>What happens is of level info; log messages have their own.</summary>
    public static string LevelOf(JsonNode e) => (string?)e["type"] is "logging" or "ovn" or "network-acl" or "security" ? ((string?)e["metadata"]?["level"])?.ToLowerInvariant() switch { "warn" => "warning", "dbug" => "debug", "eror" => "error", { Length: > 0 } level => level, _ => "info" } : "info";

    public static string Of(JsonNode e)
    {
        var metadata = e["metadata"] as JsonObject ?? [];
        var (message, fields) = (string?)e["type"] switch
        {
            "lifecycle" => (Lifecycle(metadata), metadata["context"] as JsonObject ?? []),
            "operation" => Operation(metadata),
            _ => ((string?)metadata["message"] ?? (string?)metadata["description"] ?? "", metadata["context"] as JsonObject ?? []),
        };
        var text = new StringBuilder($"time=\"{Time((string?)e["timestamp"] ?? "")}\" level={LevelOf(e)} msg={Quote(message)}");
        foreach (var (key, value) in fields.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            text.Append(' ').Append(key).Append('=').Append(Quote(value is JsonObject or JsonArray ? value.ToJsonString(Lxd.Core.Json.Options) : value?.ToString() ?? ""));
        }

        return text.ToString();
    }

    private static string Lifecycle(JsonObject metadata)
    {
        var requestor = metadata["requestor"] is JsonObject r ? $", Requestor: {(string?)r["protocol"]}/{(string?)r["username"]}{((string?)r["address"] is { Length: > 0 } address ? $" ({address})" : "")}" : "";
        return $"Action: {(string?)metadata["action"]}, Source: {(string?)metadata["source"]}{requestor}";
    }

    private static (string Message, JsonObject Fields) Operation(JsonObject metadata)
    {
        var fields = new JsonObject();
        foreach (var (name, key) in ((string, string)[])[("CreatedAt", "created_at"), ("Err", "err"), ("Location", "location"), ("MayCancel", "may_cancel"), ("Metadata", "metadata"), ("Resources", "resources"), ("Status", "status"), ("StatusCode", "status_code"), ("UpdatedAt", "updated_at")])
        {
            fields[name] = metadata[key]?.DeepClone();
        }

        return ($"ID: {(string?)metadata["id"]}, Class: {(string?)metadata["class"]}, Description: {(string?)metadata["description"]}", fields);
    }

    /// <summary>To the second.</summary>
    private static string Time(string stamp) => stamp.IndexOf('.') is > 0 and var dot ? stamp[..dot] + (stamp.EndsWith('Z') ? "Z" : stamp[stamp.LastIndexOfAny(['+', '-'])..]) : stamp;

    private static string Quote(string value) => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || "-._/@^+".Contains(c)) ? value : "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
}
