using System.Globalization;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Runtime;

namespace Lxd.Daemon.Instances;

/// <summary>The limits of an instance's configuration as numbers for its cgroup.</summary>
internal static class Limits
{
    public static ResourceLimits Of(InstanceRecord instance)
    {
        var priority = instance.Number("limits.cpu.priority", 10);
        return new ResourceLimits
        {
            CpuSet = Cpus(instance.Get("limits.cpu"), instance.Get("limits.cpu.nodes"), instance.Id),
            CpuShares = Shares(instance.Get("limits.cpu.allowance"), priority),
            CpuQuota = Quota(instance.Get("limits.cpu.allowance")),
            Memory = Memory(instance.Get("limits.memory")),
            MemorySoft = instance.Get("limits.memory.enforce") == "soft",
            Swap = !Checks.IsFalse(instance.Get("limits.memory.swap")),
            SwapPriority = (int)instance.Number("limits.memory.swap.priority", 10),
            Processes = instance.Get("limits.processes") is { Length: > 0 } processes ? long.Parse(processes, CultureInfo.InvariantCulture) : null,
            DiskWeight = instance.Get("limits.disk.priority") is { Length: > 0 } disk ? Math.Max(10, 100 * int.Parse(disk, CultureInfo.InvariantCulture)) : null,
            HugePages = instance.ExpandedConfig.Where(c => c.Key.StartsWith("limits.hugepages.", StringComparison.Ordinal)).ToDictionary(c => c.Key[17..], c => Units.ParseBytes(c.Value)),
        };
    }

    /// <summary>Kernel limits by name.</summary>
    public static Dictionary<string, string> Kernel(InstanceRecord instance) => Suffixed(instance, "limits.kernel.");

    public static Dictionary<string, string> Suffixed(InstanceRecord instance, string prefix) =>
        instance.ExpandedConfig.Where(c => c.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(c => c.Key[prefix.Length..], c => c.Value);

    /// <summary>A set stays as it is; of a number of CPUs each instance takes another part of the host's, so that they spread.</summary>
    /// <param name="nodes">NUMA nodes, such as <c>0,2-3</c>, whose CPUs are taken; empty or <c>balanced</c>: any.</param>
    private static string? Cpus(string value, string nodes, long instance)
    {
        var isCount = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
        if (value.Length > 0 && !isCount)
        {
            return value;
        }

        var cpus = nodes is "" or "balanced" ? null : Numbers(nodes).SelectMany(n => Numbers(Text($"/sys/devices/system/node/node{n}/cpulist"))).Intersect(HostCpus()).Order().ToList();
        if (isCount)
        {
            var from = cpus ?? HostCpus();
            cpus = count < from.Count ? [.. Enumerable.Range(0, count).Select(i => from[(int)((instance * count + i) % from.Count)]).Order()] : cpus;
        }

        return cpus is { Count: > 0 } ? string.Join(',', cpus) : null;
    }

    private static List<int> HostCpus()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)) ?? "";
        var cpus = Numbers(line[(line.IndexOf(':') + 1)..]);
        return cpus.Count > 0 ? cpus : [0];
    }

    private static string Text(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";

    /// <summary>The kernel's lists: <c>0-3,8</c>.</summary>
    private static List<int> Numbers(string list)
    {
        var cpus = new List<int>();
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = part.IndexOf('-');
            var first = int.Parse(dash < 0 ? part : part[..dash], CultureInfo.InvariantCulture);
            var last = dash < 0 ? first : int.Parse(part[(dash + 1)..], CultureInfo.InvariantCulture);
            cpus.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return cpus;
    }

    private static long? Shares(string allowance, long priority)
    {
        if (allowance.Length == 0 && priority == 10)
        {
            return null;
        }

        var shares = allowance.EndsWith('%') ? 1024 * long.Parse(allowance[..^1], CultureInfo.InvariantCulture) / 100 : 1024;
        return Math.Max(2, shares - (10 - priority));
    }

    private static (long, long)? Quota(string allowance)
    {
        var slash = allowance.IndexOf('/');
        return slash < 0 ? null : (Milliseconds(allowance[..slash]), Milliseconds(allowance[(slash + 1)..]));

        static long Milliseconds(string text) => 1000 * long.Parse(text[..^2], CultureInfo.InvariantCulture);
    }

    private static long? Memory(string value) => value.Length == 0 ? null
        : value.EndsWith('%') ? HostMemory() * long.Parse(value[..^1], CultureInfo.InvariantCulture) / 100
        : Units.ParseBytes(value);

    private static long HostMemory() =>
        1024 * long.Parse(File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
