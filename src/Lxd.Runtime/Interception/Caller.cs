using System.Globalization;
using Lxd.Linux.Namespaces;
using Lxd.Linux.Seccomp;

namespace Lxd.Runtime.Interception;

/// <summary>Who made a system call: the host's ids of the one whose rights count for files, and the capabilities in the container's user namespace.</summary>
internal sealed record Caller(uint Uid, uint Gid, IReadOnlyList<uint> Groups, ulong Capabilities, uint Umask, string UidMap, string GidMap)
{
    private const int DacOverride = 1;
    private const int DacReadSearch = 2;
    private const int FileOwner = 3;
    private const int SysAdmin = 21;
    private const int SysNice = 23;

    public bool Overrides => Has(DacOverride);

    public bool Searches => Has(DacReadSearch) || Overrides;

    public bool OwnsAll => Has(FileOwner);

    public bool IsAdmin => Has(SysAdmin);

    public bool MaySchedule => Has(SysNice);

    /// <summary>Null where it is gone, or lives in a user namespace of its own within the container: rights there are no rights in the container.</summary>
    public static Caller? Of(Notification call)
    {
        if (ProcessNamespaces.Of(call.Pid, "user") is not { } space || space != ProcessNamespaces.Of(call.Init, "user"))
        {
            return null;
        }

        try
        {
            var status = File.ReadLines($"/proc/{call.Pid}/status").Select(l => l.Split(':', 2)).Where(l => l.Length == 2).ToDictionary(l => l[0], l => l[1].Trim());
            var caller = new Caller(Id(status["Uid"].Split('\t')[3]), Id(status["Gid"].Split('\t')[3]), [.. status["Groups"].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Id)],
                ulong.Parse(status["CapEff"], NumberStyles.HexNumber, CultureInfo.InvariantCulture), Convert.ToUInt32(status["Umask"], 8), Map(call.Pid, "uid_map"), Map(call.Pid, "gid_map"));
            return call.IsValid ? caller : null;
        }
        catch (Exception e) when (e is IOException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The id inside of one of the host's; negative where it has none.</summary>
    public static long Inside(string map, uint host) => Translate(map, host, 0, 2);

    /// <summary>The host's id of one inside; negative where it has none.</summary>
    public static long Outside(string map, uint inside) => Translate(map, inside, 2, 0);

    private static long Translate(string map, uint id, int from, int to)
    {
        foreach (var entry in map.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Split(':').Select(p => long.Parse(p, CultureInfo.InvariantCulture)).ToArray();
            if (id >= parts[from] && id < parts[from] + parts[1])
            {
                return id - parts[from] + parts[to];
            }
        }

        return -1;
    }

    /// <summary>As <c>HOST:COUNT:INSIDE,...</c>.</summary>
    private static string Map(int pid, string file) => string.Join(',', File.ReadLines($"/proc/{pid}/{file}").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.Length == 3).Select(p => $"{p[1]}:{p[2]}:{p[0]}"));

    private static uint Id(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    private bool Has(int capability) => (Capabilities >> capability & 1) == 1;
}
