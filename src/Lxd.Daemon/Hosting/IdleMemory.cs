using Lxd.Linux.Memory;

namespace Lxd.Daemon.Hosting;

/// <summary>A daemon that nobody asks anything holds no more memory than it must: some seconds after the last request it gives back what the requests, or its own start, have left.
/// The timer runs only then, so an idle daemon does not wake up.</summary>
internal sealed class IdleMemory : IDisposable
{
    private const long WorthIt = 4 << 20;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private readonly Timer _timer;
    private long _lastUse;
    private long _allocated;
    private int _armed;

    public IdleMemory() => _timer = new Timer(_ => Look(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Something is going on.</summary>
    public void Used()
    {
        Volatile.Write(ref _lastUse, Environment.TickCount64);
        if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            _timer.Change(Quiet, Timeout.InfiniteTimeSpan);
        }
    }

    public void Release()
    {
        ResidentMemory.ReleaseHeap();
        ResidentMemory.ReleaseCode();
        _allocated = GC.GetTotalAllocatedBytes();
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var since = TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastUse));
        if (since < Quiet)
        {
            _timer.Change(Quiet - since, Timeout.InfiniteTimeSpan);
            return;
        }

        Volatile.Write(ref _armed, 0);
        if (GC.GetTotalAllocatedBytes() - _allocated > WorthIt)
        {
            Release();
        }
        else
        {
            ResidentMemory.ReleaseCode();
        }
    }
}
