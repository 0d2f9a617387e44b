using Lxd.Daemon.Operations;
using Lxd.Daemon.Storage.Snapshots;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary>Every minute: snapshots that are due by their schedules are made, expired ones are removed.</summary>
internal sealed class SnapshotTasks(InstanceStore store, SnapshotService snapshots, OperationService operations, ILogger log)
{
    private DateTime _last = DateTime.UtcNow;

    public Task RunAsync(CancellationToken ct)
    {
        var (after, now) = (_last, DateTime.UtcNow);
        _last = now;
        return RunAsync(after, now, ct);
    }

    private async Task RunAsync(DateTime after, DateTime now, CancellationToken ct)
    {
        var all = await store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        await StartAsync("Creating scheduled instance snapshots", all.Where(i => snapshots.IsDue(i, after, now)).ToList(), CreateAsync).ConfigureAwait(false);
        var existing = await store.SnapshotsAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        var expired = all.SelectMany(i => existing[i.Id].Where(s => s.ExpiresAt.IsOver(now)).Select(s => (Instance: i, Snapshot: s))).ToList();
        await StartAsync("Cleaning up expired instance snapshots", expired, DeleteAsync).ConfigureAwait(false);
    }

    /// <summary>Snapshots that are due in this minute, whether or not they have been made in it before.</summary>
    public async Task RunMinuteAsync(CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        await RunAsync(now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute) - 1), now, ct).ConfigureAwait(false);
    }

    private Task StartAsync<T>(string description, List<T> things, Func<T, CancellationToken, Task> work)
    {
        if (things.Count == 0)
        {
            return Task.CompletedTask;
        }

        return operations.Start(new OperationSpec(description, "", async (_, ct) =>
        {
            foreach (var thing in things)
            {
                await work(thing, ct).ConfigureAwait(false);
            }
        })).Done;
    }

    private async Task CreateAsync(InstanceRecord instance, CancellationToken ct)
    {
        try
        {
            await snapshots.CreateAsync(instance, await snapshots.NameAsync(instance, "", ct).ConfigureAwait(false), null, "", null, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.SnapshotFailed(instance.Name, instance.Project, e);
        }
    }

    private async Task DeleteAsync((InstanceRecord Instance, SnapshotRecord Snapshot) expired, CancellationToken ct)
    {
        try
        {
            await snapshots.DeleteAsync(expired.Instance, expired.Snapshot, "", null, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.ExpiryFailed(expired.Snapshot.Name, expired.Instance.Name, expired.Instance.Project, e);
        }
    }
}
