using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Backups;

/// <summary>Instances as <c>backup.yaml</c> and the indexes of backups describe them: with snapshots, profiles, volumes and pools, all it takes to make them again.</summary>
internal sealed class InstanceDocuments(InstanceStore store, VolumeDocuments volumes, ProjectService projects)
{
    /// <param name="snapshots">Those to describe, of the instance and of its own volume alike; volumes attached to it are described with all theirs.</param>
    public async Task<JsonObject> OfAsync(InstanceRecord instance, RunStatus status, IReadOnlyList<SnapshotRecord> snapshots, uint version, CancellationToken ct)
    {
        var profiles = new JsonArray([.. (await store.ProfilesAsync(instance.Project, instance.Profiles, ct).ConfigureAwait(false)).Select(Profile)]);
        var taken = new JsonArray([.. snapshots.Select(s => Json.Node(InstanceViews.Render(instance, s, -1)))]);
        var all = await VolumesAsync(instance, snapshots, ct).ConfigureAwait(false);
        var rendered = Json.Node(InstanceViews.Render(instance, status));
        if (version == 1)
        {
            var old = new JsonObject { ["container"] = rendered };
            Forget(rendered);
            taken.ToList().ForEach(Forget);
            VolumeDocuments.AddIfAny(old, "snapshots", taken);
            old["pool"] = await PoolAsync(instance.Pool, ct).ConfigureAwait(false);
            VolumeDocuments.AddIfAny(old, "profiles", profiles);
            if (all.FirstOrDefault() is { Volume: { } root } own)
            {
                old["volume"] = Json.Node(root.ToApi());
                VolumeDocuments.AddIfAny(old, "volume_snapshots", VolumeDocuments.Snapshots(root, own.Snapshots));
            }

            return old;
        }

        var document = new JsonObject { ["version"] = version, ["instance"] = rendered };
        VolumeDocuments.AddIfAny(document, "snapshots", taken);
        var pools = new JsonArray();
        foreach (var pool in all.Select(v => v.Volume.Pool).Distinct())
        {
            pools.Add(await PoolAsync(pool, ct).ConfigureAwait(false));
        }

        VolumeDocuments.AddIfAny(document, "pools", pools);
        VolumeDocuments.AddIfAny(document, "profiles", profiles);
        VolumeDocuments.AddIfAny(document, "volumes", new JsonArray([.. all.Select(v => VolumeDocuments.WithSnapshots(v.Volume, v.Snapshots))]));
        return document;
    }

    /// <summary>The custom volume a disk device of an instance names; null for other devices.</summary>
    public static string? CustomVolume(IReadOnlyDictionary<string, string> device) =>
        device.GetValueOrDefault("type") == "disk" && device.GetValueOrDefault("pool", "").Length > 0 && device.GetValueOrDefault("source.type", "custom") is "custom" or ""
            ? device.GetValueOrDefault("source", "") is { Length: > 0 } source ? Names.SplitSnapshot(source).Parent : null
            : null;

    /// <summary>The instance's own volume first, then the custom ones attached to it, each once.</summary>
    private async Task<List<(VolumeRecord Volume, List<VolumeSnapshotRecord> Snapshots)>> VolumesAsync(InstanceRecord instance, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct)
    {
        var result = new List<(VolumeRecord, List<VolumeSnapshotRecord>)>();
        if (await volumes.FindAsync(instance.Pool, instance.Project, instance.IsContainer ? VolumeType.Container : VolumeType.VirtualMachine, instance.Name, ct).ConfigureAwait(false) is var (root, own))
        {
            result.Add((root, own.FindAll(v => snapshots.Any(s => s.Name == v.Name))));
        }

        var owner = await projects.EffectiveAsync(instance.Project, "features.storage.volumes", ct).ConfigureAwait(false);
        var attached = instance.ExpandedDevices.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => (Pool: d.Value.GetValueOrDefault("pool", ""), Name: CustomVolume(d.Value))).Where(v => v.Name is not null).Distinct();
        foreach (var (pool, name) in attached)
        {
            if (await volumes.FindAsync(pool, owner, VolumeType.Custom, name!, ct).ConfigureAwait(false) is { } found)
            {
                result.Add(found);
            }
        }

        return result;
    }

    /// <summary>Servers that read version 1 refuse keys they do not know.</summary>
    private static void Forget(JsonNode? rendered)
    {
        foreach (var config in (string[])["config", "expanded_config"])
        {
            (rendered?[config] as JsonObject)?.Remove("volatile.uuid.generation");
        }
    }

    private Task<JsonNode?> PoolAsync(string name, CancellationToken ct) => volumes.PoolAsync(name, ct);

    private static JsonNode? Profile(ProfileRecord profile) =>
        Json.Node(new Core.Api.Profile { Name = profile.Name, Description = profile.Description, Config = profile.Config, Devices = profile.Devices });
}
