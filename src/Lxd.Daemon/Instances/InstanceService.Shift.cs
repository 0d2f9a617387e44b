using Lxd.Core;
using Lxd.Linux.Disks;
using Lxd.Linux.IdMaps;
using Lxd.Linux.Mounts;
using Lxd.Linux.Processes;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Brings the owners on disk to what the start needs. Where the file system can be mounted with an id map they are the ids inside, which is no work;
    /// else, and for volumes that came with other owners, the tree is changed and <c>volatile.last_state.idmap</c> tells its owners.</summary>
    private async Task<InstanceRecord> ShiftAsync(InstanceRecord instance, IdMap map, CancellationToken ct)
    {
        var volume = with.Volumes.PathOf(instance);
        var rootfs = Files.VolumeFiles.Rootfs(volume);
        var now = IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.last_state.idmap", ""));
        if (now.ToJson() == map.ToJson() || now.IsEmpty && (map.IsEmpty || !Directory.Exists(rootfs) || IdmappedMounts.Available(rootfs)))
        {
            return instance;
        }

        var wanted = IdmappedMounts.Available(rootfs) ? IdMap.Empty : map;
        if (instance.IsTrue("security.protection.shift"))
        {
            throw ApiException.BadRequest("Container is protected against filesystem shifting");
        }

        await using var undo = Undo("shift");
        undo.Add(() => Blocking.RunAsync(() => TreeShift.Remap(rootfs, wanted, now, CancellationToken.None), CancellationToken.None));
        await Blocking.RunAsync(() => TreeShift.Remap(rootfs, now, wanted, ct), ct).ConfigureAwait(false);
        var shifted = await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?> { ["volatile.last_state.idmap"] = wanted.ToJson() }, ct).ConfigureAwait(false);
        undo.Commit();
        return shifted;
    }
}
