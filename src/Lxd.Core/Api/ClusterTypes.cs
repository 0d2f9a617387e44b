namespace Lxd.Core.Api;

public sealed record Cluster
{
    public bool Enabled { get; set; }
    public List<ClusterMemberConfigKey> MemberConfig { get; set; } = [];
    public string ServerName { get; set; } = "";
}

public sealed record ClusterCertificatePut
{
    public string ClusterCertificate { get; set; } = "";
    public string ClusterCertificateKey { get; set; } = "";
}

public sealed record ClusterGroup
{
    public string Description { get; set; } = "";
    public List<string> Members { get; set; } = [];
    public string Name { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record ClusterGroupPost
{
    public string Name { get; set; } = "";
}

public sealed record ClusterGroupPut
{
    public string Description { get; set; } = "";
    public List<string> Members { get; set; } = [];
}

public sealed record ClusterGroupsPost
{
    public string Description { get; set; } = "";
    public List<string> Members { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record ClusterLink
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Type { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record ClusterLinkCertificate
{
    public string Certificate { get; set; } = "";
    public string Fingerprint { get; set; } = "";
}

public sealed record ClusterLinkMemberState
{
    public string Address { get; set; } = "";
    public string ServerName { get; set; } = "";
    public string Status { get; set; } = "";
}

public sealed record ClusterLinkPost
{
    public string Name { get; set; } = "";
}

public sealed record ClusterLinkPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record ClusterLinkState
{
    public List<ClusterLinkMemberState> ClusterLinkMembers { get; set; } = [];
}

public sealed record ClusterLinksPost
{
    public List<string> AuthGroups { get; set; } = [];
    public string ClusterCertificate { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string RemoteAddress { get; set; } = "";
    public string TrustToken { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record ClusterMember
{
    public string Architecture { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public bool Database { get; set; }
    public string Description { get; set; } = "";
    public string FailureDomain { get; set; } = "";
    public List<string> Groups { get; set; } = [];
    public string Message { get; set; } = "";
    public List<string> Roles { get; set; } = [];
    public string ServerName { get; set; } = "";
    public string Status { get; set; } = "";
    public string Url { get; set; } = "";
}

public sealed record ClusterMemberConfigKey
{
    public string Description { get; set; } = "";
    public string Entity { get; set; } = "";
    public string Key { get; set; } = "";
    public string Name { get; set; } = "";
    public string Value { get; set; } = "";
}

public sealed record ClusterMemberJoinToken
{
    public List<string> Addresses { get; set; } = [];
    public DateTime ExpiresAt { get; set; }
    public string Fingerprint { get; set; } = "";
    public string Secret { get; set; } = "";
    public string ServerName { get; set; } = "";
}

public sealed record ClusterMemberPost
{
    public string ServerName { get; set; } = "";
}

public sealed record ClusterMemberPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string FailureDomain { get; set; } = "";
    public List<string> Groups { get; set; } = [];
    public List<string> Roles { get; set; } = [];
}

public sealed record ClusterMemberState
{
    public Dictionary<string, StoragePoolState> StoragePools { get; set; } = [];
    public ClusterMemberSysInfo Sysinfo { get; set; } = new();
}

public sealed record ClusterMemberStatePost
{
    public string Action { get; set; } = "";
    public bool Force { get; set; }
    public string Mode { get; set; } = "";
}

public sealed record ClusterMemberSysInfo
{
    public ulong BufferedRam { get; set; }
    public ulong FreeRam { get; set; }
    public ulong FreeSwap { get; set; }
    public List<double> LoadAverages { get; set; } = [];
    public ulong LogicalCpus { get; set; }
    public ushort Processes { get; set; }
    public ulong SharedRam { get; set; }
    public ulong TotalRam { get; set; }
    public ulong TotalSwap { get; set; }
    public long Uptime { get; set; }
}

public sealed record ClusterMembersPost
{
    public string ServerName { get; set; } = "";
}

public sealed record ClusterPut
{
    public string ClusterAddress { get; set; } = "";
    public string ClusterCertificate { get; set; } = "";
    public string ClusterToken { get; set; } = "";
    public bool Enabled { get; set; }
    public List<ClusterMemberConfigKey> MemberConfig { get; set; } = [];
    public string ServerAddress { get; set; } = "";
    public string ServerName { get; set; } = "";
}
