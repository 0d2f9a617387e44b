using System.Collections.Concurrent;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Warnings;

namespace Lxd.Daemon.Instances;

/// <summary>Instances that start by themselves: when the daemon does, again where that failed, and when what they need comes late.</summary>
internal sealed partial class InstanceService
{
    private const int Attempts = 3;

    /// <summary>Those that wait for a pool.</summary>
    private readonly ConcurrentDictionary<long, bool> _unstarted = new();

    /// <summary>How long a start that failed waits for the next attempt.</summary>
    public TimeSpan AttemptPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What ran before the host or the daemon went down, or shall start by itself, is started. Ends when all have been tried; those that failed are tried again after that.</summary>
    public async Task AutostartAsync(CancellationToken ct)
    {
        var all = await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        await CleanUpLostAsync(all.Where(with.Volumes.IsThere), ct).ConfigureAwait(false);
        var failed = await StartEachAsync(all.Where(ShallStart), ct).ConfigureAwait(false);
        _ = Task.Run(() => TryAgainAsync(failed), CancellationToken.None);
    }

    /// <summary>A pool came late: what an earlier daemon left half done of its instances is finished, and who could not start without it is started.</summary>
    public async Task PoolArrivedAsync(string pool, CancellationToken ct)
    {
        var all = await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        var late = all.FindAll(i => with.Volumes.IsThere(i) && _late.TryRemove(i.Id, out _));
        foreach (var instance in late)
        {
            using var lease = await with.Locks.WaitAsync(instance.Id, "update", ct).ConfigureAwait(false);
            await TryFinishAsync(instance, ct).ConfigureAwait(false);
        }

        await CleanUpLostAsync(late, ct).ConfigureAwait(false);
        all = await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        var failed = await StartEachAsync(all.Where(i => _unstarted.TryRemove(i.Id, out _) && ShallStart(i)), ct).ConfigureAwait(false);
        _ = Task.Run(() => TryAgainAsync(failed), CancellationToken.None);
    }

    private static bool ShallStart(InstanceRecord instance)
    {
        var wish = instance.Get("boot.autostart");
        return !instance.Ephemeral && (Checks.IsTrue(wish) || wish.Length == 0 && HasRun(instance));
    }

    /// <summary>Starts those that do not run, one after the other, each with the pause after it that it asks for.</summary>
    /// <returns>Those that failed, and why; without those that wait for a pool.</returns>
    private async Task<List<(InstanceRecord Instance, Exception Reason)>> StartEachAsync(IEnumerable<InstanceRecord> instances, CancellationToken ct)
    {
        var failed = new List<(InstanceRecord, Exception)>();
        foreach (var instance in instances.Where(i => !IsRunning(i)).OrderByDescending(i => i.Number("boot.autostart.priority", 0)).ThenBy(i => i.Name, StringComparer.Ordinal).ToList())
        {
            try
            {
                await StartAsync(instance, null, ct).ConfigureAwait(false);
                await with.Warnings.ResolveAsync(WarningKind.InstanceAutostartFailure, WarningSubject.Instance(instance.Project, instance.Id), ct).ConfigureAwait(false);
            }
            catch (ApiException e) when (e.Status == 503)
            {
                _unstarted[instance.Id] = true;
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                with.Log.AutostartFailed(instance.Name, instance.Project, e);
                failed.Add((instance, e));
            }

            if (instance.Number("boot.autostart.delay", 0) is > 0 and var delay)
            {
                await Task.Delay(TimeSpan.FromSeconds(delay), ct).ConfigureAwait(false);
            }
        }

        return failed;
    }

    private async Task TryAgainAsync(List<(InstanceRecord Instance, Exception Reason)> failed)
    {
        try
        {
            for (var attempt = 1; attempt < Attempts && failed.Count > 0; attempt++)
            {
                await Task.Delay(AttemptPause, _closing.Token).ConfigureAwait(false);
                var all = await with.Store.ListAsync(new InstanceFilter(), _closing.Token).ConfigureAwait(false);
                failed = await StartEachAsync(all.Where(i => failed.Exists(f => f.Instance.Id == i.Id)), _closing.Token).ConfigureAwait(false);
            }

            foreach (var (instance, reason) in failed)
            {
                await with.Warnings.RaiseAsync(WarningKind.InstanceAutostartFailure, WarningSubject.Instance(instance.Project, instance.Id), reason.Message, _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // The next daemon tries them all.
        }
        catch (Exception e)
        {
            with.Log.AutostartsFailed(e);
        }
    }

    /// <summary>Ephemeral instances that ran when the host or the daemon went down are gone with it.</summary>
    private async Task CleanUpLostAsync(IEnumerable<InstanceRecord> instances, CancellationToken ct)
    {
        foreach (var instance in instances.Where(i => i.Ephemeral && HasRun(i) && !IsRunning(i)))
        {
            try
            {
                using var lease = await with.Locks.WaitAsync(instance.Id, InstanceLocks.Settling, ct).ConfigureAwait(false);
                await AfterStopAsync(instance, "STOPPED", null, "instance-shutdown").ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                with.Log.FinishFailed(instance.Name, instance.Project, e);
            }
        }
    }
}
