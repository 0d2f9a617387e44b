namespace Lxd.Core.Api;

public sealed record ResourcesStorage
{
    public List<ResourcesStorageDisk> Disks { get; set; } = [];
    public ulong Total { get; set; }
}

public sealed record ResourcesStorageDisk
{
    public ulong BlockSize { get; set; }
    public string Device { get; set; } = "";
    public string DeviceFsUuid { get; set; } = "";
    public string DeviceId { get; set; } = "";
    public string DevicePath { get; set; } = "";
    public string FirmwareVersion { get; set; } = "";
    public string Id { get; set; } = "";
    public string Model { get; set; } = "";
    public bool Mounted { get; set; }
    public ulong NumaNode { get; set; }
    public List<ResourcesStorageDiskPartition> Partitions { get; set; } = [];
    public string PciAddress { get; set; } = "";
    public bool ReadOnly { get; set; }
    public bool Removable { get; set; }
    public ulong Rpm { get; set; }
    public string Serial { get; set; } = "";
    public ulong Size { get; set; }
    public string Type { get; set; } = "";
    public string UsbAddress { get; set; } = "";
    public string UsedBy { get; set; } = "";
    public string Wwn { get; set; } = "";
}

public sealed record ResourcesStorageDiskPartition
{
    public string Device { get; set; } = "";
    public string DeviceFsUuid { get; set; } = "";
    public string Id { get; set; } = "";
    public bool Mounted { get; set; }
    public ulong Partition { get; set; }
    public bool ReadOnly { get; set; }
    public ulong Size { get; set; }
}

public sealed record ResourcesStoragePool
{
    public ResourcesStoragePoolInodes Inodes { get; set; } = new();
    public ResourcesStoragePoolSpace Space { get; set; } = new();
}

public sealed record ResourcesStoragePoolInodes
{
    public ulong Total { get; set; }
    public ulong Used { get; set; }
}

public sealed record ResourcesStoragePoolSpace
{
    public ulong Total { get; set; }
    public ulong Used { get; set; }
}
