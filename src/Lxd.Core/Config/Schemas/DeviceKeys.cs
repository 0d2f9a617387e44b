namespace Lxd.Core.Config.Schemas;

/// <summary>Device configuration.</summary>
public static class DeviceKeys
{
    /// <summary>Keys of a device disk.</summary>
    public static ConfigSchema Disk { get; } = new("device-disk",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("ceph.cluster_name", Default: "ceph") { Group = "device-conf" },
        new("ceph.user_name", Default: "admin") { Group = "device-conf" },
        new("initial.*", "n/a") { Group = "device-conf" },
        new("io.bus", Default: "virtio-scsi") { Group = "device-conf" },
        new("io.cache", Default: "none") { Group = "device-conf" },
        new("io.threads", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("limits.max") { Group = "device-conf" },
        new("limits.read") { Group = "device-conf" },
        new("limits.write") { Group = "device-conf" },
        new("path") { Group = "device-conf" },
        new("pool") { Group = "device-conf" },
        new("propagation", Default: "private") { Group = "device-conf" },
        new("raw.mount.options") { Group = "device-conf" },
        new("readonly", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("recursive", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("required", "bool", Default: "true", Check: Checks.Bool) { Group = "device-conf" },
        new("shift", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("size", Check: Checks.Bytes) { Group = "device-conf" },
        new("size.state") { Group = "device-conf" },
        new("source") { Group = "device-conf" },
        new("source.snapshot") { Group = "device-conf" },
        new("source.type", Default: "custom") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device gpu-mdev.</summary>
    public static ConfigSchema GpuMdev { get; } = new("device-gpu-mdev",
    [
        new("id") { Group = "device-conf" },
        new("mdev", Default: "0") { Group = "device-conf" },
        new("pci") { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device gpu-mig.</summary>
    public static ConfigSchema GpuMig { get; } = new("device-gpu-mig",
    [
        new("id") { Group = "device-conf" },
        new("mig.ci", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mig.gi", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mig.uuid") { Group = "device-conf" },
        new("pci") { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device gpu-physical.</summary>
    public static ConfigSchema GpuPhysical { get; } = new("device-gpu-physical",
    [
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("id") { Group = "device-conf" },
        new("mode", "integer", Default: "0660", Check: Checks.Integer) { Group = "device-conf" },
        new("pci") { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device gpu-sriov.</summary>
    public static ConfigSchema GpuSriov { get; } = new("device-gpu-sriov",
    [
        new("id") { Group = "device-conf" },
        new("pci") { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device infiniband.</summary>
    public static ConfigSchema Infiniband { get; } = new("device-infiniband",
    [
        new("hwaddr") { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("nictype") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-bridged.</summary>
    public static ConfigSchema NicBridged { get; } = new("device-nic-bridged",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("host_name") { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("ipv4.address") { Group = "device-conf" },
        new("ipv4.routes") { Group = "device-conf" },
        new("ipv4.routes.external") { Group = "device-conf" },
        new("ipv6.address") { Group = "device-conf" },
        new("ipv6.routes") { Group = "device-conf" },
        new("ipv6.routes.external") { Group = "device-conf" },
        new("limits.egress") { Group = "device-conf" },
        new("limits.ingress") { Group = "device-conf" },
        new("limits.max") { Group = "device-conf" },
        new("limits.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("network") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("queue.tx.length", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("security.ipv4_filtering", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("security.ipv6_filtering", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("security.mac_filtering", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("security.port_isolation", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("vlan", "integer") { Group = "device-conf" },
        new("vlan.tagged", "integer") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-ipvlan.</summary>
    public static ConfigSchema NicIpvlan { get; } = new("device-nic-ipvlan",
    [
        new("gvrp", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("ipv4.address") { Group = "device-conf" },
        new("ipv4.gateway") { Group = "device-conf" },
        new("ipv4.host_table", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("ipv6.address") { Group = "device-conf" },
        new("ipv6.gateway") { Group = "device-conf" },
        new("ipv6.host_table", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mode", Default: "l3s") { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-macvlan.</summary>
    public static ConfigSchema NicMacvlan { get; } = new("device-nic-macvlan",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("gvrp", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("network") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-ovn.</summary>
    public static ConfigSchema NicOvn { get; } = new("device-nic-ovn",
    [
        new("acceleration", Default: "none") { Group = "device-conf" },
        new("acceleration.parent") { Group = "device-conf" },
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("host_name") { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("ipv4.address") { Group = "device-conf" },
        new("ipv4.routes") { Group = "device-conf" },
        new("ipv4.routes.external") { Group = "device-conf" },
        new("ipv6.address") { Group = "device-conf" },
        new("ipv6.routes") { Group = "device-conf" },
        new("ipv6.routes.external") { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("nested") { Group = "device-conf" },
        new("network") { Group = "device-conf" },
        new("security.acls") { Group = "device-conf" },
        new("security.acls.default.egress.action", Default: "reject") { Group = "device-conf" },
        new("security.acls.default.egress.logged", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("security.acls.default.ingress.action", Default: "reject") { Group = "device-conf" },
        new("security.acls.default.ingress.logged", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-p2p.</summary>
    public static ConfigSchema NicP2p { get; } = new("device-nic-p2p",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("host_name") { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("ipv4.routes") { Group = "device-conf" },
        new("ipv6.routes") { Group = "device-conf" },
        new("limits.egress") { Group = "device-conf" },
        new("limits.ingress") { Group = "device-conf" },
        new("limits.max") { Group = "device-conf" },
        new("limits.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("queue.tx.length", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-physical.</summary>
    public static ConfigSchema NicPhysical { get; } = new("device-nic-physical",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("gvrp", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("network") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-routed.</summary>
    public static ConfigSchema NicRouted { get; } = new("device-nic-routed",
    [
        new("gvrp", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("host_name") { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("ipv4.address") { Group = "device-conf" },
        new("ipv4.gateway", Default: "auto") { Group = "device-conf" },
        new("ipv4.host_address", Default: "169.254.0.1") { Group = "device-conf" },
        new("ipv4.host_table", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("ipv4.neighbor_probe", "bool", Default: "true", Check: Checks.Bool) { Group = "device-conf" },
        new("ipv4.routes") { Group = "device-conf" },
        new("ipv6.address") { Group = "device-conf" },
        new("ipv6.gateway", Default: "auto") { Group = "device-conf" },
        new("ipv6.host_address", Default: "fe80::1") { Group = "device-conf" },
        new("ipv6.host_table", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("ipv6.neighbor_probe", "bool", Default: "true", Check: Checks.Bool) { Group = "device-conf" },
        new("ipv6.routes") { Group = "device-conf" },
        new("limits.egress") { Group = "device-conf" },
        new("limits.ingress") { Group = "device-conf" },
        new("limits.max") { Group = "device-conf" },
        new("limits.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("queue.tx.length", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device nic-sriov.</summary>
    public static ConfigSchema NicSriov { get; } = new("device-nic-sriov",
    [
        new("boot.priority", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("hwaddr") { Group = "device-conf" },
        new("mtu", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("name") { Group = "device-conf" },
        new("network") { Group = "device-conf" },
        new("parent") { Group = "device-conf" },
        new("security.mac_filtering", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("vlan", "integer", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device pci.</summary>
    public static ConfigSchema Pci { get; } = new("device-pci",
    [
        new("address") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device proxy.</summary>
    public static ConfigSchema Proxy { get; } = new("device-proxy",
    [
        new("bind", Default: "host") { Group = "device-conf" },
        new("connect") { Group = "device-conf" },
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("listen") { Group = "device-conf" },
        new("mode", "integer", Default: "0644", Check: Checks.Integer) { Group = "device-conf" },
        new("nat", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("proxy_protocol", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("security.gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("security.uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device tpm.</summary>
    public static ConfigSchema Tpm { get; } = new("device-tpm",
    [
        new("path") { Group = "device-conf" },
        new("pathrm") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device unix-block.</summary>
    public static ConfigSchema UnixBlock { get; } = new("device-unix-block",
    [
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("major", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("minor", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mode", "integer", Default: "0660", Check: Checks.Integer) { Group = "device-conf" },
        new("path") { Group = "device-conf" },
        new("required", "bool", Default: "true", Check: Checks.Bool) { Group = "device-conf" },
        new("source") { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device unix-char.</summary>
    public static ConfigSchema UnixChar { get; } = new("device-unix-char",
    [
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("major", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("minor", "integer", Check: Checks.Integer) { Group = "device-conf" },
        new("mode", "integer", Default: "0660", Check: Checks.Integer) { Group = "device-conf" },
        new("path") { Group = "device-conf" },
        new("required", "bool", Default: "true", Check: Checks.Bool) { Group = "device-conf" },
        new("source") { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device unix-hotplug.</summary>
    public static ConfigSchema UnixHotplug { get; } = new("device-unix-hotplug",
    [
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("mode", "integer", Default: "0660", Check: Checks.Integer) { Group = "device-conf" },
        new("ownership.inherit", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("required", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("subsystem") { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);

    /// <summary>Keys of a device unix-usb.</summary>
    public static ConfigSchema UnixUsb { get; } = new("device-unix-usb",
    [
        new("busnum", "int", Check: Checks.Integer) { Group = "device-conf" },
        new("devnum", "int", Check: Checks.Integer) { Group = "device-conf" },
        new("gid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("mode", "integer", Default: "0660", Check: Checks.Integer) { Group = "device-conf" },
        new("productid") { Group = "device-conf" },
        new("required", "bool", Default: "false", Check: Checks.Bool) { Group = "device-conf" },
        new("serial") { Group = "device-conf" },
        new("uid", "integer", Default: "0", Check: Checks.Integer) { Group = "device-conf" },
        new("vendorid") { Group = "device-conf" },
    ]);
}
