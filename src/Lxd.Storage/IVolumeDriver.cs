namespace Lxd.Storage;

/// <summary>Volumes of a pool. Every call that makes something is atomic: what fails leaves nothing under the volume's name.</summary>
public interface IVolumeDriver
{
    /// <summary>Where the volume or snapshot is reached: <c>POOL/containers/NAME</c>, <c>POOL/containers-snapshots/NAME/SNAP</c>. Block and iso volumes
    /// have their data in <see cref="DiskPath"/>, and those of virtual machines their files here.</summary>
    string MountPath(VolumeRef volume);

    /// <summary>The file with the data of a block or iso volume (<c>MOUNTPATH/root.img</c>).</summary>
    string DiskPath(VolumeRef volume);

    bool Exists(VolumeRef volume);

    /// <summary>The volumes of instances and the custom volumes that lie in the pool, whoever knows of them; none where the driver cannot tell.</summary>
    IReadOnlyList<VolumeRef> List() => [];

    /// <summary>The names of a volume's snapshots that lie in the pool.</summary>
    IReadOnlyList<string> SnapshotsOf(VolumeRef volume) => [];

    /// <summary>Makes a volume and has <paramref name="fill"/> put its content there; null leaves it empty.</summary>
    /// <param name="basis">What is in its place already: the content of this volume or snapshot of the pool; null for nothing.</param>
    Task CreateAsync(VolumeRef volume, VolumeSize size, VolumeFill? fill, CancellationToken ct, VolumeRef? basis = null);

    /// <summary>A copy within the pool, of a volume or of a snapshot, as cheap as the driver can. Snapshots are not copied along.
    /// A disk becomes no smaller.</summary>
    Task CopyAsync(VolumeRef source, VolumeRef target, VolumeSize size, CancellationToken ct);

    /// <summary>Makes the volume equal to the source of the same pool, keeping the volume's snapshots (<c>refresh</c>).</summary>
    Task RefreshAsync(VolumeRef source, VolumeRef target, CancellationToken ct);

    /// <summary>The same with content from elsewhere, brought as for <see cref="CreateAsync"/>; the volume may be its own basis.</summary>
    Task RefreshFilledAsync(VolumeRef volume, VolumeFill fill, CancellationToken ct, VolumeRef? basis = null);

    /// <summary>Removes a volume, which must have no snapshots any more; a repeat does nothing.</summary>
    Task DeleteAsync(VolumeRef volume, CancellationToken ct);

    /// <summary>Gives a volume and all its snapshots a new name.</summary>
    Task RenameAsync(VolumeRef volume, string newName, CancellationToken ct);

    /// <summary>Sets the quotas, where the pool has any, and the size of a disk, which only grows; 0 lifts a quota and leaves a disk as it is.</summary>
    Task ResizeAsync(VolumeRef volume, VolumeSize size, CancellationToken ct);

    VolumeUsage Usage(VolumeRef volume);
}
