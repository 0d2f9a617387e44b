using System.Runtime.ExceptionServices;
using Lxd.Linux.Processes;

namespace Lxd.Linux.Disks;

/// <summary>Lets directories beside each other be worked on at the same time, one for each CPU: most of copying and removing a tree is the kernel's work on names.</summary>
internal sealed class TreeWorkers
{
    /// <summary>Deeper ones are not worth a thread.</summary>
    private const int Depth = 4;
    private int _free = Environment.ProcessorCount - 1;

    /// <summary>Runs <paramref name="work"/> beside the caller where a CPU is free, else at once.</summary>
    /// <param name="beside">What the caller has to wait for with <see cref="Wait"/> before it lets go of what the work uses.</param>
    public void Run(List<Task> beside, int depth, Action work)
    {
        if (depth > Depth || !Take())
        {
            work();
            return;
        }

        beside.Add(Blocking.RunAsync(
            () =>
            {
                try
                {
                    work();
                }
                finally
                {
                    Interlocked.Increment(ref _free);
                }
            },
            CancellationToken.None));
    }

    private bool Take()
    {
        if (Interlocked.Decrement(ref _free) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref _free);
        return false;
    }

    /// <summary>Waits for all of it, and throws what the first that failed threw. Who waits leaves its CPU to those who work.</summary>
    public void Wait(List<Task> beside)
    {
        if (beside.Count == 0)
        {
            return;
        }

        Interlocked.Increment(ref _free);
        try
        {
            Task.WaitAll(beside.ToArray());
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        finally
        {
            Interlocked.Decrement(ref _free);
        }
    }
}
