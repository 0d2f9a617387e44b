namespace Lxd.Core.Api;

public sealed record InstancesPost
{
    public string Architecture { get; set; } = "";
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public bool Ephemeral { get; set; }
    public string InstanceType { get; set; } = "";
    public string Name { get; set; } = "";
    public List<string> Profiles { get; set; } = [];
    public string Restore { get; set; } = "";
    public string RestoreDiskVolumesMode { get; set; } = "";
    public InstanceSource Source { get; set; } = new();
    public bool Start { get; set; }
    public bool Stateful { get; set; }
    public string Type { get; set; } = "";
}

public sealed record InstancesPut
{
    public InstanceStatePut State { get; set; } = new();
}
