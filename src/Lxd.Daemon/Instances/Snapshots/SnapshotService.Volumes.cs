using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Storage;

namespace Lxd.Daemon.Instances.Snapshots;

internal sealed partial class SnapshotService
{
    /// <summary>Throws where a snapshot with these volumes cannot be.</summary>
    public Task CheckModeAsync(InstanceRecord instance, string mode, CancellationToken ct) => attached.WantedAsync(instance.Project, mode, ct);

    private async Task<List<(VolumeRecord Volume, VolumeSnapshotRecord Snapshot)>> PlanVolumesAsync(InstanceRecord instance, string name, Moment expires, string mode, CancellationToken ct)
    {
        var result = new List<(VolumeRecord, VolumeSnapshotRecord)>();
        if (await attached.WantedAsync(instance.Project, mode, ct).ConfigureAwait(false))
        {
            foreach (var volume in await attached.ExclusiveAsync(instance, ct).ConfigureAwait(false))
            {
                result.Add((volume, await attached.PrepareAsync(instance, volume, name, expires, ct).ConfigureAwait(false)));
            }
        }

        return result;
    }

    /// <summary>Takes the snapshots of all volumes. Where there are several the instance stands still meanwhile, so that they show the same moment.</summary>
    private async Task TakeAsync(InstanceRecord instance, SnapshotRecord snapshot, List<(VolumeRecord Volume, VolumeSnapshotRecord Snapshot)> volumes, Rollback undo, OperationRequestor? requestor, CancellationToken ct)
    {
        var freeze = volumes.Count > 0 && instances.Status(instance) is RunStatus.Running or RunStatus.Ready;
        if (freeze)
        {
            with.Log.FreezingForSnapshot(instance.Name, instance.Project);
            await with.Driver.SetFrozenAsync(with.RefOf(instance), true, ct).ConfigureAwait(false);
        }

        try
        {
            await with.Volumes.SnapshotAsync(instance, snapshot, ct).ConfigureAwait(false);
            undo.Add(() => with.Volumes.DeleteSnapshotAsync(instance, snapshot.Name, CancellationToken.None));
            var by = requestor ?? new OperationRequestor();
            foreach (var (volume, made) in volumes)
            {
                with.Log.SnapshottingAttached(volume.Name, instance.Name, instance.Project);
                await attached.CreateAsync(volume, made, by, ct).ConfigureAwait(false);
                undo.Add(() => attached.DeleteAsync(volume, made.Name, by, CancellationToken.None));
            }
        }
        finally
        {
            if (freeze)
            {
                await with.Driver.SetFrozenAsync(with.RefOf(instance), false, CancellationToken.None).ConfigureAwait(false);
                with.Log.UnfrozenAfterSnapshot(instance.Name, instance.Project);
            }
        }
    }
}
