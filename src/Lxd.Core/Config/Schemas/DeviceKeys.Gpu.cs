namespace Lxd.Core.Config.Schemas;

public static partial class DeviceKeys
{
    /// <summary>Keys of a device gpu-physical.</summary>
    public static ConfigSchema GpuPhysical { get; } = new("device-gpu-physical",
    [
        new("gid", "integer", "0", "Group id of the device nodes inside.") { Condition = "container" },
        new("id", Help: "Number of the card under `/dev/dri`."),
        new("mode", "integer", "0660", "Mode of the device nodes inside, in octal.") { Condition = "container" },
        new("pci", Help: "PCI address of the card: `0000:01:00.0`."),
        new("productid", Help: "Product id of the card, in hexadecimal."),
        new("uid", "integer", "0", "User id of the device nodes inside.") { Condition = "container" },
        new("vendorid", Help: "Vendor id of the card, in hexadecimal."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device gpu-mdev.</summary>
    public static ConfigSchema GpuMdev { get; } = new("device-gpu-mdev",
    [
        new("id", Help: "Number of the card under `/dev/dri`."),
        new("mdev", "string", "0", "Profile of the virtual GPU that is made on the card.") { Required = "yes" },
        new("pci", Help: "PCI address of the card: `0000:01:00.0`."),
        new("productid", Help: "Product id of the card, in hexadecimal."),
        new("vendorid", Help: "Vendor id of the card, in hexadecimal."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device gpu-mig.</summary>
    public static ConfigSchema GpuMig { get; } = new("device-gpu-mig",
    [
        new("id", Help: "Number of the card under `/dev/dri`."),
        new("mig.ci", "integer", Help: "Compute instance of the card's partition."),
        new("mig.gi", "integer", Help: "GPU instance of the card's partition."),
        new("mig.uuid", Help: "UUID of the partition, in place of the two numbers."),
        new("pci", Help: "PCI address of the card: `0000:01:00.0`."),
        new("productid", Help: "Product id of the card, in hexadecimal."),
        new("vendorid", Help: "Vendor id of the card, in hexadecimal."),
    ])
    { Group = "device-conf" };

    /// <summary>Keys of a device gpu-sriov.</summary>
    public static ConfigSchema GpuSriov { get; } = new("device-gpu-sriov",
    [
        new("id", Help: "Number of the card under `/dev/dri`."),
        new("pci", Help: "PCI address of the card: `0000:01:00.0`."),
        new("productid", Help: "Product id of the card, in hexadecimal."),
        new("vendorid", Help: "Vendor id of the card, in hexadecimal."),
    ])
    { Group = "device-conf" };
}
