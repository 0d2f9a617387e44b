using Lxd.Linux.Disks;

namespace Lxd.Storage;

/// <summary>Volumes that go from one pool to another.</summary>
public static class VolumeTransfer
{
    /// <summary>Brings the content of a volume or a snapshot of another pool, files and disk.</summary>
    public static VolumeFill Of(IStorageDriver from, VolumeRef source) => (place, ct) => TreeCopy.CopyAsync(from.Volumes.MountPath(source), place.Directory, null, ct);
}
