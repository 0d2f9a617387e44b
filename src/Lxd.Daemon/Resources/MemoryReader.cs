using Lxd.Core.Api;

namespace Lxd.Daemon.Resources;

/// <summary>Memory and huge pages, of the whole and of each NUMA node.</summary>
internal static class MemoryReader
{
    public static ResourcesMemory Read()
    {
        var all = Fields("/proc/meminfo");
        var page = all.GetValueOrDefault("Hugepagesize");
        var nodes = SysFile.Entries("/sys/devices/system/node").Where(e => Path.GetFileName(e) is var n && n.StartsWith("node", StringComparison.Ordinal) && n.Length > 4 && char.IsAsciiDigit(n[4]))
            .Select(e => Node(e, page)).OrderBy(n => n.NumaNode);
        var hugeTotal = all.GetValueOrDefault("HugePages_Total") * page;
        return new ResourcesMemory
        {
            Nodes = [.. nodes],
            HugepagesTotal = hugeTotal,
            HugepagesUsed = hugeTotal - Math.Min(hugeTotal, all.GetValueOrDefault("HugePages_Free") * page),
            HugepagesSize = page,
            Total = all.GetValueOrDefault("MemTotal"),
            Used = all.GetValueOrDefault("MemTotal") - Math.Min(all.GetValueOrDefault("MemTotal"), all.GetValueOrDefault("MemAvailable")),
        };
    }

    /// <summary>The fields of a meminfo file: sizes in bytes, counts as they are.</summary>
    public static Dictionary<string, ulong> Fields(string path)
    {
        var result = new Dictionary<string, ulong>();
        foreach (var line in SysFile.Text(path).Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var at = Array.FindIndex(words, w => w.EndsWith(':'));
            if (at >= 0 && at + 1 < words.Length)
            {
                result[words[at][..^1]] = SysFile.Parse(words[at + 1]) * (words[^1] == "kB" ? 1024UL : 1UL);
            }
        }

        return result;
    }

    private static ResourcesMemoryNode Node(string path, ulong page)
    {
        var fields = Fields(path + "/meminfo");
        var hugeTotal = fields.GetValueOrDefault("HugePages_Total") * page;
        return new ResourcesMemoryNode
        {
            NumaNode = SysFile.Parse(Path.GetFileName(path)[4..]),
            Total = fields.GetValueOrDefault("MemTotal"),
            Used = fields.GetValueOrDefault("MemUsed"),
            HugepagesTotal = hugeTotal,
            HugepagesUsed = hugeTotal - Math.Min(hugeTotal, fields.GetValueOrDefault("HugePages_Free") * page),
        };
    }
}
