using Lxd.Core;

namespace Lxd.Daemon.Instances;

/// <summary>What follows when an instance goes down by itself, and who sees it first: the one who watches it, or the next verb.</summary>
internal sealed partial class InstanceService
{
    /// <summary>How often to look whether an instance without processes goes down or boots again; the kernel has no event for a new child of another process.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>The instance as the database has it now, for a verb that holds it; not-found where it went meanwhile. One that went down by itself is tidied up first:
    /// its record still tells of the run, and a verb that starts, changes or removes it would lose what that run has left on the host.</summary>
    private async Task<InstanceRecord> ReloadAsync(InstanceRecord instance, CancellationToken ct)
    {
        var now = await FindAsync(instance.Id, ct).ConfigureAwait(false) ?? throw Gone();
        return await SettleAsync(now, ct).ConfigureAwait(false) ? await FindAsync(instance.Id, ct).ConfigureAwait(false) ?? throw Gone() : now;
    }

    /// <summary>Cleans up after a run that ended by itself, while the caller holds the instance; an ephemeral one goes. False where there was nothing to do.</summary>
    private async Task<bool> SettleAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (IsRunning(instance) || !HasRun(instance) || _stoppingAll)
        {
            return false;
        }

        await EndOfRunAsync(instance, ct).ConfigureAwait(false);
        if (IsRunning(instance))
        {
            return false;
        }

        if (_watched.ContainsKey(instance.Id))
        {
            await AfterStopAsync(instance, "STOPPED", null, "instance-shutdown").ConfigureAwait(false);
        }
        else
        {
            // It ran when the host or the daemon went down, and may be one of those that come back by themselves.
            await CleanAsync(instance, "RUNNING").ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>Whether the record tells of a run that nobody has cleaned up after.</summary>
    private static bool HasRun(InstanceRecord instance) => instance.Config.GetValueOrDefault("volatile.last_state.power") == "RUNNING";

    /// <summary>An instance without processes is down when its monitor is: that gives the interfaces back to the host first. Or it boots again, and runs when this ends.</summary>
    private async Task EndOfRunAsync(InstanceRecord instance, CancellationToken ct)
    {
        var down = with.Driver.WaitStoppedAsync(with.RefOf(instance), ct);
        while (!down.IsCompleted && !IsRunning(instance))
        {
            await Task.WhenAny(down, Task.Delay(Look, ct)).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task<InstanceRecord?> FindAsync(long id, CancellationToken ct) => (await with.Store.ListAsync(new InstanceFilter(Id: id), ct).ConfigureAwait(false)).FirstOrDefault();

    private static ApiException Gone() => ApiException.NotFound("Instance not found");

    /// <summary>Waits in the background for an instance to go down by itself, and cleans up then. A stop somebody asked for has cleaned up before.</summary>
    private void Watch(InstanceRecord instance)
    {
        if (_watched.TryAdd(instance.Id, true))
        {
            _ = WatchAsync(instance);
        }
    }

    private async Task WatchAsync(InstanceRecord instance)
    {
        try
        {
            while (true)
            {
                await with.Driver.WaitStoppedAsync(with.RefOf(instance), _closing.Token).ConfigureAwait(false);
                using var lease = await with.Locks.WaitAsync(instance.Id, InstanceLocks.Settling, _closing.Token).ConfigureAwait(false);
                var now = await FindAsync(instance.Id, _closing.Token).ConfigureAwait(false);
                if (now is not null && IsRunning(now))
                {
                    // Somebody was faster, and has started it again.
                    instance = now;
                    continue;
                }

                if (now is not null)
                {
                    await SettleAsync(now, _closing.Token).ConfigureAwait(false);
                }

                _watched.TryRemove(instance.Id, out _);
                return;
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The daemon goes; the instance stays and is found again.
        }
        catch (Exception e)
        {
            _watched.TryRemove(instance.Id, out _);
            with.Log.CleanupFailed(instance.Name, instance.Project, e);
        }
    }
}
