using Lxd.Core.Config;
using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Processes;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    private const string IdMapLast = "volatile.idmap.last";
    private const string IdMapNext = "volatile.idmap.next";

    /// <summary>Throws unless an instance may have the volume at a path (none where empty): not found, a disk, which only virtual machines can use, or one that is another's.</summary>
    /// <param name="instance">The instance's number, 0 for one to come.</param>
    public async Task<VolumeRecord> CheckAttachAsync(string project, string pool, string name, string? snapshot, string path, long instance, bool container, CancellationToken ct)
    {
        var volume = await GetAsync(pool, project, VolumeType.Custom, name, ct).ConfigureAwait(false);
        if (container && volume.Ref.HasDisk)
        {
            throw ApiException.BadRequest($"Custom {(volume.Content == ContentType.Iso ? "ISO" : "block")} volumes cannot be used on containers");
        }

        if (volume.Ref.HasDisk && path.Length > 0)
        {
            throw ApiException.BadRequest("Custom block volumes cannot have a path defined");
        }

        if (!volume.Ref.HasDisk && path.Length == 0)
        {
            throw ApiException.BadRequest("Custom filesystem volumes require a path to be defined");
        }

        if (volume.Content == ContentType.Block && !Checks.IsTrue(volume.Config.GetValueOrDefault("security.shared"))
            && (await store.UsersAsync(volume, ct).ConfigureAwait(false)).Exists(u => u.Kind == VolumeUser.Instance && u.Id != instance))
        {
            throw ApiException.BadRequest("Cannot add custom storage block volume to more than one instance if security.shared is false or unset");
        }

        if (IsDaemons(volume))
        {
            throw ApiException.BadRequest("Volume is used by LXD itself and cannot be attached");
        }

        if (snapshot is not null)
        {
            await SnapshotAsync(volume, snapshot, ct).ConfigureAwait(false);
        }

        return volume;
    }

    /// <summary>Throws where a profile, which many instances may have, may not name the volume.</summary>
    public async Task CheckProfileAsync(string project, string pool, string name, CancellationToken ct)
    {
        var owner = await OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false);
        var volume = await store.FindAsync(pool, owner, VolumeType.Custom, name, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Storage volume not found");
        if (volume.Content == ContentType.Block && !Checks.IsTrue(volume.Config.GetValueOrDefault("security.shared")))
        {
            throw ApiException.BadRequest("Cannot add custom storage block volume to profiles if security.shared is false or unset");
        }
    }

    /// <summary>Readies a volume for a container whose ids are those of the map: its files get the owners the container sees as its own, unless it is shifted by the mount or left as it is.</summary>
    /// <param name="mapOf">The map that another container has, or will have at its next start.</param>
    /// <returns>Where its files are, and whether the mount has to map their ids.</returns>
    public async Task<(string Path, bool Shift)> AttachAsync(VolumeRecord volume, string? snapshot, long instance, IdMap map, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct)
    {
        using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
        volume = await store.GetAsync(volume.Pool, volume.Project, volume.Type, volume.Name, ct).ConfigureAwait(false);
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        if (snapshot is not null)
        {
            return (driver.Volumes.MountPath(volume.Ref.Snapshot(snapshot)), IsMapped((await SnapshotAsync(volume, snapshot, ct).ConfigureAwait(false)).Config, map));
        }

        var path = driver.Volumes.MountPath(volume.Ref);
        if (Checks.IsTrue(volume.Config.GetValueOrDefault("security.unmapped")))
        {
            return (path, false);
        }

        var shifted = Checks.IsTrue(volume.Config.GetValueOrDefault("security.shifted"));
        var wanted = shifted ? IdMap.Empty : map;
        var last = IdMap.FromJson(volume.Config.GetValueOrDefault(IdMapLast, ""));
        if (last.ToJson() != wanted.ToJson())
        {
            await CheckOthersAsync(volume, instance, shifted ? null : map, mapOf, ct).ConfigureAwait(false);
            await ShiftAsync(volume, path, last, wanted, ct).ConfigureAwait(false);
        }

        return (path, shifted && !map.IsEmpty);
    }

    /// <summary>A snapshot cannot be changed: the mount maps its ids where they are the ids inside, else they have to fit.</summary>
    private static bool IsMapped(Dictionary<string, string> config, IdMap map)
    {
        var last = IdMap.FromJson(config.GetValueOrDefault(IdMapLast, ""));
        if (Checks.IsTrue(config.GetValueOrDefault("security.unmapped")) || last.ToJson() == map.ToJson())
        {
            return false;
        }

        return last.IsEmpty ? true : throw ApiException.BadRequest("Idmaps of container and storage volume snapshot are not identical");
    }

    /// <summary>The owners of the files change for all who use the volume.</summary>
    private async Task CheckOthersAsync(VolumeRecord volume, long instance, IdMap? map, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct)
    {
        foreach (var user in (await store.UsersAsync(volume, ct).ConfigureAwait(false)).Where(u => u.Kind == VolumeUser.Instance && u.Id != instance))
        {
            if (user.IsRunning || map is not null && (await mapOf(user.Id, ct).ConfigureAwait(false)).ToJson() != map.ToJson())
            {
                throw ApiException.BadRequest($"Idmaps of container \"{user.Name}\" and storage volume \"{volume.Name}\" are not identical");
            }
        }
    }

    private async Task ShiftAsync(VolumeRecord volume, string path, IdMap last, IdMap wanted, CancellationToken ct)
    {
        await using var rollback = new Rollback(e => log.UndoFailed(volume.Name, e));
        rollback.Add(() => Blocking.RunAsync(() => TreeShift.Remap(path, wanted, last, CancellationToken.None), CancellationToken.None));
        await Blocking.RunAsync(() => TreeShift.Remap(path, last, wanted, ct), ct).ConfigureAwait(false);
        await store.SetConfigAsync(volume.Id, new Dictionary<string, string?> { [IdMapLast] = wanted.ToJson(), [IdMapNext] = wanted.ToJson() }, ct).ConfigureAwait(false);
        rollback.Commit();
    }
}
