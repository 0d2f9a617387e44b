namespace Lxd.Core.Config.Schemas;

/// <summary>Device configuration.</summary>
public static partial class DeviceKeys
{
    /// <summary>Keys of a device disk.</summary>
    public static ConfigSchema Disk { get; } = new("device-disk",
    [
        new("boot.priority", "integer",
            Help: "Order among the devices a virtual machine tries to boot from; the highest is tried first.") { Condition = "virtual machine" },
        new("ceph.cluster_name", "string", "ceph", "Name of the Ceph cluster the source is in.") { Required = "for Ceph or CephFS sources" },
        new("ceph.user_name", "string", "admin", "Ceph user the source is read as, without `client.`.") { Required = "for Ceph or CephFS sources" },
        new("initial.*", "n/a", Help: "A key of the root volume's configuration, used when the instance is made and not later: `initial.zfs.blocksize`."),
        new("io.bus", "string", "virtio-scsi", "Bus the disk is on in a virtual machine: `virtio-scsi`, `virtio-blk` or `nvme`.") { Condition = "virtual machine" },
        new("io.cache", "string", "none", "How QEMU caches the disk: `none`, `writeback` or `unsafe`.") { Condition = "virtual machine" },
        new("io.threads", "integer", "0", "Number of threads that serve a shared file system or disk of a virtual machine.") { Condition = "virtual machine" },
        new("limits.max", Help: "The same limit for reading and writing; each may be given by itself instead."),
        new("limits.read", Help: "Most reading: bytes a second (`30MiB`) or requests a second (`100iops`). Unset: no limit."),
        new("limits.write", Help: "Most writing: bytes a second (`30MiB`) or requests a second (`100iops`). Unset: no limit."),
        new("path", Help: "Where it appears inside; `/` for the root disk.") { Condition = "container", Required = "yes" },
        new("pool", Help: "Storage pool the source is a volume of; for the root disk, where its volume is made.") { Condition = "storage volumes managed by LXD" },
        new("propagation", "string", "private",
            "How later mounts below the path pass between host and container: `private`, `shared`, `slave`, `unbindable`, or these with an `r` in front for everything below."),
        new("raw.mount.options", Help: "Mount options of the file system, separated by commas."),
        new("readonly", "bool", "false", "Whether it can only be read."),
        new("recursive", "bool", "false", "Whether mounts below the source come along."),
        new("required", "bool", "true", "Whether the instance fails to start where the source is missing."),
        new("shift", "bool", "false", "Whether ids of the source's files are shifted to the container's, so that it owns them.") { Condition = "container" },
        new("size", Help: "Size of the root disk, such as `10GiB`. Unset: the pool's default.", Check: Checks.Bytes),
        new("size.state", Help: "Size of the part of a virtual machine's volume that holds its configuration and state.") { Condition = "virtual machine" },
        new("source", Help: "Directory, file or block device of the host, or the name of a volume in the pool. The root disk has none.") { Required = "yes" },
        new("source.snapshot", Help: "Snapshot of the volume to attach in its place; it can only be read."),
        new("source.type", "string", "custom", "Kind of the volume: `custom`, or that of another instance's (`container`, `virtual-machine`)."),
    ])
    { Group = "device-conf", Required = "no" };

    /// <summary>Keys of a device infiniband.</summary>
    public static ConfigSchema Infiniband { get; } = new("device-infiniband",
    [
        new("hwaddr", Help: "MAC address: all 20 bytes, or the last 8, which are put behind the parent's.") { DefaultText = "randomly assigned" },
        new("mtu", "integer", Help: "Largest packet in bytes (MTU).") { DefaultText = "parent MTU" },
        new("name", Help: "Name of the interface inside.") { DefaultText = "kernel assigned" },
        new("nictype", Help: "Whether the interface itself moves into the instance (`physical`), or a virtual function of it (`sriov`).") { Required = "yes" },
        new("parent", Help: "InfiniBand interface of the host.") { Required = "yes" },
    ])
    { Group = "device-conf", Required = "no" };

    /// <summary>Keys of a device pci.</summary>
    public static ConfigSchema Pci { get; } = new("device-pci",
    [
        new("address", Help: "PCI address of the device: `0000:01:00.0`."),
    ])
    { Group = "device-conf", Required = "yes" };

    /// <summary>Keys of a device proxy.</summary>
    public static ConfigSchema Proxy { get; } = new("device-proxy",
    [
        new("bind", "string", "host", "Where it listens: on the host, or inside (`instance`)."),
        new("connect", Help: "Where connections go to: `tcp:HOST:PORT`, `udp:HOST:PORT` or `unix:PATH`.") { Required = "yes" },
        new("gid", "integer", "0", "Group id of the socket, where it listens on a unix socket."),
        new("listen", Help: "Where it listens: `tcp:ADDRESS:PORT`, `udp:ADDRESS:PORT` or `unix:PATH`; ports may be lists and ranges.") { Required = "yes" },
        new("mode", "integer", "0644", "Mode of the socket in octal, where it listens on a unix socket."),
        new("nat", "bool", "false", "Whether the firewall passes packets on, so that the instance sees the client's own address. It needs a NIC with a static address."),
        new("proxy_protocol", "bool", "false", "Whether the client's address is told to the other side with the PROXY protocol."),
        new("security.gid", "integer", "0", "Group id the proxy runs as."),
        new("security.uid", "integer", "0", "User id the proxy runs as."),
        new("uid", "integer", "0", "User id of the socket, where it listens on a unix socket."),
    ])
    { Group = "device-conf", Required = "no" };

    /// <summary>Keys of a device tpm.</summary>
    public static ConfigSchema Tpm { get; } = new("device-tpm",
    [
        new("path", Help: "Where the TPM appears inside: `/dev/tpm0`."),
        new("pathrm", Help: "Where its resource manager appears inside: `/dev/tpmrm0`."),
    ])
    { Group = "device-conf", Required = "for containers" };
}
