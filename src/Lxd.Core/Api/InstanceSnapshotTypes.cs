namespace Lxd.Core.Api;

public sealed record InstanceSnapshot
{
    public string Architecture { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public DateTime CreatedAt { get; set; }
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public bool Ephemeral { get; set; }
    public Dictionary<string, string> ExpandedConfig { get; set; } = [];
    public Dictionary<string, Dictionary<string, string>> ExpandedDevices { get; set; } = [];
    public Moment ExpiresAt { get; set; }
    public DateTime LastUsedAt { get; set; }
    public string Name { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public long Size { get; set; }
    public bool Stateful { get; set; }
}

public sealed record InstanceSnapshotPost
{
    public bool Live { get; set; }
    public bool Migration { get; set; }
    public string Name { get; set; } = "";
    public InstancePostTarget Target { get; set; } = new();
}

public sealed record InstanceSnapshotPut
{
    public Moment ExpiresAt { get; set; }
}

public sealed record InstanceSnapshotsPost
{
    public string DiskVolumesMode { get; set; } = "";
    public Moment? ExpiresAt { get; set; }
    public string Name { get; set; } = "";
    public bool Stateful { get; set; }
}
