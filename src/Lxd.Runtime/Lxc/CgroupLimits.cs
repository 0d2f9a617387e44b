using System.Globalization;

namespace Lxd.Runtime.Lxc;

/// <summary>Limits as files of the two generations of cgroups.</summary>
internal static class CgroupLimits
{
    private const long DefaultPeriod = 100_000;
    private static readonly string[] PageSizes = ["64KB", "1MB", "2MB", "1GB"];

    /// <summary>File names and values for the limits that are set.</summary>
    public static IEnumerable<(string Key, string Value)> Lines(ResourceLimits limits, bool v2) => All(limits, v2).Where(l => l.Set).Select(l => (l.Key, l.Value));

    /// <summary>As <see cref="Lines"/>, with the values that lift the limits that are not set: for a container that runs.</summary>
    public static IEnumerable<(string Key, string Value, bool Set)> All(ResourceLimits limits, bool v2)
    {
        if (v2)
        {
            yield return ("cpuset.cpus", limits.CpuSet ?? "", limits.CpuSet is not null);
            yield return ("cpu.weight", Text(Weight(limits.CpuShares ?? 1024)), limits.CpuShares is not null);
            yield return ("cpu.max", limits.CpuQuota is { } q ? $"{Text(q.Quota)} {Text(q.Period)}" : $"max {DefaultPeriod}", limits.CpuQuota is not null);
            yield return ("memory.max", !limits.MemorySoft && limits.Memory is { } m ? Text(m) : "max", limits.Memory is not null && !limits.MemorySoft);
            yield return ("memory.high", limits.MemorySoft && limits.Memory is { } h ? Text(h) : "max", limits.Memory is not null && limits.MemorySoft);
            yield return ("memory.swap.max", limits.Memory is not null && !limits.Swap ? "0" : "max", limits.Memory is not null && !limits.Swap);
            yield return ("pids.max", limits.Processes is { } p ? Text(p) : "max", limits.Processes is not null);
            yield return ("io.weight", Text(limits.DiskWeight ?? 100), limits.DiskWeight is not null);
            foreach (var size in PageSizes.Union(limits.HugePages.Keys))
            {
                var set = limits.HugePages.TryGetValue(size, out var bytes);
                yield return ($"hugetlb.{size}.max", set ? Text(bytes) : "max", set);
            }

            yield break;
        }

        yield return ("cpuset.cpus", limits.CpuSet ?? "", limits.CpuSet is not null);
        yield return ("cpu.shares", Text(limits.CpuShares ?? 1024), limits.CpuShares is not null);
        yield return ("cpu.cfs_period_us", Text(limits.CpuQuota?.Period ?? DefaultPeriod), limits.CpuQuota is not null);
        yield return ("cpu.cfs_quota_us", Text(limits.CpuQuota?.Quota ?? -1), limits.CpuQuota is not null);
        yield return ("memory.limit_in_bytes", !limits.MemorySoft && limits.Memory is { } hard ? Text(hard) : "-1", limits.Memory is not null && !limits.MemorySoft);
        yield return ("memory.soft_limit_in_bytes", limits.Memory is { } soft ? Text(limits.MemorySoft ? soft : soft * 9 / 10) : "-1", limits.Memory is not null);
        yield return ("memory.memsw.limit_in_bytes", limits.Memory is { } both && !limits.MemorySoft && !limits.Swap && File.Exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes") ? Text(both) : "-1",
            limits.Memory is not null && !limits.MemorySoft && !limits.Swap && File.Exists("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"));
        yield return ("memory.swappiness", Text(limits.Swap ? 60 - 10 + limits.SwapPriority : 0), limits.Memory is not null && (!limits.Swap || limits.SwapPriority != 10));
        yield return ("pids.max", limits.Processes is { } pids ? Text(pids) : "max", limits.Processes is not null);
        foreach (var size in PageSizes.Union(limits.HugePages.Keys))
        {
            var set = limits.HugePages.TryGetValue(size, out var bytes);
            yield return ($"hugetlb.{size}.limit_in_bytes", set ? Text(bytes) : "-1", set);
        }
    }

    /// <summary>v1 shares (2 to 262144, 1024 is normal) as v2 weight (1 to 10000, 100 is normal).</summary>
    private static long Weight(long shares) => Math.Clamp(shares * 100 / 1024, 1, 10_000);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
