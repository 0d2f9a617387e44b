namespace Lxd.Linux.Processes;

/// <summary>Where <c>lxd-monitor</c> lies: beside the daemon, unless it is told otherwise.</summary>
public static class MonitorBinary
{
    public static string Path { get; } = Environment.GetEnvironmentVariable("LXD_MONITOR") is { Length: > 0 } path ? path : System.IO.Path.Combine(AppContext.BaseDirectory, "lxd-monitor");
}
