using System.Globalization;
using Lxd.Core;

namespace Lxd.Linux.IdMaps;

/// <summary>The host's ids that containers may use: root's lines of /etc/subuid and /etc/subgid, or 1,000,000 to 1,001,000,000 where there are none.</summary>
public sealed record SubordinateIds(long Start, long Count)
{
    public const long DefaultSize = 65536;

    public static SubordinateIds Read(string uidFile = "/etc/subuid", string gidFile = "/etc/subgid")
    {
        var users = Root(uidFile);
        var groups = Root(gidFile);
        return users is { } u && groups is { } g && u == g ? new SubordinateIds(u.Start, u.Count) : new SubordinateIds(1_000_000, 1_000_000_000);
    }

    /// <summary>The map all containers share that ask for no ids of their own.</summary>
    public IdMap Shared() => new(new IdMapEntry(true, true, Start, 0, Count));

    /// <summary>A range of its own for an isolated container, beside those taken.</summary>
    /// <param name="size">How many ids; 0 for 65536.</param>
    /// <param name="taken">Starts and sizes on the host of the ranges of other isolated containers.</param>
    public IdMap Isolated(long size, IEnumerable<(long Start, long Count)> taken)
    {
        size = size == 0 ? DefaultSize : size;
        // The first 65536 ids belong to the containers that share.
        var start = Start + DefaultSize;
        foreach (var (from, count) in taken.OrderBy(t => t.Start))
        {
            if (start + size <= from)
            {
                break;
            }

            start = Math.Max(start, from + count);
        }

        return start + size <= Start + Count
            ? new IdMap(new IdMapEntry(true, true, start, 0, size))
            : throw ApiException.BadRequest($"Not enough uid/gid available for the container (need {size.ToString(CultureInfo.InvariantCulture)})");
    }

    /// <summary>A range at a place of the user's choice.</summary>
    public IdMap At(long start, long size) => new(new IdMapEntry(true, true, start, 0, size == 0 ? DefaultSize : size));

    private static (long Start, long Count)? Root(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        return File.ReadLines(file).Select(l => l.Split(':')).Where(p => p.Length == 3 && p[0] is "root" or "0" or "lxd")
            .Select(p => (Start: long.Parse(p[1], CultureInfo.InvariantCulture), Count: long.Parse(p[2], CultureInfo.InvariantCulture)))
            .Where(r => r.Count >= DefaultSize).OrderByDescending(r => r.Count).Cast<(long, long)?>().FirstOrDefault();
    }
}
