using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tmds.Linux;
using static Tmds.Linux.LibC;

namespace Lxd.Linux.Spawn;

/// <summary>Descriptors waited for by one thread (epoll): processes that end, pipes and terminals that have something to read. A descriptor is waited for by one at a time.</summary>
internal static class FdEvents
{
    private static readonly ConcurrentDictionary<int, TaskCompletionSource> Waiting = new();
    private static readonly Lazy<int> Epoll = new(Start);

    /// <summary>Ends when the descriptor is ready (or broken), once.</summary>
    public static unsafe Task WaitAsync(int fd, int events)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Waiting[fd] = done;
        var e = new epoll_event { events = events | EPOLLONESHOT, data = new epoll_data_t { fd = fd } };
        if (epoll_ctl(Epoll.Value, EPOLL_CTL_ADD, fd, &e) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            Waiting.TryRemove(fd, out _);
            if (error == EPERM)
            {
                // A plain file: always ready.
                return Task.CompletedTask;
            }

            throw new IOException($"Failed waiting for a descriptor: {Marshal.GetPInvokeErrorMessage(error)}");
        }

        return done.Task;
    }

    /// <summary>Ends the wait at once, as if the descriptor were ready.</summary>
    public static void Wake(int fd) => Finish(fd);

    private static unsafe void Finish(int fd)
    {
        if (Waiting.TryRemove(fd, out var done))
        {
            _ = epoll_ctl(Epoll.Value, EPOLL_CTL_DEL, fd, null);
            done.TrySetResult();
        }
    }

    private static int Start()
    {
        var epoll = epoll_create1(EPOLL_CLOEXEC);
        new Thread(() => Loop(epoll)) { IsBackground = true, Name = "fd events" }.Start();
        return epoll;
    }

    private static unsafe void Loop(int epoll)
    {
        var events = stackalloc epoll_event[64];
        while (true)
        {
            var count = epoll_wait(epoll, events, 64, -1);
            for (var i = 0; i < count; i++)
            {
                Finish(events[i].data.fd);
            }
        }
    }
}
