using System.Runtime.InteropServices;

namespace Lxd.Linux.Seccomp;

internal static unsafe partial class SeccompCalls
{
    /// <summary>Whether the notification still waits: the caller was not killed and its process id is its own yet.</summary>
    public const uint IdValid = 0x40082102;

    /// <summary>Puts one of our descriptors into the caller; the answer is its number there.</summary>
    public const uint AddFd = 0x40182103;

    public const int PidfdOpenNumber = 434;
    public const int PidfdGetFdNumber = 438;
    public const int BpfNumber = 321;
    public const int BpfNumberArm = 280;
    public const int SchedSetSchedulerNumber = 144;
    public const int SchedSetSchedulerNumberArm = 119;

    [LibraryImport("libc", SetLastError = true)]
    public static partial long syscall(long number, long a, long b, long c, long d);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pwrite(int fd, byte* buffer, nint count, long offset);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int openat(int directory, string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int sysinfo(void* result);
}
