namespace Lxd.Runtime;

/// <summary>What a running instance has used, as its cgroup counts it.</summary>
public sealed record InstanceMetrics
{
    public long Processes { get; init; }
    public int EffectiveCpus { get; init; }

    /// <summary>Seconds by processor and mode (<c>user</c>, <c>system</c>); all on processor 0 where the kernel does not tell them apart.</summary>
    public IReadOnlyList<(string Cpu, string Mode, double Seconds)> CpuSeconds { get; init; } = [];

    /// <summary>By device of the host, where it has used any.</summary>
    public IReadOnlyList<DiskUse> Disks { get; init; } = [];

    /// <summary>The kernel's counters of memory by LXD's names: <c>Active_anon</c>, <c>Cached</c>. Bytes.</summary>
    public IReadOnlyDictionary<string, long> Memory { get; init; } = new Dictionary<string, long>();

    public long OomKills { get; init; }

    public sealed record DiskUse(string Device)
    {
        public long ReadBytes { get; set; }
        public long Reads { get; set; }
        public long WrittenBytes { get; set; }
        public long Writes { get; set; }
    }
}
