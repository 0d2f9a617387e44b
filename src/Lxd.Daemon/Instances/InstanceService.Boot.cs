namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>After the daemon started: instances that run are watched again.</summary>
    public async Task WatchRunningAsync(CancellationToken ct)
    {
        foreach (var instance in (await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false)).Where(IsRunning))
        {
            if (with.Devices.Describe(instance).Nics.Any(n => n.Returns))
            {
                await with.Driver.KeepNetworkAsync(with.RefOf(instance), ct).ConfigureAwait(false);
            }

            with.Devices.Watch(instance, InstanceIdMaps.Current(instance));
            foreach (var device in instance.ExpandedDevices.Keys)
            {
                // What came or went while no daemon looked.
                await RefreshDeviceAsync(instance.Id, device).ConfigureAwait(false);
            }

            Watch(instance);

            // One that cannot be let go does not keep the others from it.
            await using var held = Undo("freeze");
            held.Add(() => ReleaseAsync(instance));
        }
    }

    /// <summary>Something a device of an instance waits for has come or gone.</summary>
    public async Task RefreshDeviceAsync(long id, string device)
    {
        try
        {
            using var lease = await with.Locks.WaitAsync(id, "update", _closing.Token).ConfigureAwait(false);
            var instance = await FindAsync(id, _closing.Token).ConfigureAwait(false);
            if (instance is not null && IsRunning(instance))
            {
                await with.Devices.RefreshAsync(instance, device, InstanceIdMaps.Current(instance), with.Driver.Live(with.RefOf(instance)), _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The next daemon looks again.
        }
        catch (Exception e)
        {
            with.Log.DeviceRefreshFailed(device, id, e);
        }
    }

    /// <summary>Stops all instances, those of a higher <c>boot.stop.priority</c> first, each within its own time; they are recorded as running so that they come back.</summary>
    /// <param name="settled">Ends when nobody works on the instance any more.</param>
    public async Task StopAllAsync(Func<InstanceRecord, Task> settled, CancellationToken ct)
    {
        _stoppingAll = true;
        var running = (await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false)).Where(IsRunning).ToList();
        foreach (var group in running.GroupBy(i => i.Number("boot.stop.priority", 0)).OrderByDescending(g => g.Key))
        {
            with.Log.StoppingInstances(group.Key);
            await Task.WhenAll(group.Select(async i =>
            {
                await settled(i).ConfigureAwait(false);
                with.Log.ShutdownBegins(i.Name, i.Project);
                await ShutdownAsync(i, ct).ConfigureAwait(false);
                with.Log.ShutdownComplete(i.Name, i.Project);
            })).ConfigureAwait(false);
        }
    }

    /// <summary>The daemon goes and the instances stay.</summary>
    public Task CloseAsync() => _closing.CancelAsync();

    private async Task ShutdownAsync(InstanceRecord instance, CancellationToken ct)
    {
        try
        {
            using var lease = await with.Locks.TakeByForceAsync(instance.Id, "shutdown", ct).ConfigureAwait(false);
            if (!IsRunning(instance))
            {
                return;
            }

            try
            {
                await HaltAsync(instance, lease, false, TimeSpan.FromSeconds(Math.Max(1, instance.Number("boot.host_shutdown_timeout", 30))), ct).ConfigureAwait(false);
            }
            catch (Core.ApiException)
            {
                await HaltAsync(instance, lease, true, TimeSpan.Zero, ct).ConfigureAwait(false);
            }

            await AfterStopAsync(instance, "RUNNING", null, "instance-shutdown").ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            with.Log.ShutdownFailed(instance.Name, instance.Project, e);
        }
    }
}
