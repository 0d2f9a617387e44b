namespace Lxd.Runtime.Lxc;

/// <summary>The cgroups a container's monitor sits in. It cannot remove what it sits in itself, so liblxc leaves some of them behind, empty.</summary>
internal static class MonitorCgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Their directories, while the monitor lives.</summary>
    public static IReadOnlyList<string> Of(int monitor)
    {
        try
        {
            return [.. File.ReadLines($"/proc/{monitor}/cgroup").Select(l => l.Split(':', 3)).Where(p => p.Length == 3 && Path.GetFileName(p[2]).StartsWith("lxc.monitor", StringComparison.Ordinal)).SelectMany(p => Places(p[1], p[2]))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Removes those that are left and empty.</summary>
    public static void Remove(IEnumerable<string> directories)
    {
        foreach (var directory in directories.Where(Directory.Exists))
        {
            try
            {
                Directory.Delete(directory);
            }
            catch (IOException)
            {
                // Somebody else's by now.
            }
        }
    }

    /// <summary>Removes those of a start that failed, by name; one that is not empty is another container's and stays.</summary>
    public static void RemoveNamed(string name) =>
        Remove(Directory.GetDirectories(Root).Append(Root).SelectMany(h => (string[])[Path.Combine(h, "lxc.monitor." + name), Path.Combine(h, "lxc.payload." + name)]));

    private static IEnumerable<string> Places(string controllers, string path)
    {
        if (controllers.Length == 0)
        {
            yield return Directory.Exists(Root + "/unified") ? Root + "/unified" + path : Root + path;
            yield break;
        }

        yield return $"{Root}/{(controllers.StartsWith("name=", StringComparison.Ordinal) ? controllers[5..] : controllers)}{path}";
    }
}
