using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;
using Lxd.Linux.Processes;

namespace Lxd.Storage.Dir;

/// <summary>A pool in a directory of the host: the pool's own folder, or another one shown there by a bind mount.</summary>
internal sealed class DirDriver : IStorageDriver
{
    private readonly PoolLayout _layout;
    private readonly PlainTrees _trees = new();
    private bool? _clones;

    public DirDriver(PoolSpec pool, IStorageDriverFactory factory)
    {
        Pool = pool;
        Factory = factory;
        _layout = new PoolLayout(pool.MountPath);
        var volumes = new FolderVolumes(_layout, _trees);
        Volumes = volumes;
        Snapshots = new FolderSnapshots(_layout, _trees, volumes);
    }

    public PoolSpec Pool { get; }

    public IStorageDriverFactory Factory { get; }

    /// <summary>Where the file system lets files share their blocks (XFS, btrfs).</summary>
    public bool CheapCopies => _clones ??= TreeCopy.SharesBlocks(Pool.MountPath);

    public bool InstantCopies => false;

    public IVolumeDriver Volumes { get; }

    public ISnapshotDriver Snapshots { get; }

    private string Source => Pool.Get("source") is { Length: > 0 } source ? Path.TrimEndingDirectorySeparator(source) : Pool.MountPath;

    private bool IsElsewhere => Source != Pool.MountPath;

    public async Task<IReadOnlyDictionary<string, string>> CreateAsync(CancellationToken ct)
    {
        var config = new Dictionary<string, string>(Pool.Config);
        if (IsElsewhere)
        {
            PoolSources.CheckOutside(Source, Pool);
            if (!Directory.Exists(Source))
            {
                throw ApiException.BadRequest($"Source path \"{Source}\" doesn't exist");
            }

            PoolSources.CheckEmpty(Source, Pool);
            config["volatile.initial_source"] = Source;
        }
        else if (Directory.Exists(Source))
        {
            PoolSources.CheckEmpty(Source, Pool);
        }

        config["source"] = Source;
        config.Remove(PoolSources.RecoverKey);
        await using var rollback = new Rollback();
        rollback.Add(() => PoolSources.Recovers(Pool) ? UnmountAsync(CancellationToken.None) : DeleteAsync(CancellationToken.None));
        await MountAsync(ct).ConfigureAwait(false);
        rollback.Commit();
        return config;
    }

    public async Task DeleteAsync(CancellationToken ct)
    {
        if (Directory.Exists(Source))
        {
            await Blocking.RunAsync(() => TreeDelete.Clear(Source, ct), ct).ConfigureAwait(false);
        }

        await UnmountAsync(ct).ConfigureAwait(false);
        if (Directory.Exists(Pool.MountPath))
        {
            Directory.Delete(Pool.MountPath);
        }
    }

    public async Task MountAsync(CancellationToken ct)
    {
        PoolLayout.MakeFolder(Pool.MountPath);
        if (IsElsewhere && !HostMounts.IsMountPoint(Pool.MountPath))
        {
            if (!Directory.Exists(Source))
            {
                throw ApiException.Internal($"Source path \"{Source}\" isn't available");
            }

            HostMounts.Bind(Source, Pool.MountPath);
        }

        _layout.MakeFolders();
        foreach (var path in _layout.Leftovers().ToList())
        {
            await _trees.DeleteAsync(path, ct).ConfigureAwait(false);
        }
    }

    public Task UnmountAsync(CancellationToken ct)
    {
        if (IsElsewhere && HostMounts.IsMountPoint(Pool.MountPath))
        {
            PoolSources.Unmount(Pool.MountPath);
        }

        return Task.CompletedTask;
    }

    public Task UpdateAsync(IReadOnlyDictionary<string, string> config, CancellationToken ct)
    {
        PoolSources.CheckUnchanged(Pool, config, "source");
        return Task.CompletedTask;
    }

    public PoolUsage Usage() => PoolSources.Usage(Pool.MountPath);
}
