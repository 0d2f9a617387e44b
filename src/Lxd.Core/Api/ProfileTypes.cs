namespace Lxd.Core.Api;

public sealed record Profile
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public string Name { get; set; } = "";
    public string Project { get; set; } = "";
    public List<string> UsedBy { get; set; } = [];
}

public sealed record ProfilePost
{
    public string Name { get; set; } = "";
}

public sealed record ProfilePut
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
}

public sealed record ProfilesPost
{
    public Dictionary<string, string> Config { get; set; } = [];
    public string Description { get; set; } = "";
    public Dictionary<string, Dictionary<string, string>> Devices { get; set; } = [];
    public string Name { get; set; } = "";
}
