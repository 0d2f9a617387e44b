using System.Globalization;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Linux.Btrfs;
using Lxd.Linux.Disks;
using Lxd.Linux.Loop;
using Lxd.Linux.Mounts;
using Lxd.Linux.Processes;

namespace Lxd.Storage.Btrfs;

/// <summary>A pool on btrfs: in a loop file, on a block device, or in a subvolume of a file system that is mounted already.</summary>
internal sealed class BtrfsDriver : IStorageDriver
{
    private const long GiB = 1L << 30;
    private const string ById = "/dev/disk/by-uuid/";

    private readonly PoolLayout _layout;
    private readonly BtrfsTrees _trees = new();

    public BtrfsDriver(PoolSpec pool, IStorageDriverFactory factory)
    {
        Pool = pool;
        Factory = factory;
        _layout = new PoolLayout(pool.MountPath);
        var volumes = new FolderVolumes(_layout, _trees);
        Volumes = volumes;
        Snapshots = new FolderSnapshots(_layout, _trees, volumes);
        Streams = new BtrfsStreams(_layout, _trees, volumes);
    }

    public PoolSpec Pool { get; private set; }

    public IStorageDriverFactory Factory { get; }

    public bool CheapCopies => true;

    public bool InstantCopies => true;

    public IVolumeDriver Volumes { get; }

    public ISnapshotDriver Snapshots { get; }

    public IVolumeStreams Streams { get; }

    private string Source => Pool.Get("source");

    private string LoopFile => Path.Combine(Pool.DisksPath, Pool.Name + ".img");

    public async Task<IReadOnlyDictionary<string, string>> CreateAsync(CancellationToken ct)
    {
        var config = new Dictionary<string, string>(Pool.Config);
        await using var rollback = new Rollback();
        if (Source.Length == 0 || Source == LoopFile)
        {
            await CreateLoopAsync(config, rollback, ct).ConfigureAwait(false);
        }
        else if (Source.StartsWith("/dev/", StringComparison.Ordinal) && !Directory.Exists(Source))
        {
            await CreateOnDeviceAsync(config, ct).ConfigureAwait(false);
        }
        else
        {
            CreateInDirectory(config, rollback);
        }

        config.Remove(PoolSources.RecoverKey);
        Pool = Pool with { Config = config };
        rollback.Add(() => UnmountAsync(CancellationToken.None));
        await MountAsync(ct).ConfigureAwait(false);
        rollback.Commit();
        return config;
    }

    public async Task DeleteAsync(CancellationToken ct)
    {
        await DropContentAsync(ct).ConfigureAwait(false);
        await UnmountAsync(ct).ConfigureAwait(false);
        if (Source == LoopFile)
        {
            File.Delete(LoopFile);
        }
        else if (Directory.Exists(Source) && Source != Pool.MountPath && Subvolumes.IsSubvolume(Source) && !HostMounts.IsMountPoint(Source))
        {
            Subvolumes.Delete(Source);
        }

        if (Directory.Exists(Pool.MountPath))
        {
            if (Subvolumes.IsSubvolume(Pool.MountPath))
            {
                Subvolumes.Delete(Pool.MountPath);
            }
            else
            {
                Directory.Delete(Pool.MountPath);
            }
        }
    }

    public async Task MountAsync(CancellationToken ct)
    {
        if (Source != Pool.MountPath)
        {
            PoolLayout.MakeFolder(Pool.MountPath);
            if (!HostMounts.IsMountPoint(Pool.MountPath))
            {
                MountSource();
            }
        }

        _layout.MakeFolders();
        foreach (var path in _layout.Leftovers().ToList())
        {
            await _trees.DeleteAsync(path, ct).ConfigureAwait(false);
        }
    }

    public Task UnmountAsync(CancellationToken ct)
    {
        if (Source != Pool.MountPath && HostMounts.IsMountPoint(Pool.MountPath))
        {
            PoolSources.Unmount(Pool.MountPath);
        }

        return Task.CompletedTask;
    }

    public Task UpdateAsync(IReadOnlyDictionary<string, string> config, CancellationToken ct)
    {
        PoolSources.CheckUnchanged(Pool, config, "source");
        var size = config.GetValueOrDefault("size", "");
        if (size != Pool.Get("size"))
        {
            Grow(Units.ParseBytes(size));
        }

        var options = Options(config.GetValueOrDefault("btrfs.mount_options", ""));
        if (options != Options(Pool.Get("btrfs.mount_options")) && HostMounts.IsMountPoint(Pool.MountPath))
        {
            var (flags, data) = HostMounts.ParseOptions(options);
            HostMounts.Mount(null, Pool.MountPath, null, flags | MountFlags.Remount, data);
        }

        return Task.CompletedTask;
    }

    public PoolUsage Usage() => PoolSources.Usage(Pool.MountPath);

    private static string Options(string text) => text.Length == 0 ? "user_subvol_rm_allowed" : text;

