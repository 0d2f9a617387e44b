using Lxd.Core.Api;
using Lxd.Daemon.Server;

namespace Lxd.Daemon.Resources;

/// <summary>Sockets, cores, threads and caches.</summary>
internal static class CpuReader
{
    private const string Root = "/sys/devices/system/cpu";

    public static ResourcesCPU Read()
    {
        var models = Models();
        var isolated = Range(SysFile.Text(Root + "/isolated"));
        var sockets = new SortedDictionary<ulong, ResourcesCPUSocket>();
        ulong total = 0;
        foreach (var (id, path) in Cpus())
        {
            var socketId = SysFile.Number(path + "/topology/physical_package_id");
            if (!sockets.TryGetValue(socketId, out var socket))
            {
                var (vendor, model) = models.GetValueOrDefault(id, ("", ""));
                sockets[socketId] = socket = new ResourcesCPUSocket
                {
                    Socket = socketId,
                    Vendor = vendor,
                    Name = model,
                    Cache = Caches(path),
                    FrequencyMinimum = SysFile.Number(path + "/cpufreq/cpuinfo_min_freq") / 1000,
                    FrequencyTurbo = SysFile.Number(path + "/cpufreq/cpuinfo_max_freq") / 1000,
                };
            }

            AddThread(socket, id, path, isolated);
            total++;
        }

        foreach (var socket in sockets.Values)
        {
            var known = socket.Cores.Where(c => c.Frequency > 0).ToList();
            socket.Frequency = known.Count > 0 ? known.Aggregate(0UL, (sum, c) => sum + c.Frequency) / (ulong)known.Count : 0;
        }

        return new ResourcesCPU { Architecture = HostInfo.Architecture, Sockets = [.. sockets.Values], Total = total };
    }

    private static void AddThread(ResourcesCPUSocket socket, int id, string path, HashSet<int> isolated)
    {
        var coreId = SysFile.Number(path + "/topology/core_id");
        var die = SysFile.Number(path + "/topology/die_id");
        var core = socket.Cores.Find(c => c.Core == coreId && c.Die == die);
        if (core is null)
        {
            core = new ResourcesCPUCore { Core = coreId, Die = die, Frequency = SysFile.Number(path + "/cpufreq/scaling_cur_freq") / 1000 };
            socket.Cores.Add(core);
        }

        var online = SysFile.Text(path + "/online");
        var node = SysFile.Entries(path).Select(e => Path.GetFileName(e)!).FirstOrDefault(e => e.StartsWith("node", StringComparison.Ordinal) && e.Length > 4 && char.IsAsciiDigit(e[4]));
        core.Threads.Add(new ResourcesCPUThread
        {
            Id = id,
            Thread = (ulong)core.Threads.Count,
            NumaNode = node is null ? 0 : SysFile.Parse(node[4..]),
            Online = online != "0",
            Isolated = isolated.Contains(id),
        });
    }

    private static IEnumerable<(int Id, string Path)> Cpus() =>
        SysFile.Entries(Root).Where(e => int.TryParse(Path.GetFileName(e).AsSpan(Path.GetFileName(e).StartsWith("cpu", StringComparison.Ordinal) ? 3 : 0), out _) && Directory.Exists(e + "/topology"))
            .Select(e => (int.Parse(Path.GetFileName(e).AsSpan(3), System.Globalization.CultureInfo.InvariantCulture), e)).OrderBy(c => c.Item1);

    private static List<ResourcesCPUCache> Caches(string cpu) => [.. SysFile.Entries(cpu + "/cache").Where(e => Path.GetFileName(e).StartsWith("index", StringComparison.Ordinal)).Select(e => new ResourcesCPUCache
    {
        Level = SysFile.Number(e + "/level"),
        Type = SysFile.Text(e + "/type"),
        Size = Size(SysFile.Text(e + "/size")),
    })];

    private static ulong Size(string text) => text.EndsWith('K') ? SysFile.Parse(text[..^1]) << 10 : text.EndsWith('M') ? SysFile.Parse(text[..^1]) << 20 : SysFile.Parse(text);

    private static HashSet<int> Range(string text)
    {
        var set = new HashSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split('-');
            if (int.TryParse(ends[0], out var low) && int.TryParse(ends[^1], out var high))
            {
                set.UnionWith(Enumerable.Range(low, high - low + 1));
            }
        }

        return set;
    }

    private static Dictionary<int, (string Vendor, string Model)> Models()
    {
        var result = new Dictionary<int, (string, string)>();
        var (id, vendor, model) = (-1, "", "");
        foreach (var line in SysFile.Text("/proc/cpuinfo").Split('\n').Append(""))
        {
            var colon = line.IndexOf(':');
            var value = colon < 0 ? "" : line[(colon + 1)..].Trim();
            switch (colon < 0 ? "" : line[..colon].Trim())
            {
                case "processor":
                    id = int.TryParse(value, out var number) ? number : -1;
                    break;
                case "vendor_id":
                    vendor = value;
                    break;
                case "model name" or "cpu":
                    model = value;
                    break;
                case "" when id >= 0:
                    result[id] = (vendor, model);
                    id = -1;
                    break;
                default:
                    break;
            }
        }

        return result;
    }
}
