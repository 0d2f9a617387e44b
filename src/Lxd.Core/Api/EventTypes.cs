using System.Text.Json.Nodes;

namespace Lxd.Core.Api;

public sealed record ApiEvent
{
    public string Location { get; set; } = "";
    public JsonNode? Metadata { get; set; }
    public string Project { get; set; } = "";
    public DateTime Timestamp { get; set; }
    public string Type { get; set; } = "";
}
