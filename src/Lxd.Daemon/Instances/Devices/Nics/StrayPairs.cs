using System.Globalization;
using System.Text.RegularExpressions;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Instances.Devices.Nics;

/// <summary>Pairs of interfaces that have both ends on the host and nobody's name on record: left by a daemon that died between making a pair and writing it down.</summary>
internal sealed partial class StrayPairs(InstanceStore store, INicLinks links)
{
    private const string Links = "/sys/class/net";

    /// <summary>Removes all of them, at a time when nothing starts.</summary>
    public async Task RemoveAsync(CancellationToken ct)
    {
        foreach (var name in await FindAsync(ct).ConfigureAwait(false))
        {
            await links.DeleteAsync(name).ConfigureAwait(false);
        }
    }

    private async Task<List<string>> FindAsync(CancellationToken ct)
    {
        var pairs = OnHost();
        if (pairs.Count == 0)
        {
            return [];
        }

        var known = (await store.HostNamesAsync(ct).ConfigureAwait(false)).ToHashSet();
        return [.. pairs.Where(p => !known.Contains(p.Name) && !known.Contains(p.Other)).Select(p => p.Name)];
    }

    /// <summary>The pairs with both ends here under names as NICs get them.</summary>
    private static List<(string Name, string Other)> OnHost()
    {
        var ends = Directory.EnumerateFileSystemEntries(Links).Select(p => Path.GetFileName(p)).Where(n => Pattern().IsMatch(n))
            .Select(n => (Name: n, Index: Number(n, "ifindex"), Peer: Number(n, "iflink"))).Where(l => l.Index > 0).ToDictionary(l => l.Index);
        // An end whose other one is in another namespace may have a number there that a link has here: both have to point at each other.
        return [.. ends.Values.Where(l => l.Index < l.Peer && ends.TryGetValue(l.Peer, out var other) && other.Peer == l.Index).Select(l => (l.Name, ends[l.Peer].Name))];
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
