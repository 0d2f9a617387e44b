using Lxd.Core.Config;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>The directories of the host a restricted project lets its disks be of.</summary>
internal static class DiskPaths
{
    /// <summary>By the path's text alone; what its symlinks say is looked at when it is opened.</summary>
    public static bool IsAllowed(IReadOnlyDictionary<string, string> project, string source)
    {
        var allowed = Allowed(project);
        return allowed.Length == 0 || Containing(allowed, source) is not null;
    }

    /// <summary>The allowed directory the source is in; null where the project sets no limit.</summary>
    public static string? ParentOf(IReadOnlyDictionary<string, string> project, string source) => Allowed(project) is { Length: > 0 } allowed ? Containing(allowed, source) : null;

    private static string[] Allowed(IReadOnlyDictionary<string, string> project) => Checks.IsTrue(project.GetValueOrDefault("restricted"))
        ? project.GetValueOrDefault("restricted.devices.disk.paths", "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [];

    private static string? Containing(string[] allowed, string source)
    {
        var full = Path.GetFullPath(source);
        return Array.Find(allowed, a => full == a.TrimEnd('/') || full.StartsWith(a.TrimEnd('/') + "/", StringComparison.Ordinal));
    }
}
