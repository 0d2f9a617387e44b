using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Recover;

/// <summary>A volume that lies in a pool and stands in no database.</summary>
/// <param name="Config">The description of the instance it is of, or of the one it is attached to; null for a custom volume nobody describes.</param>
/// <param name="Described">What is known of the volume itself.</param>
internal sealed record LostVolume(string Pool, VolumeRef Volume, string Project, string Name, IReadOnlyList<string> Snapshots, BackupConfig? Config, BackupVolume? Described)
{
    public bool IsInstance => Volume.Type != VolumeType.Custom;

    public RecoverVolume ToApi() => new() { Name = Name, Project = Project, Pool = Pool, SnapshotCount = Snapshots.Count, Type = Volume.Type.Word() };

    /// <summary>Project and name out of the name on disk: neither projects nor instances have an underscore in their names.</summary>
    public static (string Project, string Name) Split(VolumeRef volume)
    {
        var at = volume.Name.IndexOf('_', StringComparison.Ordinal);
        return at < 0 ? ("default", volume.Name) : (volume.Name[..at], volume.Name[(at + 1)..]);
    }
}
