namespace Lxd.Core.Api;

public sealed record NetworkForward
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string ListenAddress { get; set; } = "";
    public string Location { get; set; } = "";
    public List<NetworkForwardPort> Ports { get; set; } = [];
}

public sealed record NetworkForwardPort
{
    public string Description { get; set; } = "";
    public string ListenPort { get; set; } = "";
    public string Protocol { get; set; } = "";
    public string TargetAddress { get; set; } = "";
    public string TargetPort { get; set; } = "";
}

public sealed record NetworkForwardPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkForwardPort> Ports { get; set; } = [];
}

public sealed record NetworkForwardsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string ListenAddress { get; set; } = "";
    public List<NetworkForwardPort> Ports { get; set; } = [];
}
