namespace Lxd.Core.Api;

public sealed record StorageVolume
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string ContentType { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public string Location { get; set; } = "";
    public string Name { get; set; } = "";
    public string Pool { get; set; } = "";
    public string Project { get; set; } = "";
    public string Type { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record StorageVolumePost
{
    public bool Migration { get; set; }
    public string Name { get; set; } = "";
    public string Pool { get; set; } = "";
    public string Project { get; set; } = "";
    public StorageVolumeSource Source { get; set; } = new();
    public StorageVolumePostTarget Target { get; set; } = new();
    public bool VolumeOnly { get; set; }
}

public sealed record StorageVolumePostTarget
{
    public string Certificate { get; set; } = "";
    public string Operation { get; set; } = "";
    public Dictionary<string, string> Secrets { get; set; } = [];
}

public sealed record StorageVolumePut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Restore { get; set; } = "";
}

public sealed record StorageVolumeSnapshot
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string ContentType { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public Moment ExpiresAt { get; set; }
    public string Name { get; set; } = "";
}

public sealed record StorageVolumeSnapshotPost
{
    public bool Migration { get; set; }
    public string Name { get; set; } = "";
    public StorageVolumePostTarget Target { get; set; } = new();
}

public sealed record StorageVolumeSnapshotPut
{
    public string Description { get; set; } = "";
    public Moment ExpiresAt { get; set; }
}

public sealed record StorageVolumeSnapshotsPost
{
    public string Description { get; set; } = "";
    public Moment? ExpiresAt { get; set; }
    public string Name { get; set; } = "";
}

public sealed record StorageVolumeSource
{
    public string Certificate { get; set; } = "";
    public string Location { get; set; } = "";
    public string Mode { get; set; } = "";
    public string Name { get; set; } = "";
    public string Operation { get; set; } = "";
    public string Pool { get; set; } = "";
    public string Project { get; set; } = "";
    public bool Refresh { get; set; }
    public Dictionary<string, string> Secrets { get; set; } = [];
    public string Type { get; set; } = "";
    public bool VolumeOnly { get; set; }
}

public sealed record StorageVolumeState
{
    public StorageVolumeStateUsage Usage { get; set; } = new();
}

public sealed record StorageVolumeStateUsage
{
    public long Total { get; set; }
    public ulong Used { get; set; }
}

public sealed record StorageVolumesPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string ContentType { get; set; } = "";
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Restore { get; set; } = "";
    public StorageVolumeSource Source { get; set; } = new();
    public string Type { get; set; } = "";
}
