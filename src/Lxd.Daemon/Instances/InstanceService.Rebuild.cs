using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Puts an image's content (or emptiness) in place of a stopped instance's root; configuration and devices stay.</summary>
    public async Task RebuildAsync(InstanceRecord instance, InstanceSource source, OperationRequestor? requestor, OperationProgress progress, CancellationToken ct)
    {
        if (source.Type is not ("image" or "none"))
        {
            throw ApiException.BadRequest($"Unknown source type \"{source.Type}\"");
        }

        using var lease = await with.Locks.TakeAsync(instance.Id, "rebuild", ct).ConfigureAwait(false);
        instance = await ReloadAsync(instance, ct).ConfigureAwait(false);
        if (IsRunning(instance))
        {
            throw ApiException.BadRequest("Instance must be stopped to be rebuilt");
        }

        if ((await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false)).Count > 0)
        {
            throw ApiException.BadRequest("Cannot rebuild instance with snapshots");
        }

        var image = source.Type == "none" ? null : await with.Images.ResolveAsync(instance.Project, source, instance.Type, text => progress.Set("download_progress", text), ct).ConfigureAwait(false);
        await with.Volumes.RebuildAsync(instance, image?.Fingerprint, text => progress.Set("create_instance_from_image_unpack_progress", text), ct).ConfigureAwait(false);
        var changes = instance.Config.Keys.Where(k => k.StartsWith("image.", StringComparison.Ordinal)).ToDictionary(k => k, _ => (string?)null);
        foreach (var (key, value) in image?.Properties ?? new Dictionary<string, string>())
        {
            changes["image." + key] = value;
        }

        changes["volatile.base_image"] = image?.Fingerprint;
        changes["volatile.apply_template"] = "create";
        changes["volatile.last_state.idmap"] = instance.IsContainer ? "[]" : null;
        changes["volatile.uuid.generation"] = Guid.NewGuid().ToString();
        var rebuilt = await with.Store.SetConfigAsync(instance.Id, changes, ct).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(rebuilt.Id, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-updated", rebuilt, requestor);
    }
}
