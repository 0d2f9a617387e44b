using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Instances.Backups;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary>Which volumes a snapshot of an instance is made of: the modes <c>root</c> and <c>all-exclusive</c>, the latter with the custom volumes nobody else uses.</summary>
internal sealed class AttachedVolumes(VolumeService volumes, ProjectService projects)
{
    /// <summary>On a snapshot: the UUIDs of volumes with those of their snapshots.</summary>
    public const string Key = "volatile.attached_volumes";

    /// <summary>Whether attached volumes are meant; throws for a mode there is not and for projects whose volumes are not their own.</summary>
    public async Task<bool> WantedAsync(string project, string mode, CancellationToken ct)
    {
        if (mode is "" or "root")
        {
            return false;
        }

        if (mode != "all-exclusive")
        {
            throw ApiException.BadRequest($"Invalid disk volumes mode \"{mode}\"");
        }

        return await projects.EffectiveAsync(project, "features.storage.volumes", ct).ConfigureAwait(false) == project
            ? true
            : throw ApiException.BadRequest("Project does not have features.storage.volumes enabled");
    }

    /// <summary>The custom volumes only this instance uses, each once.</summary>
    public async Task<List<VolumeRecord>> ExclusiveAsync(InstanceRecord instance, CancellationToken ct)
    {
        var result = new List<VolumeRecord>();
        foreach (var device in instance.ExpandedDevices.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => d.Value))
        {
            if (InstanceDocuments.CustomVolume(device) is not { } name || device.GetValueOrDefault("source.snapshot", "").Length > 0)
            {
                continue;
            }

            var volume = await volumes.GetAsync(device["pool"], instance.Project, VolumeType.Custom, name, ct).ConfigureAwait(false);
            if (volume.Content != ContentType.Iso && !result.Exists(v => v.Id == volume.Id) && await IsExclusiveAsync(volume, instance, ct).ConfigureAwait(false))
            {
                result.Add(volume);
            }
        }

        return result;
    }

    public Task<VolumeSnapshotRecord> PrepareAsync(InstanceRecord instance, VolumeRecord volume, string snapshot, Moment expires, CancellationToken ct) => volumes.PrepareSnapshotAsync(
        volume,
        new StorageVolumeSnapshotsPost { ExpiresAt = expires, Description = $"Created alongside {instance.Type} {instance.Name}/{snapshot} snapshot in project {instance.Project}" },
        ct);

    public Task CreateAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct) => volumes.CreateSnapshotAsync(volume, snapshot, requestor, ct);

    /// <summary>Removes a snapshot by its name; does nothing where it is not there.</summary>
    public async Task DeleteAsync(VolumeRecord volume, string name, OperationRequestor requestor, CancellationToken ct)
    {
        if ((await volumes.SnapshotsAsync(volume, ct).ConfigureAwait(false)).Find(s => s.Name == name) is { } snapshot)
        {
            await volumes.DeleteSnapshotAsync(volume, snapshot, requestor, ct).ConfigureAwait(false);
        }
    }

    public Task RestoreAsync(VolumeRecord volume, VolumeSnapshotRecord snapshot, OperationRequestor requestor, CancellationToken ct) => volumes.RestoreAsync(volume, snapshot.Name, requestor, ct);

    /// <summary>The volumes with their snapshots that were made with a snapshot of an instance, those that are still there.</summary>
    public async Task<List<(VolumeRecord Volume, VolumeSnapshotRecord Snapshot)>> MadeWithAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct)
    {
        var result = new List<(VolumeRecord, VolumeSnapshotRecord)>();
        if (snapshot.Config.GetValueOrDefault(Key, "") is not { Length: > 0 } text || JsonNode.Parse(text) is not JsonObject pairs)
        {
            return result;
        }

        foreach (var volume in (await volumes.ListAsync(null, instance.Project, VolumeType.Custom, ct).ConfigureAwait(false)).Where(v => pairs.ContainsKey(v.Config.GetValueOrDefault("volatile.uuid", ""))))
        {
            var wanted = (string?)pairs[volume.Config["volatile.uuid"]];
            if ((await volumes.SnapshotsAsync(volume, ct).ConfigureAwait(false)).Find(s => s.Config.GetValueOrDefault("volatile.uuid") == wanted) is { } made)
            {
                result.Add((volume, made));
            }
        }

        return result;
    }

    /// <summary>Throws where another instance uses one of the volumes.</summary>
    public async Task CheckExclusiveAsync(InstanceRecord instance, IEnumerable<VolumeRecord> attached, CancellationToken ct)
    {
        foreach (var volume in attached)
        {
            if (!await IsExclusiveAsync(volume, instance, ct).ConfigureAwait(false))
            {
                throw ApiException.BadRequest($"Volume \"{volume.Name}\" is attached to other instances");
            }
        }
    }

    private async Task<bool> IsExclusiveAsync(VolumeRecord volume, InstanceRecord instance, CancellationToken ct) =>
        (await volumes.UsersAsync(volume, ct).ConfigureAwait(false)).TrueForAll(u => u.Kind != VolumeUser.Instance || u.Id == instance.Id);
}
