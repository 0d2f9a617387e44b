namespace Lxd.Daemon.Tools;

/// <summary>The small programs around the daemon. They are the same program under other names: links beside <c>lxd</c>.</summary>
internal static class Tool
{
    /// <summary>The tool this program was called as; null for <c>lxd</c> itself.</summary>
    public static Func<string[], Task<int>>? Find(string calledAs) => Path.GetFileName(calledAs) switch
    {
        "fuidshift" => Fuidshift.RunAsync,
        "lxd-benchmark" => Benchmark.RunAsync,
        "lxd-user" => UserDaemon.RunAsync,
        _ => null,
    };

    /// <summary>The name in the first place of the command line, which .NET replaces by the program's path.</summary>
    public static string CalledAs()
    {
        var line = File.ReadAllText("/proc/self/cmdline");
        var end = line.IndexOf('\0', StringComparison.Ordinal);
        return end < 0 ? line : line[..end];
    }
}
