using System.Globalization;
using Lxd.Linux.Seccomp;
using Lxd.Linux.Spawn;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Runtime.Interception;

/// <summary>Runs <c>lxd-monitor</c> to make a call within the container's files. Its exit code is the error number; <see cref="KernelDecides"/> leaves the call to the kernel.</summary>
internal static class CallHelper
{
    private const int KernelDecides = 255;
    private const int LargestErrno = 133;
    private const int InputOutput = 5;
    private const int SigKill = 9;
    private const int FirstDescriptor = 3;
    private const int AboveAll = 32;

    /// <summary>liblxc waits half a minute for an answer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(25);

    /// <param name="handles">What the helper finds from descriptor 3 on.</param>
    public static async Task<Answer> RunAsync(Notification call, IReadOnlyList<SafeFileHandle?> handles, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        var fd = (int)nothing.DangerousGetHandle();
        // What was opened by the caller's process id is the caller's only if it waits still.
        if (handles.Contains(null) || !call.IsValid)
        {
            return Answer.Kernel;
        }

        var child = Start(arguments, fd, handles!);
        try
        {
            return await child.Exit.WaitAsync(Longest, ct).ConfigureAwait(false) switch
            {
                0 => Answer.Success,
                KernelDecides => Answer.Kernel,
                > 0 and <= LargestErrno and var errno => Answer.Error(errno),
                _ => Answer.Error(InputOutput),
            };
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            child.Signal(SigKill);
            return Answer.Error(InputOutput);
        }
    }

    /// <summary>The caller as the helper's arguments.</summary>
    public static string[] Arguments(Caller caller) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{caller.Uid}"), string.Create(CultureInfo.InvariantCulture, $"{caller.Gid}"), string.Join(',', caller.Groups),
        string.Create(CultureInfo.InvariantCulture, $"{caller.Capabilities}"), caller.UidMap, caller.GidMap,
    ];

    private static ChildProcess Start(IReadOnlyList<string> arguments, int nothing, IReadOnlyList<SafeFileHandle> handles)
    {
        var copies = handles.Select(h => new SafeFileHandle(Descriptors.Duplicate(h, AboveAll), true)).ToList();
        try
        {
            return ChildProcess.Start(MonitorProgram.Path, arguments, MonitorProgram.Environment,
                [(nothing, 0), (nothing, 1), (nothing, 2), .. copies.Select((c, i) => ((int)c.DangerousGetHandle(), FirstDescriptor + i))], session: true);
        }
        finally
        {
            copies.ForEach(c => c.Dispose());
        }
    }
}
