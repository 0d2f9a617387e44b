namespace Lxd.Core.Config.Schemas;

/// <summary>Instance configuration.</summary>
public static partial class InstanceKeys
{
    /// <summary>Keys of an instance or a profile.</summary>
    public static ConfigSchema Schema { get; } = new("instance", [.. Boot, .. CloudInit, .. Migration, .. Limits, .. Security, .. Placement, .. Raw, .. Snapshots, .. Volatile, .. Miscellaneous]);

    /// <summary>Start and stop of the host.</summary>
    private static IEnumerable<ConfigKey> Boot => ConfigSchema.InGroup("boot",
    [
        new("boot.autostart", "bool",
            Help: "Whether the instance starts with the daemon. Unset: it starts again if it ran when the daemon last stopped.") { LiveUpdate = "no" },
        new("boot.autostart.delay", "integer", "0", "Pause in seconds between the start of this instance and that of the next.") { LiveUpdate = "no" },
        new("boot.autostart.priority", "integer", "0", "Order at start-up: instances with a higher number start first.") { LiveUpdate = "no" },
        new("boot.debug_edk2", "bool", Help: "Whether the firmware of a virtual machine writes a debug log."),
        new("boot.host_shutdown_timeout", "integer", "30", "Seconds a clean stop may take when the host goes down; then the instance is killed.") { LiveUpdate = "yes" },
        new("boot.mode", "string", "uefi-secureboot",
            "Firmware of a virtual machine: UEFI that starts signed systems only, UEFI that starts anything, or a classic BIOS.", Check: Checks.OneOf("uefi-secureboot", "uefi-nosecureboot", "bios")) { LiveUpdate = "no", Condition = "virtual machine" },
        new("boot.stop.priority", "integer", "0", "Order at shutdown: instances with a higher number stop first.") { LiveUpdate = "no" },
    ]);

    /// <summary>What cloud-init inside is told.</summary>
    private static IEnumerable<ConfigKey> CloudInit => ConfigSchema.InGroup("cloud-init",
    [
        new("cloud-init.network-config",
            Help: "Network configuration handed to cloud-init in YAML. Unset: DHCP on the first interface.") { DefaultText = "DHCP on eth0", LiveUpdate = "no", Condition = "If supported by image" },
        new("cloud-init.ssh-keys.*",
            Help: "A public SSH key for a user inside, as `USER:KEY`. The part of the name behind the last dot is free and tells several keys apart.") { LiveUpdate = "no", Condition = "If supported by image", Star = "KEYNAME" },
        new("cloud-init.user-data", "string", "#cloud-config",
            "User data handed to cloud-init, in any format it reads.") { LiveUpdate = "no", Condition = "If supported by image" },
        new("cloud-init.vendor-data", "string", "#cloud-config",
            "Vendor data handed to cloud-init. User data wins where both say something.") { LiveUpdate = "no", Condition = "If supported by image" },
        new("user.network-config",
            Help: "Older name of `cloud-init.network-config`, read where that is unset.") { DefaultText = "DHCP on eth0", LiveUpdate = "no", Condition = "If supported by image" },
        new("user.user-data", "string", "#cloud-config",
            "Older name of `cloud-init.user-data`, read where that is unset.") { LiveUpdate = "no", Condition = "If supported by image" },
        new("user.vendor-data", "string", "#cloud-config",
            "Older name of `cloud-init.vendor-data`, read where that is unset.") { LiveUpdate = "no", Condition = "If supported by image" },
        new("user.meta-data", Help: "Lines added to the meta-data that cloud-init reads."),
    ]);

    /// <summary>Moves to another server.</summary>
    private static IEnumerable<ConfigKey> Migration => ConfigSchema.InGroup("migration",
    [
        new("migration.incremental.memory", "bool", "false",
            "Whether a live migration copies memory in rounds while the container still runs, so that it stands still for a shorter time.") { LiveUpdate = "yes", Condition = "container" },
        new("migration.incremental.memory.goal", "integer", "70",
            "Percentage of memory that has to be the same on both sides before the container is stopped for the last round.") { LiveUpdate = "yes", Condition = "container" },
        new("migration.incremental.memory.iterations", "integer", "10",
            "Most rounds of copying before the container is stopped in any case.") { LiveUpdate = "yes", Condition = "container" },
        new("migration.stateful", "bool",
            Help: "Whether the virtual machine may be moved and stopped with its state. Some devices cannot be used then.") { DefaultText = "`false`, or `instances.migration.stateful` of the server", LiveUpdate = "no", Condition = "virtual machine" },
    ]);

