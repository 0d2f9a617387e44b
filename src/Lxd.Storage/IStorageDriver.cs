namespace Lxd.Storage;

/// <summary>A driver bound to one pool. Volume calls need the pool mounted. All calls are safe to run concurrently for different volumes;
/// the caller serializes calls on one volume.</summary>
public interface IStorageDriver
{
    PoolSpec Pool { get; }

    /// <summary>The driver's description: what it can do.</summary>
    IStorageDriverFactory Factory { get; }

    /// <summary>Whether copies within the pool are made without copying the data.</summary>
    bool CheapCopies { get; }

    /// <summary>Whether such a copy takes no longer for many files than for one.</summary>
    bool InstantCopies { get; }

    IVolumeDriver Volumes { get; }

    ISnapshotDriver Snapshots { get; }

    /// <summary>The driver's own form of volumes; null where it has none.</summary>
    IVolumeStreams? Streams => null;

    /// <summary>Makes the pool and its folders and leaves it mounted. Nothing is left behind on failure.</summary>
    /// <returns>The configuration to record: what was given with the chosen source, size and so on filled in.</returns>
    Task<IReadOnlyDictionary<string, string>> CreateAsync(CancellationToken ct);

    /// <summary>Unmounts and removes the pool with everything in it.</summary>
    Task DeleteAsync(CancellationToken ct);

    /// <summary>Mounts the pool; a repeat does nothing.</summary>
    Task MountAsync(CancellationToken ct);

    Task UnmountAsync(CancellationToken ct);

    /// <summary>Applies changed keys to a mounted pool (growth of the loop file, mount options). The pool's own <see cref="Pool"/> holds the old ones.</summary>
    Task UpdateAsync(IReadOnlyDictionary<string, string> config, CancellationToken ct);

    PoolUsage Usage();
}
