using System.Runtime.InteropServices;
using Lxd.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Namespaces;

/// <summary>Work in the network namespace of another process. Each piece of work has a thread of its own that ends with it, so no other code ever runs there.</summary>
public static partial class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Runs the work in the process's namespace. Sockets made there stay of that namespace wherever they are used. Throws where the process is gone.</summary>
    public static Task<T> RunAsync<T>(int pid, Func<T> work) => OwnThread.RunAsync("inside network", () =>
    {
        using var space = File.OpenHandle($"/proc/{pid}/ns/net");
        if (setns(space, CloneNewNet) != 0)
        {
            throw new IOException($"Failed entering the network namespace of process {pid}: errno {Marshal.GetLastPInvokeError()}");
        }

        return work();
    });

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(SafeFileHandle fd, int type);
}
