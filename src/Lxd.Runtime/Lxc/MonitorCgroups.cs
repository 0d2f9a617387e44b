namespace Lxd.Runtime.Lxc;

/// <summary>The cgroups a container's monitor sits in. It cannot remove what it sits in itself, so liblxc leaves some of them behind, empty.</summary>
internal static class MonitorCgroups
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Their directories, while the monitor lives.</summary>
    public static IReadOnlyList<string> Of(int monitor) => Of(monitor, "/lxc.monitor");

    /// <summary>The directories of the container itself, while its init lives. A monitor that is killed takes its container with it, but leaves these.</summary>
    public static IReadOnlyList<string> OfPayload(int init) => init > 0 ? Of(init, "/lxc.payload") : [];

    /// <summary>A process may have gone deeper than liblxc put it.</summary>
    private static List<string> Of(int pid, string part)
    {
        try
        {
            var result = new List<string>();
            foreach (var fields in File.ReadLines($"/proc/{pid}/cgroup").Select(l => l.Split(':', 3)).Where(p => p.Length == 3))
            {
                if (fields[2].LastIndexOf(part, StringComparison.Ordinal) is >= 0 and var at)
                {
                    var end = fields[2].IndexOf('/', at + 1);
                    result.AddRange(Places(fields[1], end < 0 ? fields[2] : fields[2][..end]));
                }
            }

            return result;
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
                Remove(Directory.GetDirectories(directory));
                Directory.Delete(directory);
            }
            catch (IOException)
            {
                // Somebody else's by now.
            }
        }
    }

    /// <summary>Removes those of a container whose processes are dying.</summary>
    public static async Task RemoveDyingAsync(IReadOnlyList<string> directories)
    {
        // The kernel tells of no event for it on v1.
        for (var i = 0; i < 100 && directories.Any(Directory.Exists); i++)
        {
            Remove(directories);
            await Task.Delay(i < 10 ? 5 : 20).ConfigureAwait(false);
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
