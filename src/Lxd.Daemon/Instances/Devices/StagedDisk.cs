using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Linux.Mounts;
using Lxd.Linux.Nodes;
using Lxd.Linux.Processes;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>Sources of disks that cannot go into an instance as they are: they are mounted under <c>devices/INSTANCE</c> first.</summary>
internal sealed class StagedDisk(DaemonPaths paths)
{
    private const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where the source is reached from now on; the source itself where nothing has to be done.</summary>
    /// <param name="parent">A directory that the way to the source must not leave, whatever its symlinks say; null for no such limit.</param>
    public async Task<string> MountAsync(DeviceContext device, string source, string? parent, CancellationToken ct)
    {
        if (parent is not null)
        {
            return Beneath(device, source, parent);
        }

        if (DeviceNode.Read(source) is not { Block: true })
        {
            return IsPassable(source) ? source : Bound(device, source);
        }

        var place = Prepare(device, true);
        List<string> options = [.. device.IsTrue("readonly") ? ["ro"] : (string[])[], .. device.Get("raw.mount.options") is { Length: > 0 } raw ? [raw] : (string[])[]];
        await ProcessRunner.RunAsync("mount", [.. options.Count > 0 ? ["-o", string.Join(',', options)] : (string[])[], source, place], ct).ConfigureAwait(false);
        return place;
    }

    /// <summary>The place of a disk that was mounted so; null for one that was not.</summary>
    public string? Find(DeviceContext device) => Path.Exists(Place(device)) ? Place(device) : null;

    /// <summary>A repeat does nothing.</summary>
    public void Unmount(DeviceContext device)
    {
        var place = Place(device);
        if (!Path.Exists(place))
        {
            return;
        }

        HostMounts.Unmount(place, lazy: true);
        if (Directory.Exists(place))
        {
            Directory.Delete(place);
        }
        else
        {
            File.Delete(place);
        }
    }

    /// <summary>The container's root, nobody to the host, sets up its mounts: whether it comes through to a source.</summary>
    private static bool IsPassable(string source)
    {
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(source)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            // A link may lead through closed folders.
            if (!File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute) || new DirectoryInfo(folder).LinkTarget is not null)
            {
                return false;
            }
        }

        return new FileInfo(source).LinkTarget is null;
    }

    private string Bound(DeviceContext device, string source)
    {
        var place = Prepare(device, Directory.Exists(source));
        HostMounts.Bind(source, place, device.IsTrue("recursive"));
        return place;
    }

    private string Beneath(DeviceContext device, string source, string parent)
    {
        try
        {
            using var found = HostMounts.OpenBeneath(parent, Path.GetRelativePath(parent, source));
            var place = Prepare(device, found.IsDirectory);
            found.BindTo(place, device.IsTrue("recursive"));
            return place;
        }
        catch (IOException e)
        {
            throw ApiException.BadRequest($"Failed opening the source path \"{source}\" within \"{parent}\": {e.Message}", e);
        }
    }

    private string Prepare(DeviceContext device, bool directory)
    {
        var place = Place(device);
        Unmount(device);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!, Passable);
        if (directory)
        {
            Directory.CreateDirectory(place, Passable);
        }
        else
        {
            File.WriteAllBytes(place, []);
        }

        return place;
    }

    private string Place(DeviceContext device) => Path.Combine(paths.Devices, device.Instance.DiskName, $"disk.{Encode(device.Name)}.{Encode(device.Get("path").Trim('/'))}");

    private static string Encode(string name) => name.Replace("-", "--", StringComparison.Ordinal).Replace('/', '-');
}
