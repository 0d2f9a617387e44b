using Lxd.Core;
using Lxd.Core.Config;

namespace Lxd.Storage;

/// <summary>Keys every driver has.</summary>
internal static class CommonKeys
{
    public static readonly ConfigKey[] Pool =
    [
        new("source", Help: "Path or block device the pool lies on.") { Scope = "local" },
        new("source.recover", "bool", "false", "Whether an existing pool at the source may be used.", Checks.Bool) { Scope = "local" },
        new("volatile.initial_source", Help: "The source given when the pool was made.") { Scope = "local" },
        new("user.*", Help: "Free-form key/value pairs."),
    ];

    public static readonly ConfigKey[] Rsync =
    [
        new("rsync.bwlimit", Default: "0", Help: "Upper limit of the bandwidth for transfers of storage.", Check: Checks.Bytes),
        new("rsync.compression", "bool", "true", "Whether transfers of storage are compressed.", Checks.Bool),
    ];

    private static readonly ConfigKey[] Volume =
    [
        new("size", Help: "Size or quota of the volume.", Check: Size),
        new("volatile.uuid", Help: "The volume's UUID."),
        new("volatile.devlxd.owner", Help: "The identity that owns the volume."),
        new("user.*", Help: "Free-form key/value pairs."),
    ];

    private static readonly ConfigKey[] Snapshots =
    [
        new("snapshots.expiry", Help: "How long snapshots are kept (1M 2H 3d 4w 5m 6y).", Check: SnapshotKeys.CheckExpiry),
        new("snapshots.pattern", Default: "snap%d", Help: "Template of the names of snapshots.", Check: SnapshotKeys.CheckPattern),
        new("snapshots.schedule", Help: "Cron expression or alias of the times snapshots are made.", Check: SnapshotKeys.CheckSchedule),
    ];

    private static readonly ConfigKey[] Filesystem =
    [
        new("security.shifted", "bool", "false", "Whether several isolated instances may use the volume.", Checks.Bool),
        new("security.unmapped", "bool", "false", "Whether ids on the volume are left as they are.", Checks.Bool),
        new("volatile.idmap.last", Help: "The id map the files of the volume have."),
        new("volatile.idmap.next", Help: "The id map the files of the volume are to get."),
    ];

    private static readonly ConfigKey[] Shared = [new("security.shared", "bool", "false", "Whether several instances may use the block volume.", Checks.Bool)];

    public static ConfigSchema ForVolume(VolumeType type, ContentType content)
    {
        IEnumerable<ConfigKey> keys = Volume;
        if (type == VolumeType.Custom)
        {
            keys = [.. keys, .. Snapshots, .. content == ContentType.Filesystem ? Filesystem : Shared];
        }
        else if (type is VolumeType.Container or VolumeType.VirtualMachine)
        {
            keys = [.. keys, .. Shared, new ConfigKey("volatile.rootfs.size", Help: "Size of the root file system of an image.")];
        }
        else
        {
            keys = [.. keys, new ConfigKey("volatile.rootfs.size", Help: "Size of the root file system of an image.")];
        }

        return new ConfigSchema("storage-volume", keys);
    }

    /// <summary>Pool keys of a driver: its own, the common ones, and the defaults of its volumes.</summary>
    public static ConfigSchema ForPool(string driver, params IEnumerable<ConfigKey> own)
    {
        var defaults = Volume.Where(k => !k.IsPattern && !k.Name.StartsWith("volatile.", StringComparison.Ordinal)).Concat(Snapshots).Concat(Filesystem[..2]).Concat(Shared)
            .Select(k => k with { Name = "volume." + k.Name });
        return new ConfigSchema("storage-" + driver, [.. Pool, .. own, .. defaults, new("volume.user.*", Help: "Free-form key/value pairs of new volumes.")]);
    }

    private static void Size(string value)
    {
        if (Units.ParseBytes(value) < 0)
        {
            throw ApiException.BadRequest($"Invalid value: {value}");
        }
    }
}
