namespace Lxd.Runtime;

/// <summary>Limits of a cgroup; null lifts or leaves the limit unset.</summary>
public sealed record ResourceLimits
{
    /// <summary>CPUs it may run on: <c>0-1,3</c>.</summary>
    public string? CpuSet { get; init; }

    /// <summary>Weight in cgroup v1 shares, 2 to 262144; v2 weight is derived.</summary>
    public long? CpuShares { get; init; }

    /// <summary>CPU time in microseconds of each period.</summary>
    public (long Quota, long Period)? CpuQuota { get; init; }

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Under pressure only.</summary>
    public bool MemorySoft { get; init; }

    /// <summary>Whether it may swap, and how readily (0 to 10).</summary>
    public bool Swap { get; init; } = true;

    public int SwapPriority { get; init; } = 10;

    public long? Processes { get; init; }

    /// <summary>Weight of its disk requests, 10 to 1000.</summary>
    public int? DiskWeight { get; init; }

    /// <summary>Bytes of huge pages by page size: <c>2MB</c>.</summary>
    public IReadOnlyDictionary<string, long> HugePages { get; init; } = new Dictionary<string, long>();
}
