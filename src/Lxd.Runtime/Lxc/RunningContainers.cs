using System.Collections.Concurrent;
using System.Globalization;

namespace Lxd.Runtime.Lxc;

/// <summary>Which monitor belongs to which running container. Kept in a small file too, so that a restarted daemon finds its containers again.</summary>
internal sealed class RunningContainers
{
    private readonly ConcurrentDictionary<string, Run> _byFile = new();

    public void Add(InstanceRef instance, int initPid)
    {
        if (Processes.Stat(initPid) is not { } init || Processes.Stat(init.Parent) is not { } monitor)
        {
            return;
        }

        var entry = new Run(init.Parent, monitor.Started) { InitPid = initPid };
        _byFile[instance.StateFile] = entry;
        File.WriteAllText(instance.StateFile, string.Create(CultureInfo.InvariantCulture, $"{entry.MonitorPid} {entry.Started}\n"));
    }

    /// <summary>0 where it does not run.</summary>
    public int MonitorPid(InstanceRef instance) => Find(instance)?.MonitorPid ?? 0;

    /// <summary>0 where it does not run. After a reboot from inside it is another one.</summary>
    public int InitPid(InstanceRef instance)
    {
        if (Find(instance) is not { } entry)
        {
            return 0;
        }

        if (entry.InitPid > 0 && Processes.Stat(entry.InitPid) is { } init && init.Parent == entry.MonitorPid)
        {
            return entry.InitPid;
        }

        return entry.InitPid = Processes.Children(entry.MonitorPid).FirstOrDefault(c => Processes.Stat(c) is not null);
    }

    /// <summary>Ends when the run has ended and what it left is removed; at once where nothing runs.</summary>
    /// <param name="end">Waits for the end of the monitor and removes what is left. It is called once for a run, however many wait: one who came late would remove what the next run has made.</param>
    public Task EndedAsync(InstanceRef instance, Func<int, int, Task> end)
    {
        var run = Find(instance) ?? _byFile.GetValueOrDefault(instance.StateFile);
        return run?.EndAsync(() => FollowAsync(run)) ?? Task.CompletedTask;

        async Task FollowAsync(Run run)
        {
            await end(run.MonitorPid, InitPid(instance)).ConfigureAwait(false);
            if (_byFile.TryRemove(new KeyValuePair<string, Run>(instance.StateFile, run)))
            {
                File.Delete(instance.StateFile);
            }
        }
    }

    private Run? Find(InstanceRef instance)
    {
        if (!_byFile.TryGetValue(instance.StateFile, out var entry))
        {
            entry = Load(instance.StateFile);
            if (entry is null)
            {
                return null;
            }

            entry = _byFile.GetOrAdd(instance.StateFile, entry);
        }

        // A process id is used again one day; its start time tells another process.
        if (Processes.Stat(entry.MonitorPid) is { } monitor && monitor.Started == entry.Started)
        {
            return entry;
        }

        if (!entry.IsEnding)
        {
            _byFile.TryRemove(new KeyValuePair<string, Run>(instance.StateFile, entry));
        }

        return null;
    }

    private static Run? Load(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var parts = File.ReadAllText(file).Split(' ', '\n');
        return parts.Length >= 2 && int.TryParse(parts[0], out var pid) && long.TryParse(parts[1], out var started) ? new Run(pid, started) : null;
    }

    private sealed class Run(int monitorPid, long started)
    {
        private readonly Lock _lock = new();
        private Task? _end;

        public int MonitorPid => monitorPid;

        public long Started => started;

        public int InitPid { get; set; }

        public bool IsEnding
        {
            get
            {
                lock (_lock)
                {
                    return _end is { IsCompleted: false };
                }
            }
        }

        public Task EndAsync(Func<Task> follow)
        {
            lock (_lock)
            {
                return _end ??= follow();
            }
        }
    }
}
