namespace Lxd.Storage;

/// <summary>What a volume holds; the numbers are those of the database.</summary>
public enum VolumeType
{
    Container = 0,
    Image = 1,
    Custom = 2,
    VirtualMachine = 3,
}

/// <summary>How a volume is used; the numbers are those of the database.</summary>
public enum ContentType
{
    Filesystem = 0,
    Block = 1,
    Iso = 2,
}

/// <summary>The words of the API for <see cref="VolumeType"/> and <see cref="ContentType"/>.</summary>
public static class VolumeWords
{
    public static string Word(this VolumeType type) => type switch
    {
        VolumeType.Container => "container",
        VolumeType.Image => "image",
        VolumeType.Custom => "custom",
        _ => "virtual-machine",
    };

    public static string Word(this ContentType type) => type switch
    {
        ContentType.Filesystem => "filesystem",
        ContentType.Block => "block",
        _ => "iso",
    };

    public static VolumeType? TypeOf(string word) => word switch
    {
        "container" => VolumeType.Container,
        "image" => VolumeType.Image,
        "custom" => VolumeType.Custom,
        "virtual-machine" => VolumeType.VirtualMachine,
        _ => null,
    };

    /// <summary>How the volume of an instance of some type is used, and that of an image for it.</summary>
    public static ContentType ContentFor(bool container) => container ? ContentType.Filesystem : ContentType.Block;

    public static ContentType? ContentOf(string word) => word switch
    {
        "" or "filesystem" => ContentType.Filesystem,
        "block" => ContentType.Block,
        "iso" => ContentType.Iso,
        _ => null,
    };
}
