using System.Runtime.ExceptionServices;

namespace Lxd.Linux.Disks;

/// <summary>Lets directories beside each other be worked on at the same time, one for each CPU: most of copying and removing a tree is the kernel's work on names.
/// The threads are kept until the tree is done, and nobody spins while waiting: on few CPUs both took a tenth of the time.</summary>
internal sealed class TreeWorkers : IDisposable
{
    /// <summary>Deeper ones are not worth a thread.</summary>
    private const int Depth = 4;
    private readonly object _gate = new();
    private readonly Queue<Job> _jobs = [];
    private int _free = Environment.ProcessorCount - 1;
    private int _idle;
    private bool _ended;

    /// <summary>Runs <paramref name="work"/> beside the caller where a CPU is free, else at once.</summary>
    /// <param name="beside">What the caller has to wait for with <see cref="Wait"/> before it lets go of what the work uses.</param>
    public void Run(List<Job> beside, int depth, Action work)
    {
        if (depth > Depth || !Take())
        {
            work();
            return;
        }

        var job = new Job(work);
        beside.Add(job);
        lock (_gate)
        {
            _jobs.Enqueue(job);
            if (_idle >= _jobs.Count)
            {
                Monitor.PulseAll(_gate);
                return;
            }
        }

        new Thread(Work) { IsBackground = true, Name = "Tree" }.Start();
    }

    /// <summary>Waits for all of it, and throws what the first that failed threw. Who waits leaves its CPU to those who work.</summary>
    public void Wait(List<Job> beside)
    {
        if (beside.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            _free++;
            while (!beside.TrueForAll(j => j.Done))
            {
                Monitor.Wait(_gate);
            }

            _free--;
        }

        beside.Find(j => j.Failure is not null)?.Failure!.Throw();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool Take()
    {
        lock (_gate)
        {
            if (_free <= 0)
            {
                return false;
            }

            _free--;
            return true;
        }
    }

    private void Work()
    {
        while (Next() is { } job)
        {
            job.Run();
            lock (_gate)
            {
                _free++;
                job.Done = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Null when there will be none.</summary>
    private Job? Next()
    {
        lock (_gate)
        {
            while (_jobs.Count == 0 && !_ended)
            {
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return _jobs.Count > 0 ? _jobs.Dequeue() : null;
        }
    }

    internal sealed class Job(Action work)
    {
        public bool Done { get; set; }

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Run()
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}
