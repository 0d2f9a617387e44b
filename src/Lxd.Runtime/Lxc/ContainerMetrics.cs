using System.Globalization;
using Lxd.Linux.Cgroups;

namespace Lxd.Runtime.Lxc;

/// <summary>Reads a container's counters from its cgroup, of either generation.</summary>
internal static class ContainerMetrics
{
    private const double Nanoseconds = 1e9;
    private const double Microseconds = 1e6;

    /// <summary>LXD's names and those of <c>memory.stat</c>, where they are the same on both generations.</summary>
    private static readonly (string Name, string File)[] Counters =
    [
        ("Active_anon", "active_anon"), ("Active_file", "active_file"), ("Inactive_anon", "inactive_anon"), ("Inactive_file", "inactive_file"), ("Unevictable", "unevictable"), ("Shmem", "shmem"),
    ];

    public static InstanceMetrics Of(Cgroup cgroup, int init)
    {
        var usage = ContainerUsage.Of(cgroup, init);
        return new InstanceMetrics
        {
            Processes = usage.Processes,
            EffectiveCpus = Cpus(cgroup),
            CpuSeconds = cgroup.IsV2 ? Unified(Table(cgroup.Read("", "cpu.stat"))) : [.. PerCpu(cgroup, "system", "cpuacct.usage_percpu_sys"), .. PerCpu(cgroup, "user", "cpuacct.usage_percpu_user")],
            Disks = cgroup.IsV2 ? UnifiedDisks(cgroup.Read("", "io.stat")) : Disks(cgroup),
            Memory = Memory(cgroup, usage),
            OomKills = Table(cgroup.Read("memory", cgroup.IsV2 ? "memory.events" : "memory.oom_control")).GetValueOrDefault("oom_kill"),
        };
    }

    private static Dictionary<string, long> Memory(Cgroup cgroup, InstanceUsage usage)
    {
        var table = Table(cgroup.Read("memory", "memory.stat"));
        // On the first generation only the totals count what is below.
        long Count(string name) => cgroup.IsV2 ? table.GetValueOrDefault(name) : table.GetValueOrDefault("total_" + name);
        var memory = Counters.ToDictionary(c => c.Name, c => Count(c.File));
        memory["Active"] = memory["Active_anon"] + memory["Active_file"];
        memory["Inactive"] = memory["Inactive_anon"] + memory["Inactive_file"];
        memory["Cached"] = Count(cgroup.IsV2 ? "file" : "cache");
        memory["Dirty"] = Count(cgroup.IsV2 ? "file_dirty" : "dirty");
        memory["Writeback"] = Count(cgroup.IsV2 ? "file_writeback" : "writeback");
        memory["Mapped"] = Count(cgroup.IsV2 ? "file_mapped" : "mapped_file");
        memory["RSS"] = Count(cgroup.IsV2 ? "anon" : "rss");
        memory["SReclaimable"] = Count("slab_reclaimable");
        memory["Swap"] = Math.Max(0, usage.SwapBytes);
        memory["HugepagesTotal"] = HugePages("limit_in_bytes", "max", cgroup);
        memory["HugepagesFree"] = memory["HugepagesTotal"] - HugePages("usage_in_bytes", "current", cgroup);
        memory["MemTotal"] = usage.MemoryTotalBytes;
        memory["MemFree"] = Math.Max(0, usage.MemoryTotalBytes - usage.MemoryBytes - memory["Inactive_file"]);
        memory["MemAvailable"] = Math.Max(0, usage.MemoryTotalBytes - usage.MemoryBytes);
        return memory;
    }

    /// <summary>Of all sizes of pages that have a limit; without one a container has no huge pages of its own.</summary>
    private static long HugePages(string first, string second, Cgroup cgroup) => ((IEnumerable<string>)["64KB", "1MB", "2MB", "1GB"]).Sum(size =>
        cgroup.ReadNumber("hugetlb", $"hugetlb.{size}.{(cgroup.IsV2 ? "max" : "limit_in_bytes")}") is > 0 and < 1L << 60 ? cgroup.ReadNumber("hugetlb", $"hugetlb.{size}.{(cgroup.IsV2 ? second : first)}") ?? 0 : 0);

    private static (string, string, double)[] Unified(Dictionary<string, long> table) =>
        [("0", "system", table.GetValueOrDefault("system_usec") / Microseconds), ("0", "user", table.GetValueOrDefault("user_usec") / Microseconds)];

    private static IEnumerable<(string, string, double)> PerCpu(Cgroup cgroup, string mode, string file) =>
        (cgroup.Read("cpuacct", file) ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select((n, i) => (i.ToString(CultureInfo.InvariantCulture), mode, Number(n) / Nanoseconds));

    private static int Cpus(Cgroup cgroup)
    {
        var list = cgroup.Read("cpuset", cgroup.IsV2 ? "cpuset.cpus.effective" : "cpuset.effective_cpus") ?? "";
        var count = list.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('-')).Sum(r => (int)(Number(r[^1]) - Number(r[0]) + 1));
        return count > 0 ? count : Environment.ProcessorCount;
    }

    private static List<InstanceMetrics.DiskUse> Disks(Cgroup cgroup)
    {
        var disks = new Dictionary<string, InstanceMetrics.DiskUse>();
        foreach (var (file, bytes) in (ReadOnlySpan<(string, bool)>)[("blkio.throttle.io_service_bytes_recursive", true), ("blkio.throttle.io_serviced_recursive", false)])
        {
            foreach (var parts in (cgroup.Read("blkio", file) ?? "").Split('\n').Select(l => l.Split(' ')).Where(p => p.Length == 3 && p[1] is "Read" or "Write"))
            {
                var disk = Disk(disks, parts[0]);
                var (read, number) = (parts[1] == "Read", Number(parts[2]));
                disk.ReadBytes += read && bytes ? number : 0;
                disk.Reads += read && !bytes ? number : 0;
                disk.WrittenBytes += !read && bytes ? number : 0;
                disk.Writes += !read && !bytes ? number : 0;
            }
        }

        return [.. disks.Values];
    }

    /// <summary>Lines such as <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 ...</c>.</summary>
    private static List<InstanceMetrics.DiskUse> UnifiedDisks(string? text)
    {
        var disks = new Dictionary<string, InstanceMetrics.DiskUse>();
        foreach (var line in (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            var values = parts.Skip(1).Select(p => p.Split('=')).Where(p => p.Length == 2).ToDictionary(p => p[0], p => Number(p[1]));
            var disk = Disk(disks, parts[0]);
            disk.ReadBytes = values.GetValueOrDefault("rbytes");
            disk.Reads = values.GetValueOrDefault("rios");
            disk.WrittenBytes = values.GetValueOrDefault("wbytes");
            disk.Writes = values.GetValueOrDefault("wios");
        }

        return [.. disks.Values];
    }

    private static InstanceMetrics.DiskUse Disk(Dictionary<string, InstanceMetrics.DiskUse> disks, string numbers)
    {
        if (!disks.TryGetValue(numbers, out var disk))
        {
            disks[numbers] = disk = new InstanceMetrics.DiskUse(new FileInfo("/sys/dev/block/" + numbers).LinkTarget is { } path ? Path.GetFileName(path) : numbers);
        }

        return disk;
    }

    private static Dictionary<string, long> Table(string? text) =>
        (text ?? "").Split('\n').Select(l => l.Split(' ')).Where(p => p.Length == 2).GroupBy(p => p[0]).ToDictionary(g => g.Key, g => Number(g.First()[1]));

    private static long Number(string text) => long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
