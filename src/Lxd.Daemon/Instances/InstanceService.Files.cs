using Lxd.Daemon.Hosting;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    private const UnixFileMode PrivateDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary><c>containers/NAME</c> points at the volume.</summary>
    private void LinkVolume(InstanceRecord instance)
    {
        var link = LinkPath(instance);
        File.Delete(link);
        File.CreateSymbolicLink(link, with.Volumes.PathOf(instance));
    }

    private void UnlinkVolume(InstanceRecord instance)
    {
        File.Delete(LinkPath(instance));
        File.Delete(SnapshotsLink(instance));
    }

    /// <summary><c>snapshots/NAME</c> points at the directory of the snapshots while there are any.</summary>
    private string SnapshotsLink(InstanceRecord instance) => Path.Combine(with.Paths.Snapshots, instance.DiskName);

    private void LinkSnapshots(InstanceRecord instance, bool any)
    {
        var link = SnapshotsLink(instance);
        File.Delete(link);
        if (any && Path.GetDirectoryName(with.Volumes.PathOf(instance, "x")) is { } directory)
        {
            File.CreateSymbolicLink(link, directory);
        }
    }

    public async Task LinkSnapshotsAsync(InstanceRecord instance, CancellationToken ct) =>
        LinkSnapshots(instance, (await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false)).Count > 0);

    private static void RemoveDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, true);
        }
    }
}
