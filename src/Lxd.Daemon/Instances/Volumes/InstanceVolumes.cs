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

    public Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, CancellationToken ct) => pools.CheckCustomAsync(instance, pool, volume, snapshot, ct);

    public Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct) =>
        pools.AttachCustomAsync(instance, map, pool, volume, snapshot, mapOf, ct);

    public string PathOf(InstanceRecord instance, string? snapshot = null) => snapshot is null
        ? Path.Combine(paths.StoragePools, instance.Pool, "containers", instance.DiskName)
        : Path.Combine(paths.StoragePools, instance.Pool, "containers-snapshots", instance.DiskName, snapshot);

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
        if (!driver.CheapCopies)
        {
            await CreateAsync(driver, instance, VolumeDetails.New(), (directory, token) => _images.UnpackAsync(fingerprint, directory, progress, token), ct).ConfigureAwait(false);
            return;
        }

        var image = await Images.GetAsync(driver, fingerprint, progress, ct).ConfigureAwait(false);
        await MakeAsync(driver, instance, VolumeDetails.New(), token => driver.Volumes.CopyAsync(image, Ref(instance), Size(instance), token), ct).ConfigureAwait(false);
    }

    public async Task CreateEmptyAsync(InstanceRecord instance, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await CreateAsync(driver, instance, VolumeDetails.New(), MakeEmptyAsync, ct).ConfigureAwait(false);
    }

    public async Task RebuildAsync(InstanceRecord instance, string? fingerprint, Action<string> progress, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        var aside = instance.DiskName + ".rebuild";
        await driver.Volumes.RenameAsync(Ref(instance), aside, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => driver.Volumes.RenameAsync(Ref(instance) with { Name = aside }, instance.DiskName, CancellationToken.None));
        await driver.Volumes.CreateAsync(Ref(instance), Size(instance), fingerprint is null ? MakeEmptyAsync : (directory, token) => _images.UnpackAsync(fingerprint, directory, progress, token), ct).ConfigureAwait(false);
        undo.Commit();
        await driver.Volumes.DeleteAsync(Ref(instance) with { Name = aside }, CancellationToken.None).ConfigureAwait(false);
    }

    public async Task RenameAsync(InstanceRecord instance, InstanceRecord renamed, CancellationToken ct)
    {
        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        // Before the files: as long as those have their old name, a repeat does what is left.
        await rows.RenameAsync(instance.Pool, instance.Project, instance.Name, renamed.Name, ct).ConfigureAwait(false);
        undo.Add(() => rows.RenameAsync(instance.Pool, instance.Project, renamed.Name, instance.Name, CancellationToken.None));
        await driver.Volumes.RenameAsync(Ref(instance), renamed.DiskName, ct).ConfigureAwait(false);
        undo.Commit();
    }

    public async Task DeleteAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.RootDisk() is null)
        {
            return;
        }

        var driver = await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false);
        var snapshots = Path.GetDirectoryName(PathOf(instance, "x"))!;
        if (Directory.Exists(snapshots))
        {
            foreach (var snapshot in Directory.EnumerateDirectories(snapshots).Select(d => Path.GetFileName(d)).ToList())
            {
                await driver.Snapshots.DeleteAsync(Ref(instance).Snapshot(snapshot), ct).ConfigureAwait(false);
            }
        }

        await driver.Volumes.DeleteAsync(Ref(instance), ct).ConfigureAwait(false);
        await rows.DeleteAsync(instance.Pool, instance.Project, VolumeType.Container, instance.Name, ct).ConfigureAwait(false);
    }

    public async Task ResizeAsync(InstanceRecord instance, long size, CancellationToken ct) =>
        await (await pools.OpenAsync(instance.Pool, ct).ConfigureAwait(false)).Volumes.ResizeAsync(Ref(instance), size, ct).ConfigureAwait(false);

    private static VolumeRef Ref(InstanceRecord instance) => new(instance.IsContainer ? VolumeType.Container : VolumeType.VirtualMachine, instance.DiskName);

    private static long Size(InstanceRecord instance) => Units.ParseBytes(instance.RootDisk()?.Value.GetValueOrDefault("size", "") ?? "");

    private static Task MakeEmptyAsync(string directory, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(directory, "rootfs"));
        return Task.CompletedTask;
    }

    private Task CreateAsync(IStorageDriver driver, InstanceRecord instance, VolumeDetails details, Func<string, CancellationToken, Task> fill, CancellationToken ct) =>
        MakeAsync(driver, instance, details, token => driver.Volumes.CreateAsync(Ref(instance), Size(instance), fill, token), ct);

    /// <summary>The volume and its row, or neither.</summary>
    private async Task MakeAsync(IStorageDriver driver, InstanceRecord instance, VolumeDetails details, Func<CancellationToken, Task> make, CancellationToken ct)
    {
        await make(ct).ConfigureAwait(false);
        await using var undo = new Rollback();
        undo.Add(() => driver.Volumes.DeleteAsync(Ref(instance), CancellationToken.None));
        await rows.InsertAsync(instance.Pool, instance.Project, VolumeType.Container, instance.Name, instance.CreatedAt, details, ct).ConfigureAwait(false);
        undo.Commit();
    }
}
