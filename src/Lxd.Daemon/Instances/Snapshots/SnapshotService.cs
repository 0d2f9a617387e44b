using System.Text.Json.Nodes;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Core;
using Lxd.Daemon.Instances.Backups;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Snapshots;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary>Snapshots of instances. They keep the configuration and the devices of their moment.</summary>
internal sealed partial class SnapshotService(InstanceServices with, InstanceService instances, AttachedVolumes attached)
{
    /// <summary>The name a snapshot will get, and whether it may.</summary>
    public async Task<string> NameAsync(InstanceRecord instance, string asked, CancellationToken ct)
    {
        var name = asked.Length > 0 ? asked : SnapshotNames.Next(instance.Get("snapshots.pattern"), (await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false)).Select(s => s.Name), DateTime.UtcNow);
        SnapshotNames.Check(name);
        return name;
    }

    /// <param name="expires">Null: as <c>snapshots.expiry</c> says.</param>
    /// <param name="mode">Which volumes: <c>root</c>, or with the attached ones <c>all-exclusive</c>.</param>
    public async Task CreateAsync(InstanceRecord instance, string name, Moment? expires, string mode, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.WaitAsync(instance.Id, "snapshot", ct).ConfigureAwait(false);
        instance = (await with.Store.ListAsync(new InstanceFilter(Id: instance.Id), ct).ConfigureAwait(false)).FirstOrDefault() ?? throw ApiException.NotFound("Instance not found");
        await CreateHeldAsync(instance, name, expires, mode, requestor, ct).ConfigureAwait(false);
    }

    /// <summary>The snapshot that <c>@startup</c> asks for before an instance starts, while the caller holds it.</summary>
    public async Task AtStartAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (SnapshotSchedule.AtStartup(instance.Get("snapshots.schedule")))
        {
            await CreateHeldAsync(instance, await NameAsync(instance, "", ct).ConfigureAwait(false), null, "", null, ct).ConfigureAwait(false);
        }
    }

    private async Task CreateHeldAsync(InstanceRecord instance, string name, Moment? expires, string mode, OperationRequestor? requestor, CancellationToken ct)
    {
        ProjectRules.CheckSnapshots(instance.Project, await with.Store.ProjectConfigAsync(instance.Project, ct).ConfigureAwait(false));
        BackupFiles.CheckConfined(with.Volumes.PathOf(instance));
        var now = DateTime.UtcNow;
        var until = expires ?? Expiry.After(instance.Get("snapshots.expiry"), now) ?? default(Moment);
        var volumes = await PlanVolumesAsync(instance, name, until, mode, ct).ConfigureAwait(false);
        await using var undo = new Rollback(e => with.Log.UndoFailed("snapshot", e));
        var config = new Dictionary<string, string>(instance.Config, StringComparer.Ordinal) { ["volatile.uuid"] = Guid.NewGuid().ToString() };
        if (volumes.Count > 0)
        {
            config[AttachedVolumes.Key] = new JsonObject(volumes.Select(v => KeyValuePair.Create(v.Volume.Config["volatile.uuid"], (JsonNode?)v.Snapshot.Config["volatile.uuid"]))).ToJsonString();
        }

        var snapshot = await with.Store.InsertSnapshotAsync(instance, new SnapshotRecord
        {
            Name = name,
            CreatedAt = now,
            ExpiresAt = until,
            Description = instance.Description,
            Config = config,
            Devices = instance.Devices,
        }, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.DeleteSnapshotAsync(snapshot.Id, CancellationToken.None));
        await TakeAsync(instance, snapshot, volumes, undo, requestor, ct).ConfigureAwait(false);
        undo.Commit();
        await ChangedAsync(instance).ConfigureAwait(false);
        Tell("instance-snapshot-created", instance, snapshot, requestor);
    }

    /// <summary>Makes the instance what it was; one that runs is stopped for it and started again.</summary>
    public async Task RestoreAsync(InstanceRecord instance, InstancePut put, OperationRequestor? requestor, CancellationToken ct)
    {
        if (put.Stateful)
        {
            throw ApiException.BadRequest("Stateful snapshots are not supported for containers");
        }

        var name = put.Restore[(put.Restore.LastIndexOf('/') + 1)..];
        var snapshot = await with.Store.SnapshotAsync(instance.Id, name, ct).ConfigureAwait(false);
        await instances.CheckRestoreAsync(instance, snapshot, ct).ConfigureAwait(false);
        var volumes = await attached.WantedAsync(instance.Project, put.RestoreDiskVolumesMode, ct).ConfigureAwait(false) ? await attached.MadeWithAsync(instance, snapshot, ct).ConfigureAwait(false) : [];
        await attached.CheckExclusiveAsync(instance, volumes.Select(v => v.Volume), ct).ConfigureAwait(false);
        await instances.WhileDownAsync(instance, "restore", async (held, token) =>
        {
            await with.Volumes.RestoreAsync(held, snapshot.Name, token).ConfigureAwait(false);
            await RestoreConfigAsync(held, snapshot, token).ConfigureAwait(false);
            foreach (var (volume, made) in volumes)
            {
                await attached.RestoreAsync(volume, made, requestor ?? new OperationRequestor(), token).ConfigureAwait(false);
            }
        }, requestor, ct).ConfigureAwait(false);
        with.Events.Lifecycle("instance-restored", instance.Project, instance.Url, requestor, new JsonObject { ["snapshot"] = name }, instance.Name);
    }

    public async Task RenameAsync(InstanceRecord instance, SnapshotRecord snapshot, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        SnapshotNames.Check(name);
        using var lease = await with.Locks.WaitAsync(instance.Id, "snapshot", ct).ConfigureAwait(false);
        await using var undo = new Rollback(e => with.Log.UndoFailed("rename", e));
        await with.Store.RenameSnapshotAsync(snapshot.Id, name, "rename " + snapshot.Name, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.RenameSnapshotAsync(snapshot.Id, snapshot.Name, "", CancellationToken.None));
        await with.Volumes.RenameSnapshotAsync(instance, snapshot.Name, name, ct).ConfigureAwait(false);
        await with.Store.RenameSnapshotAsync(snapshot.Id, name, "", CancellationToken.None).ConfigureAwait(false);
        undo.Commit();
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        with.Events.Lifecycle("instance-snapshot-renamed", instance.Project, (snapshot with { Name = name }).UrlIn(instance), requestor, new JsonObject { ["old_name"] = snapshot.Name }, $"{instance.Name}/{name}");
    }

    public async Task UpdateAsync(InstanceRecord instance, SnapshotRecord snapshot, Moment expires, OperationRequestor? requestor, CancellationToken ct)
    {
        await with.Store.SetSnapshotExpiryAsync(snapshot.Id, expires, ct).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-snapshot-updated", instance, snapshot, requestor);
    }

    /// <param name="mode">Which volumes, as for <see cref="CreateAsync"/>.</param>
    public async Task DeleteAsync(InstanceRecord instance, SnapshotRecord snapshot, string mode, OperationRequestor? requestor, CancellationToken ct)
    {
        var volumes = await attached.WantedAsync(instance.Project, mode, ct).ConfigureAwait(false) ? await attached.MadeWithAsync(instance, snapshot, ct).ConfigureAwait(false) : [];
        using var lease = await with.Locks.WaitAsync(instance.Id, "snapshot", ct).ConfigureAwait(false);
        await with.Volumes.DeleteSnapshotAsync(instance, snapshot.Name, ct).ConfigureAwait(false);
        await with.Store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        foreach (var (volume, made) in volumes)
        {
            await attached.DeleteAsync(volume, made.Name, requestor ?? new OperationRequestor(), ct).ConfigureAwait(false);
        }

        await ChangedAsync(instance).ConfigureAwait(false);
        Tell("instance-snapshot-deleted", instance, snapshot, requestor);
    }

    /// <summary>Whether the schedule of an instance asks for a snapshot in the time since the last look.</summary>
    public bool IsDue(InstanceRecord instance, DateTime after, DateTime now) =>
        instance.Get("snapshots.schedule") is { Length: > 0 } schedule && SnapshotSchedule.IsDue(schedule, after, now)
        && (Checks.IsTrue(instance.Get("snapshots.schedule.stopped")) || instances.IsRunning(instance));

    /// <summary>What follows on the host when the snapshots of an instance have changed.</summary>
    private async Task ChangedAsync(InstanceRecord instance)
    {
        await instances.LinkSnapshotsAsync(instance, CancellationToken.None).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Configuration and devices of the snapshot; what names the instance itself stays.</summary>
    private async Task RestoreConfigAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct)
    {
        var config = snapshot.Config.Where(c => !IsOwn(c.Key) && !InstanceService.IsOfRun(c.Key) && c.Key is not (AttachedVolumes.Key or InstanceRecord.Unfinished)).ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in instance.Config.Where(c => IsOwn(c.Key)))
        {
            config[key] = value;
        }

        config["volatile.uuid.generation"] = Guid.NewGuid().ToString();
        var restored = instance with { Config = config, Devices = snapshot.Devices };
        if (instance.RootDisk() is { } root && restored.Devices.TryGetValue(root.Key, out var device) && device.GetValueOrDefault("pool") != root.Value.GetValueOrDefault("pool"))
        {
            restored = restored with { Devices = new Dictionary<string, Dictionary<string, string>>(restored.Devices) { [root.Key] = new(device) { ["pool"] = instance.Pool } } };
        }

        var stored = await with.Store.UpdateAsync(restored, ct).ConfigureAwait(false);
        await with.Devices.ChangedAsync(instance, stored, CancellationToken.None).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(stored.Id, CancellationToken.None).ConfigureAwait(false);
    }

    private static bool IsOwn(string key) => key is "volatile.uuid" or "volatile.last_state.power" or "volatile.cloud-init.instance-id" || key.StartsWith("volatile.idmap.", StringComparison.Ordinal);

    private void Tell(string action, InstanceRecord instance, SnapshotRecord snapshot, OperationRequestor? requestor) =>
        with.Events.Lifecycle(action, instance.Project, snapshot.UrlIn(instance), requestor, null, $"{instance.Name}/{snapshot.Name}");
}
