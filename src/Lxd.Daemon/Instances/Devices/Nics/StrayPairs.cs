using System.Globalization;
using System.Text.RegularExpressions;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>Pairs of interfaces that a daemon made and died before it moved one into an instance and wrote the other down.</summary>
internal static partial class StrayPairs
{
    private const string Links = "/sys/class/net";

    /// <summary>One side of each pair that has both sides on the host, both under names as NICs get them, and that no instance has on record.</summary>
    public static List<string> Find(IReadOnlySet<string> known)
    {
        var links = Directory.EnumerateFileSystemEntries(Links).Select(p => Path.GetFileName(p)).Where(n => Pattern().IsMatch(n))
            .Select(n => (Name: n, Index: Number(n, "ifindex"), Peer: Number(n, "iflink"))).Where(l => l.Index > 0).ToDictionary(l => l.Index);
        // A side whose other one is in another namespace may have a number there that a link has here: both have to point at each other.
        return [.. links.Values.Where(l => l.Index < l.Peer && links.TryGetValue(l.Peer, out var other) && other.Peer == l.Index && !known.Contains(l.Name) && !known.Contains(other.Name)).Select(l => l.Name)];
    }

    private static int Number(string link, string file)
    {
        try
        {
            return int.Parse(File.ReadAllText($"{Links}/{link}/{file}"), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    [GeneratedRegex("^veth[0-9a-f]{8}$")]
    private static partial Regex Pattern();
}
