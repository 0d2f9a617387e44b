namespace Lxd.Runtime;

/// <summary><c>lxd-monitor</c>, the small program beside the daemon that does what a large one cannot.</summary>
internal static class MonitorProgram
{
    public static string Path { get; } = Linux.Processes.MonitorBinary.Path;

    /// <summary>Without <c>newuidmap</c> in its path liblxc writes the maps itself instead of running two programs: the path is that of AppArmor's parser, or none.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["PATH"] = Lxc.AppArmor.Usable ? Lxc.AppArmor.ParserDirectory : "/nonexistent", ["LANG"] = "C.UTF-8" };
}
