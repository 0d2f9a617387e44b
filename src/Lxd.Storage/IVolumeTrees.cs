namespace Lxd.Storage;

/// <summary>What a driver of directories does differently: how a volume's directory is made, copied, removed and limited.
/// Paths are below the pool's mount path; parents exist.</summary>
internal interface IVolumeTrees
{
    /// <summary>An empty directory that is to become a volume.</summary>
    /// <param name="disk">Whether its data is a disk, which is written all over.</param>
    void Create(string path, bool disk);

    /// <summary>A writable copy of a volume or snapshot. What is half done when it fails is removed by the caller.</summary>
    Task CloneAsync(string source, string target, CancellationToken ct);

    /// <summary>A copy that is to take the place of a volume nobody uses, and may have in common with it what is the same already.</summary>
    Task CloneOverAsync(string source, string target, string current, CancellationToken ct);

    Task DeleteAsync(string path, CancellationToken ct);

    void SetReadOnly(string path, bool readOnly);

    /// <summary>Limits the space of a volume; 0 lifts the limit. Ignored where the pool has no quotas.</summary>
    void Limit(string path, long bytes, CancellationToken ct);

    VolumeUsage Usage(string path);
}
