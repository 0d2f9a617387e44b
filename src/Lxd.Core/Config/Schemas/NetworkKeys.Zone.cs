namespace Lxd.Core.Config.Schemas;

public static partial class NetworkKeys
{
    /// <summary>Keys of a DNS zone.</summary>
    public static ConfigSchema Zone { get; } = new("network-zone",
    [
        new("dns.nameservers", "string set", Help: "Names of the servers that serve the zone to the world, separated by commas: its NS records."),
        new("network.nat", "bool", "true", "Whether addresses behind NAT are among the records."),
        new("peers.*.address", Help: "Address of a name server that may have the zone. Unset: any, with the key.", Check: Checks.Address) { Star = "NAME" },
        new("peers.*.key", Help: "Secret of a TSIG key in base64, with which the name server asks for the zone; the key is called `ZONE_NAME.`. Unset: none is asked for.") { Star = "NAME" },
        new("user.*", Help: "Anything you want to keep with the zone. It does nothing."),
    ])
    { Group = "config-options" };
}
