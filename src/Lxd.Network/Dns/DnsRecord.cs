namespace Lxd.Network.Dns;

/// <summary>A record of a zone.</summary>
/// <param name="Name">Its whole name, without the dot at the end.</param>
/// <param name="Value">As a zone file would have it.</param>
public sealed record DnsRecord(string Name, string Type, uint Ttl, string Value);

/// <summary>Who may have a zone: from an address, with a key, or both.</summary>
/// <param name="Key">In base64; empty for none.</param>
public sealed record DnsPeer(string Name, string Address, string Key);

/// <summary>A zone as it is at the moment.</summary>
/// <param name="Records">All but the SOA record.</param>
public sealed record DnsZone(string Name, string PrimaryServer, IReadOnlyList<DnsPeer> Peers, IReadOnlyList<DnsRecord> Records)
{
    public const int SoaTtl = 3600;
    public const int RecordTtl = 300;
}
