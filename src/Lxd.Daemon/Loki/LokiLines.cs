using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Loki;

/// <summary>Events as Loki keeps them: a few labels that find them, and a line of text.</summary>
/// <param name="host">The name of this server.</param>
/// <param name="cluster">The id of the installation.</param>
internal sealed class LokiLines(LokiSettings settings, string host, string cluster)
{
    /// <summary>What <c>/loki/api/v1/push</c> takes: the entries, those of the same labels together.</summary>
    public JsonObject Push(IEnumerable<ApiEvent> events)
    {
        var streams = new Dictionary<string, (JsonObject Labels, JsonArray Values)>();
        foreach (var e in events)
        {
            var (labels, line) = Entry(e);
            var key = labels.ToJsonString();
            if (!streams.TryGetValue(key, out var stream))
            {
                streams[key] = stream = (labels, []);
            }

            var nanoseconds = (e.Timestamp - DateTime.UnixEpoch).Ticks * 100;
            stream.Values.Add((JsonNode)new JsonArray(nanoseconds.ToString(CultureInfo.InvariantCulture), line));
        }

        return new JsonObject { ["streams"] = new JsonArray([.. streams.Values.Select(s => (JsonNode)new JsonObject { ["stream"] = s.Labels, ["values"] = s.Values })]) };
    }

    private (JsonObject Labels, string Line) Entry(ApiEvent e)
    {
        var labels = new JsonObject { ["app"] = "lxd", ["type"] = e.Type, ["location"] = e.Location, ["instance"] = settings.Instance };
        foreach (var label in settings.Labels.Where(l => l.Contains('=')))
        {
            labels[Name(label[..label.IndexOf('=')])] = label[(label.IndexOf('=') + 1)..];
        }

        var metadata = e.Metadata as JsonObject ?? [];
        if (e.Type == "security")
        {
            var record = Audit(e, metadata);
            foreach (var label in settings.Labels.Where(l => record[l] is not null))
            {
                labels[Name(label)] = record[label]!.ToString();
            }

            return (labels, record.ToJsonString(Json.Options));
        }

        var fields = e.Type == "lifecycle" ? Lifecycle(e, metadata, labels) : Logging(metadata);
        var line = new StringBuilder();
        foreach (var (field, value) in fields)
        {
            if (settings.Labels.Contains(field))
            {
                labels[Name(field)] = value;
            }
            else
            {
                line.Append(field).Append("=\"").Append(value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\" ");
            }
        }

        return (labels, line.Append(Text(metadata, e.Type == "lifecycle" ? "action" : "message")).ToString());
    }

    private static List<(string, string)> Lifecycle(ApiEvent e, JsonObject metadata, JsonObject labels)
    {
        Add(labels, "project", e.Project);
        Add(labels, "name", Text(metadata, "name"));
        var fields = new List<(string, string)> { ("action", Text(metadata, "action")), ("source", Text(metadata, "source")) };
        if (metadata["requestor"] is JsonObject requestor)
        {
            fields.AddRange([("requester-address", Text(requestor, "address")), ("requester-protocol", Text(requestor, "protocol")), ("requester-username", Text(requestor, "username"))]);
        }

        fields.AddRange(Context(metadata, "context-"));
        return fields;
    }

    private static List<(string, string)> Logging(JsonObject metadata) => [("level", Text(metadata, "level")), .. Context(metadata, "")];

    private static IEnumerable<(string, string)> Context(JsonObject metadata, string prefix) =>
        (metadata["context"] as JsonObject ?? []).Select(c => (prefix + c.Key, c.Value is JsonValue value && value.TryGetValue<string>(out var text) ? text : c.Value?.ToJsonString() ?? ""));

    /// <summary>A security event in the vocabulary that OWASP recommends for audit logs; what is not known is left out.</summary>
    private JsonObject Audit(ApiEvent e, JsonObject metadata)
    {
        var record = new JsonObject
        {
            ["datetime"] = GoTime.Format(e.Timestamp),
            ["appid"] = "lxd",
            ["type"] = "security",
            ["event"] = Text(metadata, "name"),
            ["level"] = Text(metadata, "level"),
            ["description"] = Text(metadata, "description"),
            ["event_source"] = host,
            ["cluster_identifier"] = cluster,
            ["cluster_member_name"] = e.Location == "none" ? host : e.Location,
            ["hostname"] = host,
        };
        Add(record, "project", Text(metadata, "project"));
        Add(record, "request_method", Text(metadata, "request_method"));
        Add(record, "request_uri", Text(metadata, "request_path"));
        if (metadata["requestor"] is JsonObject requestor)
        {
            var username = Text(requestor, "username");
            Add(record, "user_id", username.Length > 0 ? $"{Text(requestor, "protocol")}/{username}" : "");
            Add(record, "protocol", Text(requestor, "protocol"));
            Add(record, "useragent", Text(requestor, "user_agent"));
            var address = Text(requestor, "address");
            Add(record, "source_ip", address.LastIndexOf(':') is > 0 and var colon ? address[..colon].Trim('[', ']') : "");
        }

        return record;
    }

    private static void Add(JsonObject map, string name, string value)
    {
        if (value.Length > 0)
        {
            map[name] = value;
        }
    }

    private static string Text(JsonObject map, string name) => map[name]?.ToString() ?? "";

    /// <summary>Labels have no hyphens.</summary>
    private static string Name(string label) => label.Replace('-', '_');
}
