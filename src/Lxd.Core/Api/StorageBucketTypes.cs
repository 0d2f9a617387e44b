using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record StorageBucket
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Location { get; set; } = "";
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public string S3Url { get; set; } = "";
}

public sealed record StorageBucketKey
{
    [JsonPropertyName("access-key")]
    public string AccessKey { get; set; } = "";
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Role { get; set; } = "";
    [JsonPropertyName("secret-key")]
    public string SecretKey { get; set; } = "";
}

public sealed record StorageBucketKeyPut
{
    [JsonPropertyName("access-key")]
    public string AccessKey { get; set; } = "";
    public string Description { get; set; } = "";
    public string Role { get; set; } = "";
    [JsonPropertyName("secret-key")]
    public string SecretKey { get; set; } = "";
}

public sealed record StorageBucketKeysPost
{
    [JsonPropertyName("access-key")]
    public string AccessKey { get; set; } = "";
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Role { get; set; } = "";
    [JsonPropertyName("secret-key")]
    public string SecretKey { get; set; } = "";
}

public sealed record StorageBucketPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record StorageBucketsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
}
