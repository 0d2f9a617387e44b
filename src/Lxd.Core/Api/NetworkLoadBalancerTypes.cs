namespace Lxd.Core.Api;

public sealed record NetworkLoadBalancer
{
    public List<NetworkLoadBalancerBackend> Backends { get; set; } = [];
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string ListenAddress { get; set; } = "";
    public string Location { get; set; } = "";
    public List<NetworkLoadBalancerPort> Ports { get; set; } = [];
}

public sealed record NetworkLoadBalancerBackend
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public string TargetAddress { get; set; } = "";
    public string TargetPort { get; set; } = "";
}

public sealed record NetworkLoadBalancerPool
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkLoadBalancerPoolInstance> Instances { get; set; } = [];
    public string Name { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record NetworkLoadBalancerPoolInstance
{
    public string Name { get; set; } = "";
    public string TargetPort { get; set; } = "";
}

public sealed record NetworkLoadBalancerPoolPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkLoadBalancerPoolInstance> Instances { get; set; } = [];
}

public sealed record NetworkLoadBalancerPoolState
{
    public List<NetworkLoadBalancerPoolTarget> Targets { get; set; } = [];
}

public sealed record NetworkLoadBalancerPoolTarget
{
    public string Address { get; set; } = "";
    public string Device { get; set; } = "";
    public string ListenAddress { get; set; } = "";
    public string ListenPort { get; set; } = "";
    public string Name { get; set; } = "";
    public string Port { get; set; } = "";
    public string Status { get; set; } = "";
}

public sealed record NetworkLoadBalancerPoolsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkLoadBalancerPoolInstance> Instances { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record NetworkLoadBalancerPort
{
    public string Description { get; set; } = "";
    public string ListenPort { get; set; } = "";
    public string Protocol { get; set; } = "";
    public List<string> TargetBackend { get; set; } = [];
    public string TargetPool { get; set; } = "";
}

public sealed record NetworkLoadBalancerPut
{
    public List<NetworkLoadBalancerBackend> Backends { get; set; } = [];
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public List<NetworkLoadBalancerPort> Ports { get; set; } = [];
}

public sealed record NetworkLoadBalancersPost
{
    public List<NetworkLoadBalancerBackend> Backends { get; set; } = [];
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string ListenAddress { get; set; } = "";
    public List<NetworkLoadBalancerPort> Ports { get; set; } = [];
}
