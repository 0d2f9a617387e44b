using System.Runtime.InteropServices;

namespace Lxd.Runtime.Interception;

/// <summary>The intercepted calls of this machine. A 32-bit program of a 64-bit machine has other numbers and structures; its calls are the kernel's business.</summary>
internal static class SyscallNumbers
{
    private static readonly bool Arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static uint AuditArchitecture { get; } = Arm ? 0xC00000B7 : 0xC000003E;

    public static string Name(int number) => (Arm, number) switch
    {
        (false, 133) => "mknod",
        (false, 259) or (true, 33) => "mknodat",
        (false, 188) or (true, 5) => "setxattr",
        (false, 165) or (true, 40) => "mount",
        (false, 321) or (true, 280) => "bpf",
        (false, 144) or (true, 119) => "sched_setscheduler",
        (false, 99) or (true, 179) => "sysinfo",
        _ => "",
    };
}
