namespace Lxd.Core.Config.Schemas;

public static partial class InstanceKeys
{
    /// <summary>What the server keeps for itself.</summary>
    private static IEnumerable<ConfigKey> Volatile => ConfigSchema.InGroup("volatile",
    [
        new("volatile.*.apply_quota", Help: "Size the root disk gets at the next start.") { Star = "<name>" },
        new("volatile.*.bus", "integer", Help: "Place of the device on the bus of a virtual machine, kept so that it stays the same.") { Star = "<name>" },
        new("volatile.*.ceph_rbd", Help: "Device of the host that a Ceph disk was mapped to.") { Star = "<name>" },
        new("volatile.*.devlxd.owner", Help: "Identity that attached the device from inside an instance.") { Star = "<name>" },
        new("volatile.*.host_name", Help: "What the host's end is called.") { Star = "<name>" },
        new("volatile.*.hwaddr", Help: "MAC address made for the interface, where its device names none.") { Star = "<name>" },
        new("volatile.*.last_state.created", "bool", Help: "Whether the interface on the host was made by the server and goes with the instance.") { Star = "<name>" },
        new("volatile.*.last_state.hwaddr", Help: "MAC address the host's interface had before it was handed to the instance.") { Star = "<name>" },
        new("volatile.*.last_state.mtu", Help: "MTU the host's interface had before it was handed to the instance.") { Star = "<name>" },
        new("volatile.*.last_state.vdpa.name", Help: "Name of the vDPA device made for the interface.") { Star = "<name>" },
        new("volatile.*.last_state.vf.hwaddr", Help: "MAC address the virtual function had before it was handed to the instance.") { Star = "<name>" },
        new("volatile.*.last_state.vf.id", Help: "Number of the virtual function the interface uses.") { Star = "<name>" },
        new("volatile.*.last_state.vf.spoofcheck",
            Help: "Whether the virtual function checked for spoofed addresses before it was handed to the instance.") { Star = "<name>" },
        new("volatile.*.last_state.vf.vlan", Help: "VLAN the virtual function had before it was handed to the instance.") { Star = "<name>" },
        new("volatile.apply_nvram", "bool", Help: "Whether the firmware settings of a virtual machine are made anew at the next start."),
        new("volatile.apply_template", Help: "Which templates the next start fills in: those of a create, a copy or a rename."),
        new("volatile.attached_volumes", Help: "Volumes that were attached when the snapshot was made, as JSON.") { Condition = "snapshot" },
        new("volatile.base_image", Help: "Fingerprint of the image the instance was made from."),
        new("volatile.bus.mode", Help: "Layout of the bus of a virtual machine."),
        new("volatile.cloud-init.instance-id", Help: "Instance id that cloud-init sees; a new one has it run again."),
        new("volatile.cluster.group", Help: "Cluster group the instance was first placed in."),
        new("volatile.evacuate.origin", Help: "Cluster member that was evacuated and gets the instance back."),
        new("volatile.idmap.base", "integer", Help: "First host id of the range the container has.") { Condition = "container" },
        new("volatile.idmap.current", Help: "Id map the container runs with, as JSON.") { Condition = "container" },
        new("volatile.idmap.next", Help: "Id map the container gets at its next start, as JSON.") { Condition = "container" },
        new("volatile.last_state.idmap",
            Help: "Id map the files of the container are shifted by, as JSON; empty where they are not shifted on disk.") { Condition = "container" },
        new("volatile.last_state.power", Help: "State when the daemon last saw it, by which it is started again."),
        new("volatile.uuid", Help: "UUID of the instance, which is its own among all servers."),
        new("volatile.uuid.generation", Help: "UUID that changes whenever the instance goes back in time, as by a restore."),
        new("volatile.vsock_id", Help: "Number of the virtual machine on the virtual socket its agent listens on."),
        new("volatile.*", Help: "Kept by the server about the instance."),
    ]);
}
