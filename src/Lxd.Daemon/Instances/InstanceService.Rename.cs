using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Gives a stopped instance another name; the name is taken first, a failure gives it back.</summary>
    public async Task<InstanceRecord> RenameAsync(InstanceRecord instance, string name, OperationRequestor? requestor, CancellationToken ct)
    {
        Names.CheckInstance(name);
        using var lease = await with.Locks.TakeAsync(instance.Id, "rename", ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        if (IsRunning(instance))
        {
            throw ApiException.BadRequest("Renaming of running instance not allowed");
        }

        await using var undo = Undo("rename");
        var old = instance;
        await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?> { [Unfinished] = "rename " + old.Name }, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.SetConfigAsync(old.Id, new Dictionary<string, string?> { [Unfinished] = null }, CancellationToken.None));
        await with.Store.RenameAsync(instance.Id, name, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.RenameAsync(old.Id, old.Name, CancellationToken.None));
        var renamed = instance with { Name = name };
        await MoveFilesAsync(old, renamed, undo, ct).ConfigureAwait(false);
        renamed = await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?>
        {
            ["volatile.apply_template"] = instance.Config.GetValueOrDefault("volatile.apply_template") is { Length: > 0 } trigger ? trigger : "rename",
            ["volatile.cloud-init.instance-id"] = Guid.NewGuid().ToString(),
            [Unfinished] = null,
        }, ct).ConfigureAwait(false);
        undo.Commit();
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        await with.Devices.ForgetAllAsync(renamed, false, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-renamed", renamed, requestor, new() { ["old_name"] = old.Name });
        return renamed;
    }

    private async Task MoveFilesAsync(InstanceRecord old, InstanceRecord renamed, Rollback undo, CancellationToken ct)
    {
        var snapshots = (await with.Store.SnapshotsAsync(old.Id, ct).ConfigureAwait(false)).Count > 0;
        await with.Volumes.RenameAsync(old, renamed, ct).ConfigureAwait(false);
        undo.Add(() => with.Volumes.RenameAsync(renamed, old, CancellationToken.None));
        Follow(old, renamed, snapshots, undo);
    }

    /// <summary>What lies outside of the volume; a repeat does what is left.</summary>
    private void Follow(InstanceRecord old, InstanceRecord renamed, bool snapshots, Rollback undo)
    {
        UnlinkVolume(old);
        undo.Add(() => Relink(old, snapshots));
        Relink(renamed, snapshots);
        undo.Add(() => UnlinkVolume(renamed));
        if (Directory.Exists(LogDirectory(old)))
        {
            RemoveDirectory(LogDirectory(renamed));
            Directory.Move(LogDirectory(old), LogDirectory(renamed));
            undo.Add(() => Directory.Move(LogDirectory(renamed), LogDirectory(old)));
        }

        foreach (var follow in Renamed)
        {
            follow(old, renamed);
            undo.Add(() => follow(renamed, old));
        }
    }

    private void Relink(InstanceRecord instance, bool snapshots)
    {
        LinkVolume(instance);
        LinkSnapshots(instance, snapshots);
    }
}
