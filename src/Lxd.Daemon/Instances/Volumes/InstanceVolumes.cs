using Lxd.Core;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Images;
using Lxd.Linux.Disks;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Users;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>The volumes of instances in storage pools, with their rows.</summary>
internal sealed partial class InstanceVolumes(IInstancePools pools, VolumeRows rows, DaemonPaths paths, ImageFiles files) : IInstanceVolumes
{
    private readonly ImageUnpacking _images = new(files);

    /// <summary>The images unpacked in pools.</summary>
    public ImageVolumes Images { get; } = new(pools, rows, new ImageUnpacking(files));

    public async Task CheckPoolAsync(string pool, CancellationToken ct)
    {
        if (pool.Length == 0)
        {
            throw ApiException.BadRequest("Root disk entry must have a \"pool\" property set");
        }

        await pools.OpenAsync(pool, ct).ConfigureAwait(false);
    }

    public bool IsThere(InstanceRecord instance) => instance.RootDisk() is null || pools.IsOpen(instance.Pool);

    public Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct) =>
        pools.CheckCustomAsync(instance, pool, volume, snapshot, path, ct);

    public Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct) =>
        pools.AttachCustomAsync(instance, map, pool, volume, snapshot, mapOf, ct);

    public string PathOf(InstanceRecord instance, string? snapshot = null) => snapshot is null
        ? Path.Combine(paths.StoragePools, instance.Pool, Folder(instance), instance.DiskName)
        : Path.Combine(paths.StoragePools, instance.Pool, Folder(instance) + "-snapshots", instance.DiskName, snapshot);

    public async Task<(long Used, long Total)> UsageAsync(InstanceRecord instance, CancellationToken ct)
    {
        var usage = (await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false)).Volumes.Usage(Ref(instance));
        return (usage.UsedBytes, usage.TotalBytes);
    }

    public void Protect(InstanceRecord instance, IdMap map)
    {
        var path = PathOf(instance);
        UserNames.SetOwner(path, map.HostUid(0) ?? 0, 0);
        File.SetUnixFileMode(path, UnixFileMode.UserExecute);
    }

    public async Task CreateFromImageAsync(InstanceRecord instance, string fingerprint, Action<string> progress, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        async Task UnpackAsync(CancellationToken token)
        {
            using var content = await _images.OpenAsync(fingerprint, Ref(instance).Content, token).ConfigureAwait(false);
            await CreateAsync(driver, instance, VolumeDetails.New(Ref(instance).Content), Size(driver, instance, content.DiskSize), (place, t) => content.UnpackAsync(place, progress, t), token).ConfigureAwait(false);
        }

        if (!driver.CheapCopies)
        {
            await UnpackAsync(ct).ConfigureAwait(false);
            return;
        }

        if (await Images.TryFirstAsync(driver, fingerprint, Ref(instance), UnpackAsync, ct).ConfigureAwait(false))
        {
            return;
        }

        var image = await Images.GetAsync(driver, fingerprint, Ref(instance).Content, progress, ct).ConfigureAwait(false);
        var size = Size(driver, instance, image.HasDisk ? driver.Volumes.Usage(image).TotalBytes : 0);
        await MakeAsync(driver, instance, VolumeDetails.New(image.Content), token => driver.Volumes.CopyAsync(image, Ref(instance), size, token), ct).ConfigureAwait(false);
    }

    public async Task CreateEmptyAsync(InstanceRecord instance, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await CreateAsync(driver, instance, VolumeDetails.New(Ref(instance).Content), Size(driver, instance), Empty(instance), ct).ConfigureAwait(false);
    }

    public async Task RebuildAsync(InstanceRecord instance, string? fingerprint, Action<string> progress, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        using var content = fingerprint is null ? null : await _images.OpenAsync(fingerprint, Ref(instance).Content, ct).ConfigureAwait(false);
        var size = Size(driver, instance, content?.DiskSize ?? 0);
        var aside = instance.DiskName + ".rebuild";
        await driver.Volumes.RenameAsync(Ref(instance), aside, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => driver.Volumes.RenameAsync(Ref(instance) with { Name = aside }, instance.DiskName, CancellationToken.None));
        await driver.Volumes.CreateAsync(Ref(instance), size, content is null ? Empty(instance) : (place, token) => content.UnpackAsync(place, progress, token), ct).ConfigureAwait(false);
        undo.Commit();
        UseAll(driver, instance);
        await driver.Volumes.DeleteAsync(Ref(instance) with { Name = aside }, CancellationToken.None).ConfigureAwait(false);
    }

    public async Task RenameAsync(InstanceRecord instance, InstanceRecord renamed, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        // Before the files: as long as those have their old name, a repeat does what is left.
        await rows.RenameAsync(Key(instance), renamed.Name, ct).ConfigureAwait(false);
        undo.Add(() => rows.RenameAsync(Key(instance) with { Name = renamed.Name }, instance.Name, CancellationToken.None));
        await driver.Volumes.RenameAsync(Ref(instance), renamed.DiskName, ct).ConfigureAwait(false);
        undo.Commit();
    }

    public async Task DeleteAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.RootDisk() is null)
        {
            return;
        }

        IStorageDriver driver;
        try
        {
            driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 503)
        {
            // Who has lost a pool can still get rid of what was on it; should it come back, the volume is found by "lxd recover".
            await rows.DeleteAsync(Key(instance), ct).ConfigureAwait(false);
            return;
        }

        var snapshots = Path.GetDirectoryName(PathOf(instance, "x"))!;
        if (Directory.Exists(snapshots))
        {
            foreach (var snapshot in Directory.EnumerateDirectories(snapshots).Select(d => Path.GetFileName(d)).ToList())
            {
                await driver.Snapshots.DeleteAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
            }
        }

        await driver.Volumes.DeleteAsync(Ref(instance), ct).ConfigureAwait(false);
        await rows.DeleteAsync(Key(instance), ct).ConfigureAwait(false);
    }

    public async Task ResizeAsync(InstanceRecord instance, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await driver.Volumes.ResizeAsync(Ref(instance), Wanted(driver, instance), ct).ConfigureAwait(false);
        UseAll(driver, instance);
    }

    private static VolumeRef Ref(InstanceRecord instance) =>
        new(instance.IsContainer ? VolumeType.Container : VolumeType.VirtualMachine, instance.DiskName, VolumeWords.ContentFor(instance.IsContainer));

    private static VolumeKey Key(InstanceRecord instance) => new(instance.Pool, instance.Project, Ref(instance).Type, instance.Name);

    private static string Folder(InstanceRecord instance) => instance.IsContainer ? "containers" : "virtual-machines";

    /// <summary>The size of a new volume that has to hold a disk of this size. One that is asked for too small is a bad request; none at all is the usual one at least.</summary>
    private static VolumeSize Size(IStorageDriver driver, InstanceRecord instance, long disk = 0)
    {
        var size = Wanted(driver, instance);
        return disk == 0 ? size
            : size.Bytes == 0 ? size with { Bytes = Math.Max(disk, VolumeSize.DefaultDisk) }
            : size.Bytes >= disk ? size
            : throw ApiException.BadRequest($"Source image size ({disk}) exceeds specified volume size ({size.Bytes})");
    }

    /// <summary>What the root disk asks for; a disk that says nothing is as large as the pool has its volumes.</summary>
    private static VolumeSize Wanted(IStorageDriver driver, InstanceRecord instance)
    {
        var root = instance.RootDisk()?.Value ?? [];
        var size = root.GetValueOrDefault("size", "");
        return new VolumeSize(Units.ParseBytes(size.Length > 0 || instance.IsContainer ? size : driver.Pool.Get("volume.size")), instance.IsContainer ? 0 : Units.ParseBytes(root.GetValueOrDefault("size.state", "")));
    }

    /// <summary>A container has a root, be it empty; an empty disk makes itself.</summary>
    private static VolumeFill? Empty(InstanceRecord instance) => instance.IsContainer ? MakeRootAsync : null;

    private static Task MakeRootAsync(VolumePlace place, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(place.Directory, "rootfs"));
        return Task.CompletedTask;
    }

    private Task CreateAsync(IStorageDriver driver, InstanceRecord instance, VolumeDetails details, VolumeSize size, VolumeFill? fill, CancellationToken ct) =>
        MakeAsync(driver, instance, details, token => driver.Volumes.CreateAsync(Ref(instance), size, fill, token), ct);

    /// <summary>Has the system inside see all of a disk that may have grown.</summary>
    private static void UseAll(IStorageDriver driver, InstanceRecord instance)
    {
        if (!instance.IsContainer)
        {
            Gpt.MoveToEnd(driver.Volumes.DiskPath(Ref(instance)));
        }
    }

    /// <summary>The volume and its row, or neither.</summary>
    private async Task MakeAsync(IStorageDriver driver, InstanceRecord instance, VolumeDetails details, Func<CancellationToken, Task> make, CancellationToken ct)
    {
        await make(ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => driver.Volumes.DeleteAsync(Ref(instance), CancellationToken.None));
        UseAll(driver, instance);
        await rows.InsertAsync(Key(instance), instance.CreatedAt, details, ct).ConfigureAwait(false);
        undo.Commit();
    }
}
