using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

/// <summary>What <c>lxd recover</c> is told of volumes that lie in pools and stand in no database.</summary>
public sealed record RecoverValidation
{
    [JsonPropertyName("UnknownVolumes")]
    public List<RecoverVolume> UnknownVolumes { get; set; } = [];

    /// <summary>What has to be made before they can be brought back.</summary>
    [JsonPropertyName("DependencyErrors")]
    public List<string> DependencyErrors { get; set; } = [];
}

public sealed record RecoverVolume
{
    [JsonPropertyName("Name")]
    public string Name { get; set; } = "";

    [JsonPropertyName("Type")]
    public string Type { get; set; } = "";

    [JsonPropertyName("SnapshotCount")]
    public int SnapshotCount { get; set; }

    [JsonPropertyName("Project")]
    public string Project { get; set; } = "";

    [JsonPropertyName("Pool")]
    public string Pool { get; set; } = "";
}
