using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record InitClusterPreseed
{
    public string ClusterAddress { get; set; } = "";
    public string ClusterCertificate { get; set; } = "";
    public string ClusterCertificatePath { get; set; } = "";
    public string ClusterToken { get; set; } = "";
    public bool Enabled { get; set; }
    public List<ClusterMemberConfigKey> MemberConfig { get; set; } = [];
    public string ServerAddress { get; set; } = "";
    public string ServerName { get; set; } = "";
}

public sealed record InitLocalPreseed
{
    public JsonNode? Config { get; set; }
    public List<InitNetworksProjectPost> Networks { get; set; } = [];
    public List<ProfilesPost> Profiles { get; set; } = [];
    public List<ProjectsPost> Projects { get; set; } = [];
    public List<StoragePoolsPost> StoragePools { get; set; } = [];
    public List<InitStorageVolumesProjectPost> StorageVolumes { get; set; } = [];
}

public sealed record InitNetworksProjectPost
{
    [JsonPropertyName("Project")]
    public string Project { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record InitPreseed
{
    [JsonPropertyName("Node")]
    public InitLocalPreseed Node { get; set; } = new();
    public InitClusterPreseed Cluster { get; set; } = new();
}

public sealed record InitStorageVolumesProjectPost
{
    [JsonPropertyName("Pool")]
    public string Pool { get; set; } = "";
    [JsonPropertyName("Project")]
    public string Project { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public string ContentType { get; set; } = "";
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Restore { get; set; } = "";
    public StorageVolumeSource Source { get; set; } = new();
    public string Type { get; set; } = "";
}
