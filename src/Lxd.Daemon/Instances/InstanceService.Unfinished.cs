using System.Collections.Concurrent;
using Lxd.Core;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    private const string Unfinished = InstanceRecord.Unfinished;

    /// <summary>Instances that an earlier daemon left in pools which were not there at the start.</summary>
    private readonly ConcurrentDictionary<long, bool> _late = new();

    /// <summary>At the start of the daemon, after the pools are mounted: what was half done when it died is finished or undone, and what still lies on the host of
    /// instances that do not run is taken away. What is in the volume of an instance whose pool is not there waits for it.</summary>
    public async Task FinishAllAsync(CancellationToken ct)
    {
        var all = await with.Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false);
        with.Driver.Adopt(all.ConvertAll(with.RefOf));
        foreach (var instance in all)
        {
            await TryFinishAsync(instance, ct).ConfigureAwait(false);
        }
    }

    private async Task TryFinishAsync(InstanceRecord instance, CancellationToken ct)
    {
        try
        {
            if (with.Volumes.IsThere(instance))
            {
                await FinishAsync(instance, ct).ConfigureAwait(false);
            }
            else
            {
                _late[instance.Id] = true;
                await ClearHostAsync(instance, ct).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            with.Log.FinishFailed(instance.Name, instance.Project, e);
        }
    }

    private async Task FinishAsync(InstanceRecord instance, CancellationToken ct)
    {
        var unfinished = instance.Config.GetValueOrDefault(Unfinished, "");
        if (unfinished is "create" or "delete")
        {
            with.Log.Finishing(unfinished, instance.Name, instance.Project);
            if (IsRunning(instance))
            {
                with.Driver.Kill(with.RefOf(instance));
                await with.Driver.WaitStoppedAsync(with.RefOf(instance), ct).ConfigureAwait(false);
            }

            await with.Devices.StopAllAsync(instance).ConfigureAwait(false);
            await DeleteHeldAsync(instance, null, ct).ConfigureAwait(false);
            return;
        }

        if (unfinished.StartsWith("rename ", StringComparison.Ordinal))
        {
            with.Log.Finishing(unfinished, instance.Name, instance.Project);
            await FinishRenameAsync(instance, unfinished[7..], ct).ConfigureAwait(false);
        }

        await ClearHostAsync(instance, ct).ConfigureAwait(false);
        await FinishSnapshotsAsync(instance, ct).ConfigureAwait(false);
    }

    /// <summary>It went down while nobody watched, or its start got no further. Whether it shall run again is decided later.</summary>
    private async Task ClearHostAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (!IsRunning(instance) && (instance.Config.GetValueOrDefault("volatile.last_state.power") == "RUNNING" || instance.Config.Keys.Any(k => k.EndsWith(".host_name", StringComparison.Ordinal))))
        {
            await with.Store.SetConfigAsync(instance.Id, await with.Devices.StopAllAsync(instance).ConfigureAwait(false), ct).ConfigureAwait(false);
        }
    }

    private async Task FinishRenameAsync(InstanceRecord instance, string oldName, CancellationToken ct)
    {
        var old = instance with { Name = oldName };
        if (old.Name != instance.Name && await with.Store.FindAsync(old.Project, old.Name, ct).ConfigureAwait(false) is null)
        {
            await using var undo = Undo("rename");
            if (Directory.Exists(with.Volumes.PathOf(old)) && !Directory.Exists(with.Volumes.PathOf(instance)))
            {
                await MoveFilesAsync(old, instance, undo, ct).ConfigureAwait(false);
            }
            else
            {
                Follow(old, instance, (await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false)).Count > 0, undo);
            }

            undo.Commit();
        }

        await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?> { [Unfinished] = null }, ct).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(instance.Id, ct).ConfigureAwait(false);
    }

    /// <summary>A snapshot has its record first and its directory, whole, after; it loses the directory first. So a record without one is half made or half gone.</summary>
    private async Task FinishSnapshotsAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.RootDisk() is null || !Directory.Exists(with.Volumes.PathOf(instance)))
        {
            return;
        }

        with.BackupFiles.RemoveHalf(instance);
        var all = await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false);
        foreach (var snapshot in all.Where(s => s.Config.GetValueOrDefault(Unfinished, "").StartsWith("rename ", StringComparison.Ordinal)))
        {
            with.Log.Finishing(snapshot.Config[Unfinished], $"{instance.Name}/{snapshot.Name}", instance.Project);
            var old = snapshot.Config[Unfinished][7..];
            if (Directory.Exists(with.Volumes.PathOf(instance, old)) && !Directory.Exists(with.Volumes.PathOf(instance, snapshot.Name)))
            {
                await with.Volumes.RenameSnapshotAsync(instance, old, snapshot.Name, ct).ConfigureAwait(false);
            }

            await with.Store.RenameSnapshotAsync(snapshot.Id, snapshot.Name, "", ct).ConfigureAwait(false);
        }

        var lost = all.FindAll(s => !Directory.Exists(with.Volumes.PathOf(instance, s.Name)));
        foreach (var snapshot in lost)
        {
            with.Log.Finishing("snapshot", $"{instance.Name}/{snapshot.Name}", instance.Project);
            await with.Volumes.DeleteSnapshotAsync(instance, snapshot.Name, ct).ConfigureAwait(false);
            await with.Store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        }

        LinkSnapshots(instance, all.Count > lost.Count);
        if (lost.Count > 0)
        {
            await with.BackupFiles.WriteAsync(instance.Id, ct).ConfigureAwait(false);
        }
    }
}
