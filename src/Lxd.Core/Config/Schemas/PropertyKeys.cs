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

    /// <summary>Of a record that a user adds to a DNS zone.</summary>
    public static ConfigSchema ZoneRecord { get; } = new("network-zone",
    [
        new("config", "string set", Help: "Anything you want to keep with the record, in keys `user.*`."),
        new("description", Help: "Words about the record."),
        new("entries", "entry list", Help: "What the name has: entries with a type, a value as a zone file has it, and seconds to live."),
        new("name", Help: "Name of the record within the zone; `@` for the zone itself.") { Required = "yes" },
    ])
    { Group = "record-properties" };
}
