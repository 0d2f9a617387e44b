namespace Lxd.Daemon.Networks;

/// <summary>A managed network as the database has it.</summary>
internal sealed record NetworkRecord(long Id, string Project, string Name, string Type, string Description, Dictionary<string, string> Config)
{
    /// <summary>URLs of what refers to it.</summary>
    public List<string> UsedBy { get; init; } = [];
}

/// <summary>A NIC of an instance on a network.</summary>
/// <param name="Ipv4">Its static address, or the one it was given for as long as it runs; empty for none.</param>
internal sealed record NetworkNic(string Project, string Instance, string Device, string Hwaddr, string Ipv4, string Ipv6)
{
    /// <summary>Where two claim the same, the instance that was there first has it.</summary>
    public long InstanceId { get; init; }
}
