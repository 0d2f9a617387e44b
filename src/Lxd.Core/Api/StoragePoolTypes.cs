namespace Lxd.Core.Api;

public sealed record StoragePool
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Driver { get; set; } = "";
    public List<string> Locations { get; set; } = [];
    public string Name { get; set; } = "";
    public string Status { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record StoragePoolPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record StoragePoolState
{
    public ResourcesStoragePoolInodes Inodes { get; set; } = new();
    public ResourcesStoragePoolSpace Space { get; set; } = new();
}

public sealed record StoragePoolVolumeBackup
{
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public string Name { get; set; } = "";
    public bool OptimizedStorage { get; set; }
    public bool VolumeOnly { get; set; }
}

public sealed record StoragePoolVolumeBackupPost
{
    public string Name { get; set; } = "";
}

public sealed record StoragePoolVolumeBackupsPost
{
    public string CompressionAlgorithm { get; set; } = "";
    public DateTime ExpiresAt { get; set; }
    public string Name { get; set; } = "";
    public bool OptimizedStorage { get; set; }
    public uint Version { get; set; }
    public bool VolumeOnly { get; set; }
}

public sealed record StoragePoolsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Driver { get; set; } = "";
    public string Name { get; set; } = "";
}
