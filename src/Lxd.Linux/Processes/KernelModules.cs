using System.Diagnostics;

namespace Lxd.Linux.Processes;

/// <summary>What the kernel has, or loads when it is asked to.</summary>
public static class KernelModules
{
    /// <summary>Whether the kernel knows a file system, its module loaded where it has to be.</summary>
    public static bool HasFileSystem(string name) => Knows(name) || (Load(name) && Knows(name));

    private static bool Knows(string name) => File.ReadLines("/proc/filesystems").Any(l => l.EndsWith("\t" + name, StringComparison.Ordinal));

    private static bool Load(string name)
    {
        if (PipedTool.Find("modprobe") is not { } modprobe)
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(modprobe, ["-q", name]) { RedirectStandardOutput = true, RedirectStandardError = true });
        process?.WaitForExit();
        return process?.ExitCode == 0;
    }
}