    private async Task CreateLoopAsync(Dictionary<string, string> config, Rollback rollback, CancellationToken ct)
    {
        Directory.CreateDirectory(Pool.DisksPath);
        if (PoolSources.Recovers(Pool) && File.Exists(LoopFile))
        {
            config["source"] = LoopFile;
            config["size"] = Pool.Get("size") is { Length: > 0 } size ? size : $"{new FileInfo(LoopFile).Length}";
            return;
        }

        if (File.Exists(LoopFile))
        {
            throw ApiException.BadRequest($"Source path \"{LoopFile}\" already exists");
        }

        var text = Pool.Get("size");
        if (text.Length == 0)
        {
            var free = HostMounts.Describe(Pool.DisksPath).AvailableBytes / GiB / 5;
            text = string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(free, 5, 30)}GiB");
        }

        config["size"] = text;
        config["source"] = LoopFile;
        rollback.Add(() => File.Delete(LoopFile));
        await using (var file = new FileStream(LoopFile, FileMode.CreateNew))
        {
            File.SetUnixFileMode(LoopFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.SetLength(Units.ParseBytes(text));
        }

        await FormatAsync(LoopFile, force: false, ct).ConfigureAwait(false);
    }

    private async Task CreateOnDeviceAsync(Dictionary<string, string> config, CancellationToken ct)
    {
        if (!File.Exists(Source))
        {
            throw ApiException.BadRequest($"Custom loop file locations are not supported");
        }

        if (config.ContainsKey("size"))
        {
            throw ApiException.BadRequest("The \"size\" property cannot be set for block devices");
        }

        if (!PoolSources.Recovers(Pool))
        {
            await FormatAsync(Source, Checks.IsTrue(Pool.Get("source.wipe")), ct).ConfigureAwait(false);
        }

        config["volatile.initial_source"] = Source;
        config["source"] = BtrfsLabel.ReadUuid(Source);
        config.Remove("source.wipe");
    }

    private void CreateInDirectory(Dictionary<string, string> config, Rollback rollback)
    {
        var source = Path.TrimEndingDirectorySeparator(Source);
        PoolSources.CheckOutside(source, Pool);
        var parent = Path.GetDirectoryName(source);
        var existing = Directory.Exists(source) ? source : parent;
        if (existing is null || !Directory.Exists(existing))
        {
            throw ApiException.BadRequest($"Source path \"{source}\" doesn't exist");
        }

        if (!Subvolumes.IsBtrfs(existing))
        {
            throw ApiException.BadRequest(source == Pool.MountPath ? $"Provided path does not reside on a btrfs filesystem" : $"Source path \"{source}\" isn't btrfs");
        }

        if (existing == source)
        {
            PoolSources.CheckEmpty(source, Pool);
        }
        else
        {
            Subvolumes.Create(source);
            rollback.Add(() => Subvolumes.Delete(source));
        }

        config["volatile.initial_source"] = Source;
        config["source"] = source;
    }

    private async Task FormatAsync(string path, bool force, CancellationToken ct)
    {
        List<string> arguments = ["-q", "-L", Pool.Name];
        if (force)
        {
            arguments.Add("-f");
        }

        try
        {
            await PipedTool.RunAsync("mkfs.btrfs", [.. arguments, path], ct).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw ApiException.BadRequest($"Failed to format sparse file: {e.Message}".Replace("sparse file", path == LoopFile ? "sparse file" : "block device", StringComparison.Ordinal), e);
        }
    }

    private void MountSource()
    {
        var (flags, data) = HostMounts.ParseOptions(Options(Pool.Get("btrfs.mount_options")));
        if (Source == LoopFile)
        {
            using var loop = LoopDevice.Attach(LoopFile);
            HostMounts.Mount(loop.Path, Pool.MountPath, "btrfs", flags, data);
        }
        else if (Directory.Exists(Source))
        {
            HostMounts.Bind(Source, Pool.MountPath);
        }
        else
        {
            var initial = Pool.Get("volatile.initial_source");
            var device = Source.StartsWith('/') ? Source : ById + Source;
            HostMounts.Mount(File.Exists(device) ? device : initial, Pool.MountPath, "btrfs", flags, data);
        }
    }

    private void Grow(long size)
    {
        if (Source != LoopFile)
        {
            throw ApiException.BadRequest("Cannot resize non-loopback pools");
        }

        using (var file = new FileStream(LoopFile, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            if (size < file.Length)
            {
                throw ApiException.BadRequest("Pool cannot be shrunk");
            }

            file.SetLength(size);
        }

        if (HostMounts.SourceOf(Pool.MountPath) is { } device)
        {
            LoopDevice.Grow(device);
            Subvolumes.Grow(Pool.MountPath);
        }
    }

    /// <summary>Removes the volumes that are left, which are subvolumes, and the folders.</summary>
    private async Task DropContentAsync(CancellationToken ct)
    {
        if (!_layout.HasFolders())
        {
            return;
        }

        foreach (var folder in Directory.GetDirectories(Pool.MountPath))
        {
            foreach (var path in Directory.GetDirectories(folder).SelectMany(p => Subvolumes.IsSubvolume(p) ? [p] : Directory.GetDirectories(p)))
            {
                await _trees.DeleteAsync(path, ct).ConfigureAwait(false);
            }
        }

        await Blocking.RunAsync(() => TreeDelete.Clear(Pool.MountPath, ct), ct).ConfigureAwait(false);
    }
}
