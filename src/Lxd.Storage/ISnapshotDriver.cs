namespace Lxd.Storage;

/// <summary>Snapshots of a pool's volumes; every <see cref="VolumeRef"/> here names a snapshot (<c>VOLUME/SNAPSHOT</c>).</summary>
public interface ISnapshotDriver
{
    Task CreateAsync(VolumeRef snapshot, CancellationToken ct);

    /// <summary>Makes a snapshot out of another volume or snapshot of the pool (a copy that brings its snapshots along, an import).</summary>
    Task CreateFromAsync(VolumeRef snapshot, VolumeRef source, CancellationToken ct);

    /// <summary>Makes a snapshot with content of its own (import of a backup, transfer from another pool).</summary>
    /// <param name="basis">What is in the directory already, as for volumes.</param>
    Task CreateFilledAsync(VolumeRef snapshot, VolumeFill fill, CancellationToken ct, VolumeRef? basis = null);

    /// <summary>Removes a snapshot; a repeat does nothing.</summary>
    Task DeleteAsync(VolumeRef snapshot, CancellationToken ct);

    Task RenameAsync(VolumeRef snapshot, string newSnapshotName, CancellationToken ct);

    /// <summary>Makes the volume what it was at the snapshot. The volume stays as it is when this fails.</summary>
    Task RestoreAsync(VolumeRef snapshot, CancellationToken ct);
}
