using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>Checks a new volume and fills in what the pool says for new ones.</summary>
    /// <param name="moved">The volume it takes the place of, whose share of the project's limits it inherits.</param>
    public async Task<VolumeRecord> PrepareAsync(string pool, string project, StorageVolumesPost post, CancellationToken ct, VolumeRecord? moved = null)
    {
        CheckName(post.Name);
        if (VolumeWords.TypeOf(post.Type) is not VolumeType.Custom)
        {
            throw ApiException.BadRequest($"Currently not allowed to create storage volumes of type \"{post.Type}\"");
        }

        var content = VolumeWords.ContentOf(post.ContentType) ?? throw ApiException.BadRequest($"Invalid content type \"{post.ContentType}\"");
        var record = await pools.GetAsync(pool, ct).ConfigureAwait(false);
        var owner = await OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false);
        if (await store.FindAsync(pool, owner, VolumeType.Custom, post.Name, ct).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict("Volume by that name already exists");
        }

        await CheckConfigAsync(pool, VolumeType.Custom, content, post.Config, ct).ConfigureAwait(false);
        var keys = StorageDrivers.Get(record.Driver).VolumeKeys(VolumeType.Custom, content);
        var config = WithNewUuid(post.Config);
        foreach (var (key, value) in record.Config.Where(c => c.Key.StartsWith("volume.", StringComparison.Ordinal) && keys.Find(c.Key["volume.".Length..]) is not null))
        {
            config.TryAdd(key["volume.".Length..], value);
        }

        if (content == ContentType.Block)
        {
            config.TryAdd("size", "10GiB");
        }

        var share = new Projects.VolumeShare(pool, post.Name, config.GetValueOrDefault("size", ""));
        await (moved?.Project == owner ? quota.CheckVolumeMoveAsync(owner, moved.Pool, moved.Name, share, ct) : quota.CheckVolumeAsync(owner, share, ct)).ConfigureAwait(false);
        return new VolumeRecord(0, pool, owner, post.Name, VolumeType.Custom, content, post.Description, DateTime.UtcNow) { Config = config };
    }

    public Task CreateAsync(VolumeRecord volume, OperationRequestor requestor, CancellationToken ct) => volume.Content == ContentType.Iso
        ? throw ApiException.BadRequest("Empty ISO volumes cannot be created")
        : MakeAsync(volume, requestor, (driver, _, token) => driver.Volumes.CreateAsync(volume.Ref, SizeOf(volume), null, token), ct);

    private async Task MakeAsync(VolumeRecord volume, OperationRequestor requestor, Func<IStorageDriver, long, CancellationToken, Task> make, CancellationToken ct)
    {
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        await MakeHeldAsync(volume, requestor, make, ct).ConfigureAwait(false);
    }

    /// <summary>The frame of every way to make a volume: its name first, then the files, then the event; a failure leaves neither.</summary>
    private async Task MakeHeldAsync(VolumeRecord volume, OperationRequestor requestor, Func<IStorageDriver, long, CancellationToken, Task> make, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        var id = await store.InsertAsync(volume with { Config = Marked(volume.Config, "create") }, ct).ConfigureAwait(false);
        rollback.Add(() => RemoveFilesAsync(driver, volume with { Id = id }, CancellationToken.None));
        await make(driver, id, ct).ConfigureAwait(false);
        await store.SetConfigAsync(id, Done, ct).ConfigureAwait(false);
        rollback.Commit();
        events.Lifecycle("storage-volume-created", volume.Project, volume.Url, requestor, new() { ["type"] = volume.Type.Word() }, volume.Name);
    }
}
