namespace Lxd.Core.Config.Schemas;

/// <summary>Project configuration.</summary>
public static class ProjectKeys
{
    /// <summary>Keys of a project.</summary>
    public static ConfigSchema Schema { get; } = new("project", [.. Features, .. Limits, .. Restricted, .. Replica, .. Specific]);

    /// <summary>What the project has of its own.</summary>
    private static IEnumerable<ConfigKey> Features => ConfigSchema.InGroup("features",
    [
        new("features.images", "bool", "false",
            "Whether the project has images and aliases of its own. Otherwise it uses those of the default project.") { Initial = "true" },
        new("features.networks", "bool", "false", "Whether the project has networks of its own. Otherwise it uses those of the default project.") { Initial = "false" },
        new("features.networks.zones", "bool", "false",
            "Whether the project has DNS zones of its own. Otherwise it uses those of the default project.") { Initial = "false" },
        new("features.profiles", "bool", "false", "Whether the project has profiles of its own. Otherwise it uses those of the default project.") { Initial = "true" },
        new("features.storage.buckets", "bool", "false",
            "Whether the project has storage buckets of its own. Otherwise it uses those of the default project.") { Initial = "true" },
        new("features.storage.volumes", "bool", "false",
            "Whether the project has storage volumes of its own. Otherwise it uses those of the default project.") { Initial = "true" },
    ]);

    /// <summary>What everything in the project may use together.</summary>
    private static IEnumerable<ConfigKey> Limits => ConfigSchema.InGroup("limits",
    [
        new("limits.containers", "integer", Help: "Most containers. Unset: no limit."),
        new("limits.cpu", "integer", Help: "Most CPUs for all instances together, each of which then needs a number in its `limits.cpu`. Unset: no limit."),
        new("limits.disk", Help: "Most space for instances, volumes and images together, each of which then needs a size. Unset: no limit."),
        new("limits.disk.pool.*",
            Help: "Most space on this pool for instances and volumes together; 0 keeps the project off the pool. Unset: no limit.") { Star = "POOL_NAME" },
        new("limits.instances", "integer", Help: "Most instances of any type. Unset: no limit."),
        new("limits.memory", Help: "Most memory for all instances together, each of which then needs a size in its `limits.memory`. Unset: no limit."),
        new("limits.networks", "integer", Help: "Most networks. Unset: no limit."),
        new("limits.networks.uplink_ips.ipv4.*", Help: "Most IPv4 addresses taken from this uplink network. Unset: no limit.") { Star = "NETWORK_NAME" },
        new("limits.networks.uplink_ips.ipv6.*", Help: "Most IPv6 addresses taken from this uplink network. Unset: no limit.") { Star = "NETWORK_NAME" },
        new("limits.processes", "integer",
            Help: "Most processes for all instances together, each of which then needs a number in its `limits.processes`. Unset: no limit."),
        new("limits.virtual-machines", "integer", Help: "Most virtual machines. Unset: no limit."),
    ]);

    /// <summary>What may be done in the project.</summary>
    private static IEnumerable<ConfigKey> Restricted => ConfigSchema.InGroup("restricted",
    [
        new("restricted", "bool", "false", "Whether the keys `restricted.*` hold. Without it they do nothing."),
        new("restricted.backups", "string", "block", "Whether backups of instances and volumes may be made: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.cluster.groups", Help: "Cluster groups that may be asked for, separated by commas."),
        new("restricted.cluster.target", "string", "block", "Whether a cluster member may be asked for: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.containers.interception", "string", "block",
            "Which keys `security.syscalls.intercept.*` may be set: all (`full`), those without danger for the host (`allow`), or none (`block`).", Check: Checks.OneOf("allow", "block", "full")),
        new("restricted.containers.lowlevel", "string", "block",
            "Whether containers may have keys that reach past the server's care, such as `raw.lxc`: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.containers.nesting", "string", "block", "Whether `security.nesting` may be set: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.containers.privilege", "string", "unprivileged",
            "How far containers may go: `unprivileged`, `isolated` (each with ids of its own), or `allow` for privileged ones too.", Check: Checks.OneOf("allow", "unprivileged", "isolated")),
        new("restricted.devices.disk", "string", "managed",
            "Which disks may be attached: any (`allow`), those of storage pools (`managed`), or none but the root (`block`).", Check: Checks.OneOf("allow", "block", "managed")),
        new("restricted.devices.disk.paths",
            Help: "Directories of the host under which a disk may have its source, separated by commas, where `restricted.devices.disk` is `allow`. Unset: any."),
        new("restricted.devices.gpu", "string", "block", "Whether GPUs may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.infiniband", "string", "block", "Whether InfiniBand devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.nic", "string", "managed",
            "Which NICs may be attached: any (`allow`), those of managed networks (`managed`), or none (`block`).", Check: Checks.OneOf("allow", "block", "managed")),
        new("restricted.devices.pci", "string", "block", "Whether PCI devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.proxy", "string", "block", "Whether proxies may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.unix-block", "string", "block", "Whether block devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.unix-char", "string", "block", "Whether character devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.unix-hotplug", "string", "block", "Whether hotplug devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.devices.usb", "string", "block", "Whether USB devices may be attached: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.idmap.gid", Help: "Ranges of host group ids that `raw.idmap` may name. Unset: none."),
        new("restricted.idmap.uid", Help: "Ranges of host user ids that `raw.idmap` may name. Unset: none."),
        new("restricted.networks.access", Help: "Networks instances may use, separated by commas. Unset: all that the project sees."),
        new("restricted.networks.subnets", "string", "block",
            "Subnets of uplink networks that networks of the project may route, as `UPLINK:SUBNET` separated by commas, or `block`."),
        new("restricted.networks.uplinks", "string", "block", "Networks that may be an uplink, separated by commas, or `block`."),
        new("restricted.networks.zones", "string", "block", "Domains under which the project may make DNS zones, separated by commas, or `block`."),
        new("restricted.snapshots", "string", "block",
            "Whether snapshots of instances and volumes may be made: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
        new("restricted.virtual-machines.lowlevel", "string", "block",
            "Whether virtual machines may have keys that reach past the server's care, such as `raw.qemu`: `allow` or `block`.", Check: Checks.OneOf("block", "allow")),
    ]);

    /// <summary>Replication.</summary>
    private static IEnumerable<ConfigKey> Replica => ConfigSchema.InGroup("replica",
    [
        new("replica.cluster", Help: "Cluster the project is replicated to."),
    ]);

    /// <summary>What the project says in the server's place.</summary>
    private static IEnumerable<ConfigKey> Specific => ConfigSchema.InGroup("specific",
    [
        new("backups.compression_algorithm", Help: "Program that compresses backups of this project. Unset: as the server says.", Check: Compressor.Check),
        new("images.auto_update_cached", "bool", Help: "Whether images this project fetched for a launch are kept up to date. Unset: as the server says."),
        new("images.auto_update_interval", "integer", Help: "Hours between two looks for newer images of this project; 0 for never. Unset: as the server says."),
        new("images.compression_algorithm", Help: "Program that compresses new images of this project. Unset: as the server says.", Check: Compressor.Check),
        new("images.default_architecture", Help: "Architecture of images that are asked for without one. Unset: as the server says."),
        new("images.remote_cache_expiry", "integer", Help: "Days an image this project fetched for a launch is kept without being used. Unset: as the server says."),
        new("user.*", Help: "Anything you want to keep with the project. It does nothing."),
    ]);
}
