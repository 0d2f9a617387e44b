using Lxd.Core;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

internal sealed partial class InstanceVolumes
{
    public async Task CopyAsync(InstanceRecord source, string? snapshot, InstanceRecord target, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(target.Pool, ct).ConfigureAwait(false);
        var details = (await rows.ReadAsync(Key(source), snapshot, ct).ConfigureAwait(false)).Anew();
        if (source.Pool == target.Pool)
        {
            var from = snapshot is null ? Ref(source) : Ref(source).Snapshot(snapshot);
            await MakeAsync(driver, target, details, token => driver.Volumes.CopyAsync(from, Ref(target), Size(driver, target), token), ct).ConfigureAwait(false);
            return;
        }

        await CreateAsync(driver, target, details, Size(driver, target), await ContentAsync(source, snapshot, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
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
            await driver.Snapshots.CreateFilledAsync(made, await ContentAsync(source, snapshot, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        }

        var details = (await rows.ReadAsync(Key(source), snapshot, ct).ConfigureAwait(false)).Anew();
        await rows.InsertSnapshotAsync(Key(target), snapshot, details.Created, details.Expires, details, ct).ConfigureAwait(false);
    }

    public async Task RefreshAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        await RefreshContentAsync(source, target, ct).ConfigureAwait(false);
        await rows.UpdateAsync(Key(target), await rows.ReadAsync(Key(source), null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    private async Task RefreshContentAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(target.Pool, ct).ConfigureAwait(false);
        if (source.Pool == target.Pool)
        {
            await driver.Volumes.RefreshAsync(Ref(source), Ref(target), ct).ConfigureAwait(false);
            return;
        }

        await driver.Volumes.RefreshFilledAsync(Ref(target), await ContentAsync(source, null, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    /// <summary>What a volume of another pool, or a snapshot of it, holds.</summary>
    private async Task<VolumeFill> ContentAsync(InstanceRecord source, string? snapshot, CancellationToken ct) =>
        VolumeTransfer.Of(await pools.OpenAsync(source.Pool, ct).ConfigureAwait(false), snapshot is null ? Ref(source) : Ref(source).Snapshot(snapshot));

    public async Task SnapshotAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.CreateAsync(Ref(instance).Snapshot(snapshot.Name), ct).ConfigureAwait(false);
        var details = (await rows.ReadAsync(Key(instance), null, ct).ConfigureAwait(false)).Anew();
        await rows.InsertSnapshotAsync(Key(instance), snapshot.Name, snapshot.CreatedAt, snapshot.ExpiresAt, details, ct).ConfigureAwait(false);
    }

    public async Task RestoreAsync(InstanceRecord instance, string snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.RestoreAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
        var details = await rows.ReadAsync(Key(instance), snapshot, ct).ConfigureAwait(false);
        await rows.UpdateAsync(Key(instance), details, CancellationToken.None).ConfigureAwait(false);
    }

    public async Task RenameSnapshotAsync(InstanceRecord instance, string snapshot, string name, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        await rows.RenameSnapshotAsync(Key(instance), snapshot, name, ct).ConfigureAwait(false);
        undo.Add(() => rows.RenameSnapshotAsync(Key(instance), name, snapshot, CancellationToken.None));
        await driver.Snapshots.RenameAsync(Ref(instance).Snapshot(snapshot), name, ct).ConfigureAwait(false);
        undo.Commit();
    }

    public async Task DeleteSnapshotAsync(InstanceRecord instance, string snapshot, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Snapshots.DeleteAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
        await rows.DeleteSnapshotAsync(Key(instance), snapshot, ct).ConfigureAwait(false);
    }
}
