namespace Lxd.Storage;

/// <summary>Space and inodes of a pool; inodes are 0 where the file system has no fixed number of them.</summary>
public sealed record PoolUsage(long TotalBytes, long UsedBytes, long TotalInodes, long UsedInodes);

/// <summary>Space of a volume in bytes; a total of 0 is "no limit", used is -1 where the driver cannot tell cheaply.</summary>
public sealed record VolumeUsage(long UsedBytes, long TotalBytes);
