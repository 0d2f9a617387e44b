using System.Collections.Concurrent;
using System.Globalization;

namespace Lxd.Runtime.Lxc;

/// <summary>Which monitor belongs to which running container. Kept in a small file too, so that a restarted daemon finds its containers again.</summary>
internal sealed class RunningContainers
{
    private readonly ConcurrentDictionary<string, Entry> _byFile = new();

    public void Add(InstanceRef instance, int initPid)
    {
        if (Processes.Stat(initPid) is not { } init || Processes.Stat(init.Parent) is not { } monitor)
        {
            return;
        }

        var entry = new Entry(init.Parent, monitor.Started) { InitPid = initPid };
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

    public void Forget(InstanceRef instance)
    {
        _byFile.TryRemove(instance.StateFile, out _);
        File.Delete(instance.StateFile);
    }

    private Entry? Find(InstanceRef instance)
    {
        if (!_byFile.TryGetValue(instance.StateFile, out var entry))
        {
            entry = Load(instance.StateFile);
            if (entry is null)
            {
                return null;
            }

            _byFile[instance.StateFile] = entry;
        }

        // A process id is used again one day; its start time tells another process.
        if (Processes.Stat(entry.MonitorPid) is { } monitor && monitor.Started == entry.Started)
        {
            return entry;
        }

        _byFile.TryRemove(instance.StateFile, out _);
        return null;
    }

    private static Entry? Load(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        var parts = File.ReadAllText(file).Split(' ', '\n');
        return parts.Length >= 2 && int.TryParse(parts[0], out var pid) && long.TryParse(parts[1], out var started) ? new Entry(pid, started) : null;
    }

    private sealed record Entry(int MonitorPid, long Started)
    {
        public int InitPid { get; set; }
    }
}
