namespace Lxd.Core.Config.Schemas;

/// <summary>Configuration of storage pools and volumes.</summary>
public static class StorageKeys
{
    /// <summary>Keys of a dir pool.</summary>
    public static ConfigSchema DirPool { get; } = new("storage-dir",
    [
        new("rsync.bwlimit") { Group = "pool-conf" },
        new("rsync.compression", "bool", Default: "true", Check: Checks.Bool) { Group = "pool-conf" },
        new("source") { Group = "pool-conf", Scope = "local" },
        new("source.recover", "bool", Default: "false", Check: Checks.Bool) { Group = "pool-conf", Scope = "local" },
        new("volume.*") { Group = "pool-conf" },
        new("volatile.initial_source") { Group = "pool-conf" },
        new("user.*") { Group = "pool-conf" },
    ]);

    /// <summary>Keys of a volume on a dir pool.</summary>
    public static ConfigSchema DirVolume { get; } = new("storage-dir",
    [
        new("security.shared", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("security.shifted", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("security.unmapped", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("size", Check: Checks.Bytes) { Group = "volume-conf" },
        new("snapshots.expiry") { Group = "volume-conf" },
        new("snapshots.pattern") { Group = "volume-conf" },
        new("snapshots.schedule") { Group = "volume-conf" },
        new("volatile.devlxd.owner") { Group = "volume-conf" },
        new("volatile.idmap.last") { Group = "volume-conf" },
        new("volatile.idmap.next") { Group = "volume-conf" },
        new("volatile.uuid") { Group = "volume-conf" },
        new("user.*") { Group = "volume-conf" },
        new("volatile.*") { Group = "volume-conf" },
    ]);

    /// <summary>Keys of a btrfs pool.</summary>
    public static ConfigSchema BtrfsPool { get; } = new("storage-btrfs",
    [
        new("btrfs.mount_options") { Group = "pool-conf" },
        new("size", Check: Checks.Bytes) { Group = "pool-conf", Scope = "local" },
        new("source") { Group = "pool-conf", Scope = "local" },
        new("source.recover", "bool", Default: "false", Check: Checks.Bool) { Group = "pool-conf", Scope = "local" },
        new("source.wipe", "bool", Default: "false", Check: Checks.Bool) { Group = "pool-conf", Scope = "local" },
        new("volume.*") { Group = "pool-conf" },
        new("volatile.initial_source") { Group = "pool-conf" },
        new("user.*") { Group = "pool-conf" },
    ]);

    /// <summary>Keys of a volume on a btrfs pool.</summary>
    public static ConfigSchema BtrfsVolume { get; } = new("storage-btrfs",
    [
        new("security.shared", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("security.shifted", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("security.unmapped", "bool", Check: Checks.Bool) { Group = "volume-conf" },
        new("size", Check: Checks.Bytes) { Group = "volume-conf" },
        new("snapshots.expiry") { Group = "volume-conf" },
        new("snapshots.pattern") { Group = "volume-conf" },
        new("snapshots.schedule") { Group = "volume-conf" },
        new("volatile.devlxd.owner") { Group = "volume-conf" },
        new("volatile.idmap.last") { Group = "volume-conf" },
        new("volatile.idmap.next") { Group = "volume-conf" },
        new("volatile.uuid") { Group = "volume-conf" },
        new("user.*") { Group = "volume-conf" },
        new("volatile.*") { Group = "volume-conf" },
    ]);
}
