using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record Project
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string ReplicaMode { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record ProjectPost
{
    public string Name { get; set; } = "";
}

public sealed record ProjectPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record ProjectState
{
    public Dictionary<string, ProjectStateResource> Resources { get; set; } = [];
}

public sealed record ProjectStatePut
{
    public string ReplicaMode { get; set; } = "";
}

public sealed record ProjectStateResource
{
    [JsonPropertyName("Limit")]
    public long Limit { get; set; }
    [JsonPropertyName("Usage")]
    public long Usage { get; set; }
}

public sealed record ProjectsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Network { get; set; } = "";
    public string Storage { get; set; } = "";
}
