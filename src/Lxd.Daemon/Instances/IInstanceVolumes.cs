using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Instances;

/// <summary>The volumes instances live in. What fails leaves nothing behind; names on disk and rows of volumes are its business.</summary>
internal interface IInstanceVolumes
{
    /// <summary>Throws unless the pool exists: a not-found error in LXD's words.</summary>
    Task CheckPoolAsync(string pool, CancellationToken ct);

    /// <summary>Whether the pool of an instance is mounted; also true for one that has none.</summary>
    bool IsThere(InstanceRecord instance);

    /// <summary>A volume with an image's content: a rootfs or a disk, metadata.yaml, templates.</summary>
    Task CreateFromImageAsync(InstanceRecord instance, string fingerprint, Action<string> progress, CancellationToken ct);

    /// <summary>A volume with an empty rootfs or disk.</summary>
    Task CreateEmptyAsync(InstanceRecord instance, CancellationToken ct);

    /// <summary>A volume that is a copy of another instance's, or of a snapshot of it; pools may differ.</summary>
    Task CopyAsync(InstanceRecord source, string? snapshot, InstanceRecord target, CancellationToken ct);

    /// <summary>Brings a snapshot along into a copy that exists already.</summary>
    Task CopySnapshotAsync(InstanceRecord source, string snapshot, InstanceRecord target, CancellationToken ct);

    /// <summary>Whether the instance's pool shows a copy the files as they were at one moment, whatever runs in the instance.</summary>
    Task<bool> HoldsStillAsync(InstanceRecord instance, CancellationToken ct);

    /// <summary>The driver of a pool, for who moves volumes as a whole in and out.</summary>
    Task<IStorageDriver> DriverAsync(string pool, CancellationToken ct);

    /// <summary>The instance's volume as its driver knows it.</summary>
    VolumeRef RefOf(InstanceRecord instance);

    /// <summary>A volume with snapshots that come from outside.</summary>
    /// <param name="described">What their rows say beside names and times; null for nothing.</param>
    /// <param name="make">Makes them all in the pool, with this size, or none.</param>
    Task ImportAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, Func<IStorageDriver, VolumeRef, VolumeSize, CancellationToken, Task> make, CancellationToken ct);

    /// <summary>The rows of a volume that lies in the pool already, with its snapshots; it is the one described and keeps its UUID.</summary>
    Task RecoverAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct);

    /// <summary>The rows of snapshots that come to the volume.</summary>
    Task RecordSnapshotsAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct);

    /// <summary>Removes the rows of a volume and leaves the volume.</summary>
    Task ForgetAsync(InstanceRecord instance, CancellationToken ct);

    /// <summary>Makes the target's volume equal to the source's.</summary>
    Task RefreshAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct);

    /// <summary>Puts an image's content (or, with null, emptiness) in place of what the volume holds.</summary>
    Task RebuildAsync(InstanceRecord instance, string? fingerprint, Action<string> progress, CancellationToken ct);

    /// <summary>Renames the volume with its snapshots; <paramref name="renamed"/> has the new name.</summary>
    Task RenameAsync(InstanceRecord instance, InstanceRecord renamed, CancellationToken ct);

    /// <summary>Removes the volume and all its snapshots; a repeat does nothing.</summary>
    Task DeleteAsync(InstanceRecord instance, CancellationToken ct);

    Task SnapshotAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct);

    Task RestoreAsync(InstanceRecord instance, string snapshot, CancellationToken ct);

    Task RenameSnapshotAsync(InstanceRecord instance, string snapshot, string name, CancellationToken ct);

    Task DeleteSnapshotAsync(InstanceRecord instance, string snapshot, CancellationToken ct);

    /// <summary>Applies the sizes the root disk has now; none lifts the limit.</summary>
    Task ResizeAsync(InstanceRecord instance, CancellationToken ct);

    /// <summary>The volume's directory, that of a snapshot where one is named; it holds <c>rootfs</c> or the disk, <c>metadata.yaml</c>, <c>templates</c>.</summary>
    string PathOf(InstanceRecord instance, string? snapshot = null);

    /// <summary>Space in use and the limit, in bytes; -1 for what cannot be told cheaply.</summary>
    Task<(long Used, long Total)> UsageAsync(InstanceRecord instance, CancellationToken ct);

    /// <summary>Only the instance itself may pass through the volume's directory: the host's users do not reach what is in it.</summary>
    void Protect(InstanceRecord instance, Linux.IdMaps.IdMap map);

    /// <summary>Throws unless the instance may have a custom volume at a path, which disks have none: not-found where there is no such volume.</summary>
    Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct);

    /// <summary>Readies a custom volume for an instance that runs with the map; returns the host's directory and whether the mount has to map ids.</summary>
    /// <param name="mapOf">The map of another instance by its number.</param>
    Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, Linux.IdMaps.IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<Linux.IdMaps.IdMap>> mapOf, CancellationToken ct);
}
