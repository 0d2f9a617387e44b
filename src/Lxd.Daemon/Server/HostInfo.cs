using System.Net;
using System.Runtime.InteropServices;

namespace Lxd.Daemon.Server;

/// <summary>What the host is, read once.</summary>
internal static class HostInfo
{
    public static string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "x86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        _ => "unknown",
    };

    /// <summary>The host's architecture and those its kernel runs too.</summary>
    public static IReadOnlyList<string> Architectures { get; } = Architecture switch
    {
        "x86_64" => ["x86_64", "i686"],
        "aarch64" => ["aarch64", "armv8l", "armv7l"],
        _ => [Architecture],
    };

    public static string KernelVersion { get; } = Read("/proc/sys/kernel/osrelease");

    public static string Hostname => Dns.GetHostName();

    public static (string Name, string Version) Os { get; } = ReadOs();

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "";

    private static (string, string) ReadOs()
    {
        if (!File.Exists("/etc/os-release"))
        {
            return ("", "");
        }

        var values = File.ReadLines("/etc/os-release").Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim('"'));
        return (values.GetValueOrDefault("NAME", ""), values.GetValueOrDefault("VERSION_ID", ""));
    }
}
