using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage.Snapshots;

/// <summary>Every minute: snapshots of custom volumes that are due by their schedules are made, expired ones are removed. Each on its own, the others go on.</summary>
internal sealed class VolumeSnapshotTasks(VolumeStore store, VolumeService service, OperationService operations, ILogger log)
{
    private DateTime _last = DateTime.UtcNow;

    public async Task RunAsync(CancellationToken ct)
    {
        var (after, now) = (_last, DateTime.UtcNow);
        _last = now;
        var volumes = (await store.ListAsync(null, ct).ConfigureAwait(false)).FindAll(v => v.Type == VolumeType.Custom);
        await StartAsync("Creating scheduled volume snapshots", volumes.FindAll(v => IsDue(v, after, now)), v => v, CreateAsync).ConfigureAwait(false);
        var expired = new List<(VolumeRecord Volume, VolumeSnapshotRecord Snapshot)>();
        foreach (var volume in volumes)
        {
            expired.AddRange((await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).Where(s => s.Expires.IsOver(now)).Select(s => (volume, s)));
        }

        await StartAsync("Cleaning up expired volume snapshots", expired, e => e.Volume, (e, token) => service.DeleteSnapshotAsync(e.Volume, e.Snapshot, new OperationRequestor(), token)).ConfigureAwait(false);
    }

    private static bool IsDue(VolumeRecord volume, DateTime after, DateTime now) =>
        volume.Content != ContentType.Iso && volume.Config.GetValueOrDefault("snapshots.schedule", "") is { Length: > 0 } schedule && SnapshotSchedule.IsDue(schedule, after, now);

    private async Task CreateAsync(VolumeRecord volume, CancellationToken ct)
    {
        var snapshot = await service.PrepareSnapshotAsync(volume, new StorageVolumeSnapshotsPost(), ct).ConfigureAwait(false);
        await service.CreateSnapshotAsync(volume, snapshot, new OperationRequestor(), ct).ConfigureAwait(false);
    }

    private Task StartAsync<T>(string description, List<T> things, Func<T, VolumeRecord> volume, Func<T, CancellationToken, Task> work)
    {
        if (things.Count == 0)
        {
            return Task.CompletedTask;
        }

        return operations.Start(new OperationSpec(description, "", async (_, ct) =>
        {
            foreach (var thing in things)
            {
                try
                {
                    await work(thing, ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is IOException or ApiException or UnauthorizedAccessException)
                {
                    log.SnapshotTaskFailed(description, volume(thing).Name, e);
                }
            }
        })).Done;
    }
}
