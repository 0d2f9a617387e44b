using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Volumes and pools as <c>backup.yaml</c> and the indexes of backups describe them, in both versions of that format.</summary>
internal sealed class VolumeDocuments(VolumeStore volumes, PoolStore pools)
{
    /// <summary>The newest version written.</summary>
    public const uint Latest = 2;

    /// <summary>Throws a bad request for a version nobody knows; 0 asks for the newest.</summary>
    public static uint Version(uint asked) => asked switch
    {
        0 => Latest,
        1 or 2 => asked,
        _ => throw ApiException.BadRequest($"Backup metadata version {asked} isn't supported"),
    };

    /// <summary>A volume with its snapshots; null where there is no such volume.</summary>
    public async Task<(VolumeRecord Volume, List<VolumeSnapshotRecord> Snapshots)?> FindAsync(string pool, string project, VolumeType type, string name, CancellationToken ct) =>
        await volumes.FindAsync(pool, project, type, name, ct).ConfigureAwait(false) is { } found
            ? (found, await volumes.SnapshotsAsync(found.Id, ct).ConfigureAwait(false))
            : null;

    public async Task<JsonNode?> PoolAsync(string name, CancellationToken ct) =>
        await pools.FindAsync(name, ct).ConfigureAwait(false) is { } pool ? Json.Node(pool.ToApi(true)) : null;

    /// <summary>A custom volume as the <c>config</c> of its backup's index.</summary>
    public async Task<JsonObject> OfCustomAsync(VolumeRecord volume, IReadOnlyList<VolumeSnapshotRecord> snapshots, uint version, CancellationToken ct)
    {
        if (version == 1)
        {
            return Old(volume, snapshots);
        }

        var document = new JsonObject { ["version"] = version };
        AddIfAny(document, "pools", new JsonArray(await PoolAsync(volume.Pool, ct).ConfigureAwait(false)));
        document["volumes"] = new JsonArray(WithSnapshots(volume, snapshots));
        return document;
    }

    /// <summary>A custom volume in version 1.</summary>
    public static JsonObject Old(VolumeRecord volume, IReadOnlyList<VolumeSnapshotRecord> snapshots)
    {
        var old = new JsonObject { ["volume"] = Json.Node(volume.ToApi()) };
        AddIfAny(old, "volume_snapshots", Snapshots(volume, snapshots));
        return old;
    }

    /// <summary>Version 2: the snapshots lie in the volume.</summary>
    public static JsonObject WithSnapshots(VolumeRecord volume, IReadOnlyList<VolumeSnapshotRecord> snapshots)
    {
        var node = (JsonObject)Json.Node(volume.ToApi())!;
        AddIfAny(node, "snapshots", Snapshots(volume, snapshots));
        return node;
    }

    public static JsonArray Snapshots(VolumeRecord volume, IEnumerable<VolumeSnapshotRecord> snapshots) => new([.. snapshots.Select(s => Json.Node(s.ToApi(volume)))]);

    public static void AddIfAny(JsonObject document, string name, JsonArray list)
    {
        if (list.Count > 0)
        {
            document[name] = list;
        }
    }
}
