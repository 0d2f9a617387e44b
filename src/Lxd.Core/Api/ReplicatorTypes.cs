namespace Lxd.Core.Api;

public sealed record Replicator
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public DateTime LastRunAt { get; set; }
    public string LastRunStatus { get; set; } = "";
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
}

public sealed record ReplicatorPost
{
    public string Name { get; set; } = "";
}

public sealed record ReplicatorPut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
}

public sealed record ReplicatorState
{
    public string Status { get; set; } = "";
}

public sealed record ReplicatorStatePut
{
    public string Action { get; set; } = "";
}

public sealed record ReplicatorsPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
}
