namespace Lxd.Core.Config.Schemas;

public static partial class DeviceKeys
{
    /// <summary>Keys of a device unix-block.</summary>
    public static ConfigSchema UnixBlock { get; } = new("device-unix-block",
    [
        new("gid", "integer", "0", "Group id of the node inside."),
        new("major", "integer", Help: "Major number of the device. Unset: that of the host's node.") { DefaultText = "device on host" },
        new("minor", "integer", Help: "Minor number of the device. Unset: that of the host's node.") { DefaultText = "device on host" },
        new("mode", "integer", "0660", "Mode of the node inside, in octal."),
        new("path", Help: "Where the node appears inside. Unset: the same as `source`.") { Required = "either `source` or `path` must be set" },
        new("required", "bool", "true", "Whether the instance fails to start where the device is missing. Otherwise it is added when it comes."),
        new("source", Help: "Device node to take from the host. Unset: the same as `path`.") { Required = "either `source` or `path` must be set" },
        new("uid", "integer", "0", "User id of the node inside."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device unix-char.</summary>
    public static ConfigSchema UnixChar { get; } = new("device-unix-char",
    [
        new("gid", "integer", "0", "Group id of the node inside."),
        new("major", "integer", Help: "Major number of the device. Unset: that of the host's node.") { DefaultText = "device on host" },
        new("minor", "integer", Help: "Minor number of the device. Unset: that of the host's node.") { DefaultText = "device on host" },
        new("mode", "integer", "0660", "Mode of the node inside, in octal."),
        new("path", Help: "Where the node appears inside. Unset: the same as `source`.") { Required = "either `source` or `path` must be set" },
        new("required", "bool", "true", "Whether the instance fails to start where the device is missing. Otherwise it is added when it comes."),
        new("source", Help: "Device node to take from the host. Unset: the same as `path`.") { Required = "either `source` or `path` must be set" },
        new("uid", "integer", "0", "User id of the node inside."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device unix-hotplug.</summary>
    public static ConfigSchema UnixHotplug { get; } = new("device-unix-hotplug",
    [
        new("gid", "integer", "0", "Group id of the nodes inside."),
        new("mode", "integer", "0660", "Mode of the nodes inside, in octal."),
        new("ownership.inherit", "bool", "false", "Whether owner and mode are those of the host's nodes."),
        new("productid", Help: "Product id of the device, in hexadecimal."),
        new("required", "bool", "false", "Whether the instance fails to start where the device is missing."),
        new("subsystem", Help: "Kernel subsystem the device is of, such as `input` or `tty`."),
        new("uid", "integer", "0", "User id of the nodes inside."),
        new("vendorid", Help: "Vendor id of the device, in hexadecimal."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device unix-usb.</summary>
    public static ConfigSchema UnixUsb { get; } = new("device-unix-usb",
    [
        new("busnum", "int", Help: "Number of the bus the device is on."),
        new("devnum", "int", Help: "Number of the device on its bus."),
        new("gid", "integer", "0", "Group id of the node inside.") { Condition = "container" },
        new("mode", "integer", "0660", "Mode of the node inside, in octal.") { Condition = "container" },
        new("productid", Help: "Product id of the device, in hexadecimal."),
        new("required", "bool", "false", "Whether the instance fails to start where the device is missing. Otherwise it is added when it comes."),
        new("serial", Help: "Serial number of the device."),
        new("uid", "integer", "0", "User id of the node inside.") { Condition = "container" },
        new("vendorid", Help: "Vendor id of the device, in hexadecimal."),
    ])
    { Group = "device-conf" };
}
