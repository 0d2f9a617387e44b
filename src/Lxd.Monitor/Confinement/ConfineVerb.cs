using System.Globalization;
using System.Runtime.InteropServices;
using Lxd.Linux.Spawn;
using Lxd.Monitor.Syscalls;

namespace Lxd.Monitor.Confinement;

/// <summary><c>confine CAPABILITIES [read:PATH | write:PATH]... -- TOOL [ARGUMENT]...</c>: runs a tool that is fed by strangers where it can do no harm, on this process's 0, 1, 2. It sees the
/// host's programs and these paths, has these capabilities of root (a bit mask) and no way to others, to a network or to other processes.
/// This process only waits for it. A second one, <c>confined</c>, is the first of a space of process ids of its own: what it starts ends with it, and it with this one.</summary>
internal static partial class ConfineVerb
{
    private const int Lifeline = 3;
    private const int NewIpc = 0x08000000;
    private const int NewProcesses = 0x20000000;
    private const int NewMounts = 0x20000;
    private const int DieWithParent = 1;
    private const int Kill = 9;
    private const int DropBounding = 24;
    private const int NoNewPrivileges = 38;

    /// <summary>What a shell answers for a program that it cannot run.</summary>
    private const int CannotRun = 126;

    private static readonly string[] Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"];

    public static int Run(string[] args) => Try(() =>
    {
        using var life = new Pipe();
        Need(Calls.unshare(NewIpc | NewProcesses), "make namespaces");

        // In a session of its own, since a signal to a process's own group crosses the space of ids.
        var child = ChildProcess.Spawn("/proc/self/exe", ["confined", .. args], Environment, [(0, 0), (1, 1), (2, 2), ((int)life.Read.DangerousGetHandle(), Lifeline)], session: true);

        // The tool has them; holding them here would keep its readers waiting.
        for (var fd = 0; fd < 3; fd++)
        {
            _ = close(fd);
        }

        return ChildProcess.Reap(child);
    });

    public static int RunInside(string[] args) => Try(() =>
    {
        var dashes = Array.IndexOf(args, "--");
        var capabilities = ulong.Parse(args[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var tool = args[(dashes + 1)..];
        Need(prctl(DieWithParent, Kill, 0, 0, 0), "follow the parent");
        if (IsAlone())
        {
            return CannotRun;
        }

        Need(Calls.unshare(NewMounts), "make a mount namespace");
        Jail.Enter(args[1..dashes].Select(a => a.Split(':', 2)).Select(a => (a[1], a[0] == "write")));
        for (var i = 0; i < 64; i++)
        {
            // Those above the last that the kernel knows are refused.
            if ((capabilities >> i & 1) == 0 && prctl(DropBounding, (nuint)i, 0, 0, 0) < 0 && Marshal.GetLastPInvokeError() != CallFailed.Invalid)
            {
                Need(-1, "drop capabilities");
            }
        }

        Need(prctl(NoNewPrivileges, 1, 0, 0, 0), "give up new privileges");
        CallFilter.Apply();
        Calls.Capabilities(capabilities, capabilities);
        Need(prctl(DieWithParent, Kill, 0, 0, 0), "follow the parent");
        Signals.RestoreSigpipe();
        Need(execve(tool[0], [.. tool, null], [.. Environment, null]), $"run {tool[0]}");
        return 0;
    });

    public static void Need(long result, string what)
    {
        if (result < 0)
        {
            throw new IOException($"Failed to {what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Whether the waiting process had gone before this one was to follow it; its id tells nothing here, but the other end of a pipe closed with it.</summary>
    private static unsafe bool IsAlone()
    {
        const short hangUp = 16;
        var waited = new Proxy.Native.Waited { Fd = Lifeline };
        var gone = Proxy.Native.poll(&waited, 1, 0) > 0 && (waited.Found & hangUp) != 0;
        _ = close(Lifeline);
        return gone;
    }

    private static int Try(Func<int> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or CallFailed or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e is CallFailed failed ? Marshal.GetPInvokeErrorMessage(failed.Errno) : e.Message);
            return CannotRun;
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, string?[] arguments, string?[] environment);
}
