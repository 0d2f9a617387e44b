using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Processes;

namespace Lxd.Daemon.Instances.Volumes;

internal sealed partial class InstanceVolumes
{
    public async Task CopyAsync(InstanceRecord source, string? snapshot, InstanceRecord target, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(target.Pool, ct).ConfigureAwait(false);
        var details = (await rows.ReadAsync(source.Pool, source.Project, source.Name, snapshot, ct).ConfigureAwait(false)).Anew();
        if (source.Pool == target.Pool)
        {
            var from = snapshot is null ? Ref(source) : Ref(source).Snapshot(snapshot);
            await MakeAsync(driver, target, details, token => driver.Volumes.CopyAsync(from, Ref(target), Size(target), token), ct).ConfigureAwait(false);
            return;
        }

        await pools.OpenAsync(source.Pool, ct).ConfigureAwait(false);
        await CreateAsync(driver, target, details, (directory, token) => TreeCopy.CopyAsync(PathOf(source, snapshot), directory, null, token), ct).ConfigureAwait(false);
    }

    public async Task CopySnapshotAsync(InstanceRecord source, string snapshot, InstanceRecord target, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(target.Pool, ct).ConfigureAwait(false);
        var made = Ref(target).Snapshot(snapshot);
        if (source.Pool == target.Pool)
        {
            await driver.Snapshots.CreateFromAsync(made, Ref(source).Snapshot(snapshot), ct).ConfigureAwait(false);
        }
        else
        {
            await driver.Snapshots.CreateFilledAsync(made, (directory, token) => TreeCopy.CopyAsync(PathOf(source, snapshot), directory, null, token), ct).ConfigureAwait(false);
        }

        var details = (await rows.ReadAsync(source.Pool, source.Project, source.Name, snapshot, ct).ConfigureAwait(false)).Anew();
        await rows.InsertSnapshotAsync(target.Pool, target.Project, target.Name, snapshot, details.Created, details.Expires, details, ct).ConfigureAwait(false);
    }

    public async Task RefreshAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        await RefreshContentAsync(source, target, ct).ConfigureAwait(false);
        await rows.UpdateAsync(target.Pool, target.Project, target.Name, await rows.ReadAsync(source.Pool, source.Project, source.Name, null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    private async Task RefreshContentAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(target.Pool, ct).ConfigureAwait(false);
        if (source.Pool == target.Pool)
        {
            await driver.Volumes.RefreshAsync(Ref(source), Ref(target), ct).ConfigureAwait(false);
            return;
        }

        await pools.OpenAsync(source.Pool, ct).ConfigureAwait(false);
        await Blocking.RunAsync(() => TreeDelete.Clear(PathOf(target), ct), ct).ConfigureAwait(false);
        await TreeCopy.CopyAsync(PathOf(source), PathOf(target), null, ct).ConfigureAwait(false);
    }

    public async Task SnapshotAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.CreateAsync(Ref(instance).Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        var details = (await rows.ReadAsync(instance.Pool, instance.Project, instance.Name, null, ct).ConfigureAwait(false)).Anew();
        await rows.InsertSnapshotAsync(instance.Pool, instance.Project, instance.Name, snapshot.Name, snapshot.CreatedAt, snapshot.ExpiresAt, details, ct).ConfigureAwait(false);
    }

    public async Task RestoreAsync(InstanceRecord instance, string snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.RestoreAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
        var details = await rows.ReadAsync(instance.Pool, instance.Project, instance.Name, snapshot, ct).ConfigureAwait(false);
        await rows.UpdateAsync(instance.Pool, instance.Project, instance.Name, details, CancellationToken.None).ConfigureAwait(false);
    }

    public async Task RenameSnapshotAsync(InstanceRecord instance, string snapshot, string name, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        await rows.RenameSnapshotAsync(instance.Pool, instance.Project, instance.Name, snapshot, name, ct).ConfigureAwait(false);
        undo.Add(() => rows.RenameSnapshotAsync(instance.Pool, instance.Project, instance.Name, name, snapshot, CancellationToken.None));
        await driver.Snapshots.RenameAsync(Ref(instance).Snapshot(snapshot), name, ct).ConfigureAwait(false);
        undo.Commit();
    }

    public async Task DeleteSnapshotAsync(InstanceRecord instance, string snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.DeleteAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
        await rows.DeleteSnapshotAsync(instance.Pool, instance.Project, instance.Name, snapshot, ct).ConfigureAwait(false);
    }
}
