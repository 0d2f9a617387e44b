using Lxd.Daemon.Instances;
using Lxd.Linux.Mounts;

namespace Lxd.Daemon.Metrics;

/// <summary>The file systems of an instance's disks, as the instance sees them mounted.</summary>
internal static class InstanceFileSystems
{
    private const int MountPoint = 4;

    public static IEnumerable<(string Path, string Device, string Type, long AvailableBytes, long FreeBytes, long TotalBytes)> Read(InstanceRecord instance, int pid)
    {
        // The table is the kernel's: what is no mount in it may be a link that leads elsewhere.
        var mounted = Mounts(pid).Select(l => l.Split(' ')).GroupBy(p => p[MountPoint]).ToDictionary(g => g.Key, g => g.Last());
        foreach (var path in instance.ExpandedDevices.Values.Where(d => d.GetValueOrDefault("type") == "disk").Select(d => d.GetValueOrDefault("path", "")).Where(p => p.StartsWith('/')).Distinct())
        {
            if (mounted.TryGetValue(path == "/" ? path : path.TrimEnd('/'), out var fields) && Array.IndexOf(fields, "-") is > 0 and var dash && dash + 2 < fields.Length
                && Size($"/proc/{pid}/root{path}") is { } size)
            {
                var source = fields[dash + 2];
                yield return (path, source.StartsWith('/') ? source : "", fields[dash + 1], size.AvailableBytes, size.FreeBytes, size.TotalBytes);
            }
        }
    }

    private static string[] Mounts(int pid)
    {
        try
        {
            return File.ReadAllLines($"/proc/{pid}/mountinfo");
        }
        catch (IOException)
        {
            return [];
        }
    }

    private static MountedFileSystem? Size(string path)
    {
        try
        {
            return HostMounts.Describe(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
