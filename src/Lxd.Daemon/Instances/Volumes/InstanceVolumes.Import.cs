using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

internal sealed partial class InstanceVolumes
{
    public Task<IStorageDriver> DriverAsync(string pool, CancellationToken ct) => pools.OpenAsync(pool, ct);

    public async Task<bool> HoldsStillAsync(InstanceRecord instance, CancellationToken ct) => (await DriverAsync(instance.Pool, ct).ConfigureAwait(false)).Streams is not null;

    public VolumeRef RefOf(InstanceRecord instance) => Ref(instance);

    public async Task ImportAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, Func<IStorageDriver, VolumeRef, VolumeSize, CancellationToken, Task> make, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        await make(driver, Ref(instance), Size(driver, instance), ct).ConfigureAwait(false);
        undo.Add(() => driver.Volumes.DeleteAsync(Ref(instance), CancellationToken.None));
        foreach (var snapshot in snapshots)
        {
            undo.Add(() => driver.Snapshots.DeleteAsync(Ref(instance).Snapshot(snapshot.Name), CancellationToken.None));
        }

        await RecordAsync(driver, instance, described, snapshots, true, ct).ConfigureAwait(false);
        undo.Commit();
    }

    public async Task RecoverAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct) =>
        await RecordAsync(await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false), instance, described, snapshots, false, ct).ConfigureAwait(false);

    public async Task RecordSnapshotsAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct) =>
        await RecordSnapshotsAsync(await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false), instance, described, snapshots, true, ct).ConfigureAwait(false);

    public Task ForgetAsync(InstanceRecord instance, CancellationToken ct) => rows.DeleteAsync(Key(instance), ct);

    /// <summary>The rows of a volume that lies in the pool with its snapshots, or none of them.</summary>
    /// <param name="anew">Whether it is another volume than the one described, with a UUID of its own.</param>
    private async Task RecordAsync(IStorageDriver driver, InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, bool anew, CancellationToken ct)
    {
        await using var undo = new Rollback();
        await rows.InsertAsync(Key(instance), instance.CreatedAt, Details(driver, instance, described?.Description, described?.Config, anew), ct).ConfigureAwait(false);
        undo.Add(() => rows.DeleteAsync(Key(instance), CancellationToken.None));
        await RecordSnapshotsAsync(driver, instance, described, snapshots, anew, ct).ConfigureAwait(false);
        undo.Commit();
    }

    private async Task RecordSnapshotsAsync(IStorageDriver driver, InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, bool anew, CancellationToken ct)
    {
        foreach (var snapshot in snapshots)
        {
            var own = described?.Snapshots.Find(s => s!.Name == snapshot.Name);
            await rows.InsertSnapshotAsync(Key(instance), snapshot.Name, snapshot.CreatedAt, snapshot.ExpiresAt, Details(driver, instance, own?.Description, own?.Config, anew), ct).ConfigureAwait(false);
        }
    }

    private static VolumeDetails Details(IStorageDriver driver, InstanceRecord instance, string? description, Dictionary<string, string>? config, bool anew)
    {
        var keys = driver.Factory.VolumeKeys(Ref(instance).Type, Ref(instance).Content);
        var details = new VolumeDetails(description ?? "", (config ?? []).Where(c => keys.Find(c.Key) is not null && c.Value is { Length: > 0 }).ToDictionary()) { Content = Ref(instance).Content };
        return anew || !details.Config.ContainsKey("volatile.uuid") ? details.Anew() : details;
    }
}
