namespace Lxd.Core.Api;

public sealed record InstanceBackup
{
    public bool ContainerOnly { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public bool InstanceOnly { get; set; }
    public string Name { get; set; } = "";
    public bool OptimizedStorage { get; set; }
}

public sealed record InstanceBackupPost
{
    public string Name { get; set; } = "";
}

public sealed record InstanceBackupsPost
{
    public string CompressionAlgorithm { get; set; } = "";
    public bool ContainerOnly { get; set; }
    public DateTime ExpiresAt { get; set; }
    public bool InstanceOnly { get; set; }
    public string Name { get; set; } = "";
    public bool OptimizedStorage { get; set; }
    public uint Version { get; set; }
}
