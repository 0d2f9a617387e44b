using Lxd.Linux.Watching;

namespace Lxd.Daemon.Instances.Devices.Nodes;

/// <summary>Which devices of running instances wait for what of the host.</summary>
internal sealed class DeviceMonitor : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Instance, string Device), string?> _waiting = [];
    private readonly PathWatcher _paths;
    private Uevents? _kernel;

    public DeviceMonitor() => _paths = new PathWatcher(path => Tell(p => p == path));

    /// <summary>What the device waited for has come or gone; set by the instances domain.</summary>
    public Action<long, string> Changed { get; set; } = (_, _) => { };

    public void Watch(DeviceContext device, IHotDevice type)
    {
        if (!type.Waits(device))
        {
            return;
        }

        var path = type.WatchedPath(device);
        lock (_lock)
        {
            if (!_waiting.TryAdd((device.Instance.Id, device.Name), path))
            {
                return;
            }

            if (path is null)
            {
                _kernel ??= new Uevents(_ => Tell(p => p is null));
                return;
            }
        }

        _paths.Add(path);
    }

    /// <summary>A repeat does nothing.</summary>
    public void Unwatch(DeviceContext device)
    {
        string? path;
        lock (_lock)
        {
            if (!_waiting.Remove((device.Instance.Id, device.Name), out path))
            {
                return;
            }
        }

        if (path is not null)
        {
            _paths.Remove(path);
        }
    }

    public void Dispose()
    {
        _paths.Dispose();
        _kernel?.Dispose();
    }

    private void Tell(Func<string?, bool> concerned)
    {
        List<(long Instance, string Device)> told;
        lock (_lock)
        {
            told = [.. _waiting.Where(w => concerned(w.Value)).Select(w => w.Key)];
        }

        foreach (var (instance, device) in told)
        {
            Changed(instance, device);
        }
    }
}