    /// <summary>What stands by itself.</summary>
    private static IEnumerable<ConfigKey> Miscellaneous => ConfigSchema.InGroup("miscellaneous",
    [
        new("agent.nic_config", "bool", "false",
            "Whether the agent inside gives interfaces the name and MTU of their devices.") { LiveUpdate = "no", Condition = "virtual machine" },
        new("cluster.evacuate", "string", "auto",
            "What happens to the instance when its cluster member is evacuated: moved (live or not) or stopped; `auto` takes the best that is possible.", Check: Checks.OneOf("auto", "migrate", "live-migrate", "stop")) { LiveUpdate = "no" },
        new("environment.*", Help: "An environment variable of the instance's processes, and of commands run in it. It cannot have a line break.", Check: Checks.OneLine) { LiveUpdate = "yes" },
        new("linux.kernel_modules", Help: "Kernel modules the instance needs, separated by commas.") { LiveUpdate = "yes", Condition = "container" },
        new("linux.kernel_modules.load", "string", "boot",
            "When the kernel modules are loaded: at start, or when the instance asks for them.", Check: Checks.OneOf("boot", "ondemand")) { LiveUpdate = "no", Condition = "container" },
        new("linux.sysctl.*",
            Help: "A kernel parameter set inside the container before its first process runs, for instance `linux.sysctl.net.ipv4.ip_forward`.") { LiveUpdate = "no", Condition = "container" },
        new("ubuntu_pro.guest_attach",
            Help: "Whether an Ubuntu guest may use the host's Ubuntu Pro subscription: `on`, `off`, or `available` for those that ask.", Check: Checks.OneOf("on", "off", "available")) { LiveUpdate = "no" },
        new("image.*", Help: "A property of the image the instance was made from, kept for information."),
        new("user.*", Help: "Anything you want to keep with the instance. It does nothing and can be searched for.") { LiveUpdate = "no" },
    ]);

    /// <summary>Where a cluster puts the instance.</summary>
    private static IEnumerable<ConfigKey> Placement => ConfigSchema.InGroup("placement",
    [
        new("placement.group", Help: "Placement group whose policy chooses the cluster member for the instance.") { LiveUpdate = "yes" },
    ]);

    /// <summary>Configuration handed on as it is.</summary>
    private static IEnumerable<ConfigKey> Raw => ConfigSchema.InGroup("raw",
    [
        new("raw.apparmor", "blob", Help: "Lines added to the instance's AppArmor profile.") { LiveUpdate = "yes" },
        new("raw.idmap", "blob",
            Help: "Ids of the host that the container sees as they are or as others, one mapping a line: `both 1000 1000`, `uid 50-60 500-510`.") { LiveUpdate = "no" },
        new("raw.lxc", "blob",
            Help: "Lines added to the configuration liblxc starts the container with. Whoever may set this may become root on the host.") { LiveUpdate = "no", Condition = "container" },
        new("raw.qemu", "blob",
            Help: "Arguments added to the command line of QEMU. Whoever may set this may become root on the host.") { LiveUpdate = "no", Condition = "virtual machine" },
        new("raw.qemu.conf", "blob", Help: "Changes and additions to the configuration file QEMU is started with.") { LiveUpdate = "no", Condition = "virtual machine" },
        new("raw.seccomp", "blob",
            Help: "A whole seccomp policy that takes the place of the one made from the other keys.") { LiveUpdate = "no", Condition = "container" },
    ]);

    /// <summary>Snapshots made by schedule.</summary>
    private static IEnumerable<ConfigKey> Snapshots => ConfigSchema.InGroup("snapshots",
    [
        new("snapshots.expiry", Help: "How long new snapshots are kept: numbers with a unit, `2w 3d` (S, M, H, d, w, m, y). Unset: for ever.") { LiveUpdate = "no" },
        new("snapshots.pattern", "string", "snap%d",
            "Names of snapshots that get none: a template such as `{{ creation_date|date:'2006-01-02' }}`, with `%d` for the next number.") { LiveUpdate = "no" },
        new("snapshots.schedule",
            Help: "When snapshots are made: a cron expression of five fields, or aliases such as `@daily` and `@startup`, separated by commas. Unset: never.") { DefaultText = "empty", LiveUpdate = "no" },
        new("snapshots.schedule.stopped", "bool", "false", "Whether snapshots are made by schedule while the instance is stopped.") { LiveUpdate = "no" },
    ]);
}
