namespace Lxd.Core.Api;

/// <summary>What <c>backup.yaml</c> and the index of a backup say of an instance or a custom volume. Version 2 lists pools and volumes; version 1 (LXD before 6)
/// has one of each and calls the instance <c>container</c>.</summary>
public sealed record BackupConfig
{
    public uint Version { get; set; }
    public Instance? Instance { get; set; }
    public List<InstanceSnapshot?> Snapshots { get; set; } = [];
    public List<StoragePool?> Pools { get; set; } = [];
    public List<Profile?> Profiles { get; set; } = [];
    public List<BackupVolume?> Volumes { get; set; } = [];

    /// <summary>Version 1.</summary>
    public Instance? Container { get; set; }

    /// <summary>Version 1.</summary>
    public StoragePool? Pool { get; set; }

    /// <summary>Version 1.</summary>
    public BackupVolume? Volume { get; set; }

    /// <summary>Version 1.</summary>
    public List<StorageVolumeSnapshot?> VolumeSnapshots { get; set; } = [];
}

/// <summary>A volume with its snapshots.</summary>
public sealed record BackupVolume
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string ContentType { get; set; } = "";
    public DateTime CreatedAt { get; set; }
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Pool { get; set; } = "";
    public string Project { get; set; } = "";
    public List<StorageVolumeSnapshot?> Snapshots { get; set; } = [];
    public string Type { get; set; } = "";
}

/// <summary><c>backup/index.yaml</c>, the first entry of a backup.</summary>
public sealed record BackupIndex
{
    public string Name { get; set; } = "";
    public string Backend { get; set; } = "";
    public string Pool { get; set; } = "";
    public List<string?> Snapshots { get; set; } = [];
    public bool Optimized { get; set; }
    public bool OptimizedHeader { get; set; }
    public string Type { get; set; } = "";
    public BackupConfig? Config { get; set; }
}
