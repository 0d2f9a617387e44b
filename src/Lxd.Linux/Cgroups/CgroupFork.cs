using System.Runtime;
using System.Runtime.InteropServices;

namespace Lxd.Linux.Cgroups;

/// <summary>A copy of this process in a container's cgroups. A process that is moved there from outside waits for the kernel to have seen all CPUs pass (10 to 20 ms);
/// one that is born in a cgroup, or moves its only thread by itself, does not. For small helper processes with nothing else going on.</summary>
public static unsafe partial class CgroupFork
{
    private const long Clone3 = 435;
    private const ulong IntoCgroup = 0x200000000;
    private const int SigChild = 17;
    private const int WriteOnly = 1;
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;

    /// <summary>Runs <paramref name="work"/> in the copy and returns its answer; negative where the copy could not be put into all the cgroups, or the kernel knows no such way.
    /// Processes that the work leaves behind become children of this process.</summary>
    public static int Run(Cgroup cgroup, Func<int> work)
    {
        var ends = stackalloc int[2];
        if (JitInfo.GetCompiledMethodCount() > 0)
        {
            return -1; // a just-in-time compiler shares its code memory with every copy of the process, and both would write it
        }

        if (prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0) != 0 || pipe2(ends, CloseOnExec) != 0)
        {
            return -1;
        }

        var child = cgroup.Unified is { } unified ? Fork(unified) is var pid and >= 0 ? pid : Fork(unified + "/.lxc") : Fork(null);
        if (child == 0)
        {
            var answer = cgroup.Tasks.All(MoveSelf) ? work() : -1;
            _ = write(ends[1], &answer, sizeof(int));
            _exit(0);
        }

        _ = close(ends[1]);
        var told = -1;
        if (child > 0)
        {
            if (read(ends[0], &told, sizeof(int)) != sizeof(int))
            {
                told = -1;
            }

            while (waitpid(child, null, 0) != child && Marshal.GetLastPInvokeError() == 4)
            {
            }
        }

        _ = close(ends[0]);
        return told;
    }

    /// <param name="directory">The cgroup of the unified hierarchy to be born in; null: where this process is.</param>
    private static int Fork(string? directory)
    {
        var arguments = new CloneArguments { ExitSignal = SigChild };
        var cgroup = -1;
        if (directory is not null)
        {
            cgroup = open(directory, PathOnly | CloseOnExec);
            if (cgroup < 0)
            {
                return -1;
            }

            arguments.Flags = IntoCgroup;
            arguments.Cgroup = (ulong)cgroup;
        }

        var child = (int)syscall(Clone3, &arguments, (nuint)sizeof(CloneArguments));
        if (cgroup >= 0)
        {
            _ = close(cgroup);
        }

        return child;
    }

    private static bool MoveSelf(string tasks)
    {
        var fd = open(tasks, WriteOnly | CloseOnExec);
        if (fd < 0)
        {
            return false;
        }

        var zero = (byte)'0';
        var moved = write(fd, &zero, 1) == 1;
        _ = close(fd);
        return moved;
    }

    /// <summary><c>struct clone_args</c> of linux/sched.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags, PidFd, ChildTid, ParentTid, ExitSignal, Stack, StackSize, Tls, SetTid, SetTidSize, Cgroup;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, CloneArguments* arguments, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe2(int* ends, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int pid, int* status, int options);

    [LibraryImport("libc")]
    private static partial void _exit(int code);
}
