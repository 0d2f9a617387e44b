using static Tmds.Linux.LibC;

namespace Lxd.Linux.Spawn;

/// <summary>The end of a process, a child of ours or not.</summary>
public static class Pidfd
{
    /// <summary>Ends when the process has ended; at once where there is none of this id.</summary>
    public static Task WaitExitAsync(int pid)
    {
        var fd = Open(pid);
        return fd < 0 ? Task.CompletedTask : WatchAsync(fd);
    }

    /// <summary>A descriptor of the process, -1 where there is none.</summary>
    internal static int Open(int pid) => (int)Native.syscall(Native.PidfdOpenNumber, pid, 0, 0, 0);

    /// <summary>Takes over the descriptor and closes it when the process has ended.</summary>
    internal static async Task WatchAsync(int fd)
    {
        await FdEvents.WaitAsync(fd, EPOLLIN).ConfigureAwait(false);
        _ = close(fd);
    }
}
