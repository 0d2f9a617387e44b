using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record Instance
{
    public string Architecture { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public bool Ephemeral { get; set; }
    public Dictionary<string, string> ExpandedConfig { get; set; } = [];
    public Dictionary<string, Dictionary<string, string>> ExpandedDevices { get; set; } = [];
    public DateTime LastUsedAt { get; set; }
    public string Location { get; set; } = "";
    public string Name { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public string Project { get; set; } = "";
    public bool Stateful { get; set; }
    public string Status { get; set; } = "";
    public long StatusCode { get; set; }
    public string Type { get; set; } = "";
}

public sealed record InstanceConsolePost
{
    public long Height { get; set; }
    public string Type { get; set; } = "";
    public long Width { get; set; }
}

public sealed record InstanceExecPost
{
    public List<string> Command { get; set; } = [];
    public string Cwd { get; set; } = "";
    public Dictionary<string, string> Environment { get; set; } = [];
    public uint Group { get; set; }
    public long Height { get; set; }
    public bool Interactive { get; set; }
    [JsonPropertyName("record-output")]
    public bool RecordOutput { get; set; }
    public uint User { get; set; }
    [JsonPropertyName("wait-for-websocket")]
    public bool WaitForWebsocket { get; set; }
    public long Width { get; set; }
}

public sealed record InstanceFull
{
    public string Architecture { get; set; } = "";
    public List<InstanceBackup> Backups { get; set; } = [];
    public Dictionary<string, string> Config { get; set; } = [];
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public bool Ephemeral { get; set; }
    public Dictionary<string, string> ExpandedConfig { get; set; } = [];
    public Dictionary<string, Dictionary<string, string>> ExpandedDevices { get; set; } = [];
    public DateTime LastUsedAt { get; set; }
    public string Location { get; set; } = "";
    public string Name { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public string Project { get; set; } = "";
    public List<InstanceSnapshot> Snapshots { get; set; } = [];
    public InstanceState State { get; set; } = new();
    public bool Stateful { get; set; }
    public string Status { get; set; } = "";
    public long StatusCode { get; set; }
    public string Type { get; set; } = "";
}

public sealed record InstancePost
{
    [JsonPropertyName("Config")]
    public Dictionary<string, string> Config { get; set; } = [];
    [JsonPropertyName("Devices")]
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    [JsonPropertyName("Profiles")]
    public List<string> Profiles { get; set; } = [];
    public bool AllowInconsistent { get; set; }
    public bool ContainerOnly { get; set; }
    public bool InstanceOnly { get; set; }
    public bool Live { get; set; }
    public bool Migration { get; set; }
    public string Name { get; set; } = "";
    public bool OverrideSnapshotProfiles { get; set; }
    public string Pool { get; set; } = "";
    public string Project { get; set; } = "";
    public InstancePostTarget Target { get; set; } = new();
}

public sealed record InstancePostTarget
{
    public string Certificate { get; set; } = "";
    public string Operation { get; set; } = "";
    public Dictionary<string, string> Secrets { get; set; } = [];
}

public sealed record InstancePut
{
    public string Architecture { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public bool Ephemeral { get; set; }
    public List<string> Profiles { get; set; } = [];
    public string Restore { get; set; } = "";
    public string RestoreDiskVolumesMode { get; set; } = "";
    public bool Stateful { get; set; }
}

public sealed record InstanceRebuildPost
{
    public InstanceSource Source { get; set; } = new();
}

public sealed record InstanceSource
{
    public string Alias { get; set; } = "";
    public bool AllowInconsistent { get; set; }
    [JsonPropertyName("base-image")]
    public string BaseImage { get; set; } = "";
    public string Certificate { get; set; } = "";
    public bool ContainerOnly { get; set; }
    public List<string> ConversionOptions { get; set; } = [];
    public string Fingerprint { get; set; } = "";
    public string ImageRegistry { get; set; } = "";
    public bool InstanceOnly { get; set; }
    public bool Live { get; set; }
    public string Mode { get; set; } = "";
    public string Operation { get; set; } = "";
    public bool OverrideSnapshotProfiles { get; set; }
    public string Project { get; set; } = "";
    public Dictionary<string, string> Properties { get; set; } = [];
    public string Protocol { get; set; } = "";
    public bool Refresh { get; set; }
    public string Secret { get; set; } = "";
    public Dictionary<string, string> Secrets { get; set; } = [];
    public string Server { get; set; } = "";
    public string Source { get; set; } = "";
    public long SourceDiskSize { get; set; }
    public string Type { get; set; } = "";
}

public sealed record InstanceUEFIVariable
{
    public uint Attr { get; set; }
    public string Data { get; set; } = "";
    public string Digest { get; set; } = "";
    public string Timestamp { get; set; } = "";
}

public sealed record InstanceUEFIVars
{
    public Dictionary<string, InstanceUEFIVariable> Variables { get; set; } = [];
}
