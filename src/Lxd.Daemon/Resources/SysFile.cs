using System.Globalization;

namespace Lxd.Daemon.Resources;

/// <summary>Small files of /proc and /sys: what cannot be read is empty, since devices come and go while one looks.</summary>
internal static class SysFile
{
    public static string Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    public static ulong Number(string path) => Parse(Text(path));

    /// <summary>A NUMA node, where -1 (unknown) counts as the first.</summary>
    public static ulong Numa(string device) => Number(Path.Combine(device, "numa_node"));

    public static ulong Parse(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>A PCI number without its <c>0x</c>.</summary>
    public static string Hex(string path) => Text(path) is var text && text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text;

    /// <summary>The entries of a directory in order; none where it is missing.</summary>
    public static IEnumerable<string> Entries(string directory)
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFileSystemEntries(directory).Order(StringComparer.Ordinal)] : [];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Where a link leads, as a full path; empty where there is none.</summary>
    public static string Target(string link)
    {
        try
        {
            return new DirectoryInfo(link).ResolveLinkTarget(true)?.FullName ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    public static string TargetName(string link) => Path.GetFileName(Target(link));

    /// <summary>A driver's version: its module's, or the kernel's.</summary>
    public static string DriverVersion(string driver) =>
        driver.Length == 0 ? "" : Text($"/sys/module/{driver.Replace('-', '_')}/version") is { Length: > 0 } own ? own : Text("/proc/sys/kernel/osrelease");
}
