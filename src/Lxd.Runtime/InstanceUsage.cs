namespace Lxd.Runtime;

/// <summary>What a running instance uses at the moment.</summary>
public sealed record InstanceUsage
{
    public int Pid { get; init; }
    public long Processes { get; init; }
    public long CpuNanoseconds { get; init; }
    public long MemoryBytes { get; init; }
    public long MemoryPeakBytes { get; init; }

    /// <summary>The limit, or the host's memory.</summary>
    public long MemoryTotalBytes { get; init; }
    public long SwapBytes { get; init; }
    public long SwapPeakBytes { get; init; }

    /// <summary>The most swap it may use; the largest number where there is no limit of its own.</summary>
    public long SwapTotalBytes { get; init; } = long.MaxValue;
    public long SharedMemoryBytes { get; init; }
}
