using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>An image on the way into volumes. Disposing removes what was laid beside it meanwhile.</summary>
internal interface IImageContent : IDisposable
{
    /// <summary>The size of its disk; 0 where it is a file system.</summary>
    long DiskSize { get; }

    /// <summary>Unpacks it into an empty volume.</summary>
    Task UnpackAsync(VolumePlace place, Action<string> progress, CancellationToken ct);
}
