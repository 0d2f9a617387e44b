namespace Lxd.Core.Config.Schemas;

/// <summary>What things have beside their configuration: members of their own in the API, told in the reference like keys.</summary>
public static class PropertyKeys
{
    public static ConfigSchema Instance { get; } = new("instance-property",
    [
        new("architecture", Help: "Architecture of the instance's programs. Unset: that of the image.") { ReadOnly = "no" },
        new("name", Help: "Name of the instance: letters, digits and dashes, a letter first, 63 characters at most. It is the host name inside.") { ReadOnly = "yes" },
    ])
    { Group = "instance-conf" };
}
