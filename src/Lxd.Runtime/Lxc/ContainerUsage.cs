using System.Globalization;
using Lxd.Linux.Cgroups;

namespace Lxd.Runtime.Lxc;

/// <summary>What a container uses, as its cgroup counts it.</summary>
internal static class ContainerUsage
{
    public static InstanceUsage Of(Cgroup cgroup, int init) => cgroup.IsV2
        ? new InstanceUsage
        {
            Pid = init,
            Processes = cgroup.ReadNumber("", "pids.current") ?? 0,
            CpuNanoseconds = 1000 * Stat(cgroup.Read("", "cpu.stat"), "usage_usec"),
            MemoryBytes = (cgroup.ReadNumber("", "memory.current") ?? 0) - Stat(cgroup.Read("", "memory.stat"), "inactive_file"),
            MemoryPeakBytes = cgroup.ReadNumber("", "memory.peak") ?? 0,
            MemoryTotalBytes = cgroup.ReadNumber("", "memory.max") ?? HostMemory(),
            SwapBytes = cgroup.ReadNumber("", "memory.swap.current") ?? 0,
            SwapPeakBytes = cgroup.ReadNumber("", "memory.swap.peak") ?? 0,
            SwapTotalBytes = cgroup.ReadNumber("", "memory.swap.max") ?? long.MaxValue,
            SharedMemoryBytes = Stat(cgroup.Read("", "memory.stat"), "shmem"),
        }
        : new InstanceUsage
        {
            Pid = init,
            Processes = cgroup.ReadNumber("pids", "pids.current") ?? 0,
            CpuNanoseconds = cgroup.ReadNumber("cpuacct", "cpuacct.usage") ?? 0,
            MemoryBytes = (cgroup.ReadNumber("memory", "memory.usage_in_bytes") ?? 0) - Stat(cgroup.Read("memory", "memory.stat"), "total_inactive_file"),
            MemoryPeakBytes = cgroup.ReadNumber("memory", "memory.max_usage_in_bytes") ?? 0,
            MemoryTotalBytes = Math.Min(cgroup.ReadNumber("memory", "memory.limit_in_bytes") ?? long.MaxValue, HostMemory()),
            SwapBytes = Math.Max(0, (cgroup.ReadNumber("memory", "memory.memsw.usage_in_bytes") ?? 0) - (cgroup.ReadNumber("memory", "memory.usage_in_bytes") ?? 0)),
            SwapPeakBytes = Math.Max(0, (cgroup.ReadNumber("memory", "memory.memsw.max_usage_in_bytes") ?? 0) - (cgroup.ReadNumber("memory", "memory.max_usage_in_bytes") ?? 0)),
            SwapTotalBytes = SwapLimit(cgroup),
            SharedMemoryBytes = Stat(cgroup.Read("memory", "memory.stat"), "total_shmem"),
        };

    private static long Stat(string? text, string key)
    {
        var line = text?.Split('\n').FirstOrDefault(l => l.StartsWith(key + " ", StringComparison.Ordinal));
        return line is not null && long.TryParse(line[(key.Length + 1)..], out var value) ? value : 0;
    }

    /// <summary>On cgroup v1 the limit counts memory and swap together.</summary>
    private static long SwapLimit(Cgroup cgroup) =>
        cgroup.ReadNumber("memory", "memory.memsw.limit_in_bytes") is { } both && cgroup.ReadNumber("memory", "memory.limit_in_bytes") is { } memory && memory < HostMemory() ? Math.Max(0, both - memory) : long.MaxValue;

    private static long HostMemory() => long.Parse(File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
}
