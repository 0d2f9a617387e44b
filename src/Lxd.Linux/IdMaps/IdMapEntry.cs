namespace Lxd.Linux.IdMaps;

/// <summary>One range of a user namespace: ids from <paramref name="InnerId"/> inside are ids from <paramref name="HostId"/> on the host.</summary>
public readonly record struct IdMapEntry(bool Users, bool Groups, long HostId, long InnerId, long Count);
