using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>How long a clean stop waits where nobody said.</summary>
    private static readonly TimeSpan CleanStop = TimeSpan.FromMinutes(10);

    /// <summary>Stops an instance, by force or within the time given (0 or less: ten minutes). Bad request where it does not run.</summary>
    public async Task StopAsync(InstanceRecord instance, bool force, long timeoutSeconds, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = force ? await with.Locks.TakeByForceAsync(instance.Id, "stop", ct).ConfigureAwait(false) : await with.Locks.TakeAsync(instance.Id, "stop", ct).ConfigureAwait(false);
        instance = await FindAsync(instance.Id, ct).ConfigureAwait(false) ?? throw Gone();
        if (!IsRunning(instance))
        {
            if (!HasRun(instance))
            {
                throw ApiException.BadRequest("The instance is already stopped");
            }

            await EndOfRunAsync(instance, ct).ConfigureAwait(false);
        }

        if (IsRunning(instance))
        {
            if (!force && Status(instance) == RunStatus.Frozen)
            {
                throw ApiException.BadRequest("The instance is frozen and cannot shut down by itself");
            }

            await HaltAsync(instance, lease, force, Patience(timeoutSeconds), ct).ConfigureAwait(false);
        }

        await AfterStopAsync(instance, "STOPPED", requestor, force ? "instance-stopped" : "instance-shutdown").ConfigureAwait(false);
    }

    /// <summary>Stops and starts; an ephemeral instance lives on. Bad request where it does not run.</summary>
    public async Task RestartAsync(InstanceRecord instance, bool force, long timeoutSeconds, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = force ? await with.Locks.TakeByForceAsync(instance.Id, "restart", ct).ConfigureAwait(false) : await with.Locks.TakeAsync(instance.Id, "restart", ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        if (!IsRunning(instance))
        {
            throw ApiException.BadRequest("The instance is already stopped");
        }

        await HaltAsync(instance, lease, force, Patience(timeoutSeconds), ct).ConfigureAwait(false);
        await CleanAsync(instance, "STOPPED").ConfigureAwait(false);
        var started = await StartHeldAsync(instance, ct).ConfigureAwait(false);
        Tell("instance-restarted", started, requestor);
    }

    public async Task FreezeAsync(InstanceRecord instance, bool freeze, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.TakeAsync(instance.Id, freeze ? "freeze" : "unfreeze", ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        switch (Status(instance))
        {
            case RunStatus.Stopped:
                throw ApiException.BadRequest("The instance isn't running");
            case RunStatus.Frozen when freeze:
                throw ApiException.BadRequest("The instance is already frozen");
            case RunStatus.Running or RunStatus.Ready when !freeze:
                throw ApiException.BadRequest("The instance is already running");
            default:
                await with.Driver.SetFrozenAsync(with.RefOf(instance), freeze, ct).ConfigureAwait(false);
                Tell(freeze ? "instance-paused" : "instance-resumed", instance, requestor);
                break;
        }
    }

    /// <summary>Holds the instance and does the work while it is down; one that ran is stopped before and started after, also when the work failed.</summary>
    public async Task WhileDownAsync(InstanceRecord instance, string verb, Func<InstanceRecord, CancellationToken, Task> work, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.TakeAsync(instance.Id, verb, ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        var ran = IsRunning(instance);
        if (ran)
        {
            await HaltAsync(instance, lease, true, TimeSpan.Zero, ct).ConfigureAwait(false);
            await CleanAsync(instance, "STOPPED").ConfigureAwait(false);
            Tell("instance-stopped", instance, requestor);
            instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        }

        try
        {
            await work(instance, ct).ConfigureAwait(false);
        }
        finally
        {
            if (ran)
            {
                Tell("instance-started", await StartHeldAsync(instance, CancellationToken.None).ConfigureAwait(false), requestor);
            }
        }
    }

    private static TimeSpan Patience(long seconds) => seconds > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1000)) : CleanStop;

    /// <summary>Brings the processes down. A clean stop turns to force when the lease is asked to.</summary>
    private async Task HaltAsync(InstanceRecord instance, InstanceLease lease, bool force, TimeSpan patience, CancellationToken ct)
    {
        var reference = with.RefOf(instance);
        if (!force)
        {
            if (Status(instance) == RunStatus.Frozen)
            {
                await with.Driver.SetFrozenAsync(reference, false, ct).ConfigureAwait(false);
            }

            with.Driver.RequestShutdown(reference, false);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(patience);
            var down = with.Driver.WaitStoppedAsync(reference, limit.Token);
            try
            {
                if (await Task.WhenAny(down, lease.ForceWanted).ConfigureAwait(false) == down)
                {
                    await down.ConfigureAwait(false);
                    return;
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw ApiException.Internal($"Failed shutting down instance, status is \"{Operations.StatusCodes.Name((int)Status(instance))}\": context deadline exceeded");
            }
        }

        with.Driver.Kill(reference);
        await with.Driver.WaitStoppedAsync(reference, ct).ConfigureAwait(false);
    }

    /// <summary>What follows when an instance is down: devices, records, the event, and the end of an ephemeral one.</summary>
    private async Task AfterStopAsync(InstanceRecord instance, string power, OperationRequestor? requestor, string action)
    {
        await CleanAsync(instance, power).ConfigureAwait(false);
        Tell(action, instance, requestor);
        if (instance.Ephemeral)
        {
            await DeleteHeldAsync(instance, requestor, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task CleanAsync(InstanceRecord instance, string power)
    {
        with.Driver.TakeBackNics(with.RefOf(instance), with.Devices.Describe(instance).Nics);
        var cleared = await with.Devices.StopAllAsync(instance).ConfigureAwait(false);
        cleared["volatile.last_state.power"] = power;
        cleared["volatile.last_state.ready"] = "false";
        await with.Store.SetConfigAsync(instance.Id, cleared, CancellationToken.None).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
    }
}
