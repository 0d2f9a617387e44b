namespace Lxd.Core.Api;

public sealed record NetworkPeer
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string Status { get; set; } = "";
    public string TargetNetwork { get; set; } = "";
    public string TargetProject { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record NetworkPeerPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record NetworkPeersPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string TargetNetwork { get; set; } = "";
    public string TargetProject { get; set; } = "";
}
