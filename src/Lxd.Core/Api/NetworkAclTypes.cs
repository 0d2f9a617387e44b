namespace Lxd.Core.Api;

public sealed record NetworkACL
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkACLRule> Egress { get; set; } = [];
    public List<NetworkACLRule> Ingress { get; set; } = [];
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record NetworkACLPost
{
    public string Name { get; set; } = "";
}

public sealed record NetworkACLPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkACLRule> Egress { get; set; } = [];
    public List<NetworkACLRule> Ingress { get; set; } = [];
}

public sealed record NetworkACLRule
{
    public string Action { get; set; } = "";
    public string Description { get; set; } = "";
    public string Destination { get; set; } = "";
    public string DestinationPort { get; set; } = "";
    public string IcmpCode { get; set; } = "";
    public string IcmpType { get; set; } = "";
    public string Protocol { get; set; } = "";
    public string Source { get; set; } = "";
    public string SourcePort { get; set; } = "";
    public string State { get; set; } = "";
}

public sealed record NetworkACLsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkACLRule> Egress { get; set; } = [];
    public List<NetworkACLRule> Ingress { get; set; } = [];
    public string Name { get; set; } = "";
}
