using Lxd.Core;
using Lxd.Daemon.Images;
using Lxd.Linux.Archives;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances;

/// <summary>Opens instances and snapshots for the image that is made of them.</summary>
internal sealed class InstancePublisher(InstanceServices with) : IImagePublisher
{
    public async Task<PublishSource> OpenAsync(string project, string name, CancellationToken ct)
    {
        var (parent, snapshot) = Names.SplitSnapshot(name);
        var instance = await with.Store.GetAsync(project, parent, ct).ConfigureAwait(false);
        if (snapshot is not null)
        {
            var taken = await with.Store.SnapshotAsync(instance.Id, snapshot, ct).ConfigureAwait(false);
            return await SourceAsync(instance, snapshot, taken.Config, ct).ConfigureAwait(false);
        }

        return with.StatusOf(instance) == RunStatus.Stopped
            ? await SourceAsync(instance, null, instance.Config, ct).ConfigureAwait(false)
            : throw ApiException.BadRequest("Cannot publish image while instance is running");
    }

    private async Task<PublishSource> SourceAsync(InstanceRecord instance, string? snapshot, Dictionary<string, string> config, CancellationToken ct)
    {
        var directory = with.Volumes.PathOf(instance, snapshot);
        if (instance.IsContainer)
        {
            return new PublishSource(directory, instance.Architecture, Shift(config));
        }

        var driver = await with.Volumes.DriverAsync(instance.Pool, ct).ConfigureAwait(false);
        var volume = with.Volumes.RefOf(instance);
        return new PublishSource(directory, instance.Architecture, null, driver.Volumes.DiskPath(snapshot is null ? volume : volume.Snapshot(snapshot)));
    }

    /// <summary>Files of a volume that was shifted to the host's ids get the ids they have inside.</summary>
    private static IdShift? Shift(Dictionary<string, string> config)
    {
        var map = IdMap.FromJson(config.GetValueOrDefault("volatile.last_state.idmap", ""));
        return map.IsEmpty ? null : new IdShift(id => map.InnerUid(id), id => map.InnerGid(id));
    }
}
