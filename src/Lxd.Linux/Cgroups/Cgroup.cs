using System.Globalization;

namespace Lxd.Linux.Cgroups;

/// <summary>The cgroup of a container, found through its init: one directory on cgroup v2, one per controller on v1 and in hybrid set-ups.</summary>
public sealed class Cgroup
{
    private const string Root = "/sys/fs/cgroup";
    private readonly Dictionary<string, string> _controllers = [];
    private readonly string? _unified;

    private Cgroup(int pid)
    {
        foreach (var line in File.ReadLines($"/proc/{pid}/cgroup"))
        {
            var parts = line.Split(':', 3);
            var path = Payload(parts[2]);
            if (parts[1].Length == 0)
            {
                var directory = Directory.Exists(Root + "/unified") ? Root + "/unified" + path : Root + path;
                _unified = File.Exists(Path.Combine(directory, "cgroup.controllers")) ? directory : null;
                continue;
            }

            foreach (var controller in parts[1].Split(','))
            {
                var mount = controller.StartsWith("name=", StringComparison.Ordinal) ? controller[5..] : controller;
                _controllers[controller] = Directory.Exists($"{Root}/{mount}") ? $"{Root}/{mount}{path}" : $"{Root}/{parts[1]}{path}";            }
        }
    }

    /// <summary>The container's directory in the unified hierarchy, where it has one.</summary>
    public string? Unified => _unified is not null && IsOwn(_unified) ? _unified : null;

    /// <summary>The files that take a thread into the container's cgroups of the v1 hierarchies.</summary>
    public IEnumerable<string> Tasks => _controllers.Values.Distinct().Where(IsOwn).Select(d => d + "/tasks");

    /// <summary>Whether the memory, cpu and other controllers are on the unified hierarchy.</summary>
    public bool IsV2 => !_controllers.ContainsKey("memory") && _unified is not null;

    /// <summary>Its directory on every hierarchy.</summary>
    public IEnumerable<string> Directories => _controllers.Values.Concat(_unified is null ? [] : [_unified]).Distinct();

    /// <summary>The cgroup of a container whose init this is.</summary>
    public static Cgroup OfInit(int pid) => new(pid);

    /// <summary>The same; null where the process has just ended.</summary>
    public static Cgroup? FindOfInit(int pid)
    {
        try
        {
            return new Cgroup(pid);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The text of a file; null where the kernel has no such file.</summary>
    /// <param name="controller">The v1 controller; on v2 all files are in one place.</param>
    public string? Read(string controller, string file)
    {
        var path = PathOf(controller, file);
        try
        {
            return path is null ? null : File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public long? ReadNumber(string controller, string file) =>
        long.TryParse(Read(controller, file), NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Writes a file; returns false where the kernel has no such file or refuses the value.</summary>
    public bool Write(string controller, string file, string value)
    {
        var path = PathOf(controller, file);
        if (path is null || !File.Exists(path))
        {
            return false;
        }

        try
        {
            File.WriteAllText(path, value);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string? PathOf(string controller, string file) =>
        _controllers.TryGetValue(controller, out var directory) ? Path.Combine(directory, file) : _unified is null ? null : Path.Combine(_unified, file);

    /// <summary>Whether liblxc made a directory for the container alone; in hierarchies it does not use, the container is where its monitor was.</summary>
    private static bool IsOwn(string directory) => directory.Contains("/lxc.payload", StringComparison.Ordinal);

    /// <summary>Init of a systemd container lives deeper (init.scope); the container's own cgroup is the part that liblxc named.</summary>
    private static string Payload(string path)
    {
        var segments = path.Split('/');
        var at = Array.FindLastIndex(segments, s => s.StartsWith("lxc.payload", StringComparison.Ordinal));
        return at < 0 ? path : string.Join('/', segments[..(at + 1)]);
    }
}
