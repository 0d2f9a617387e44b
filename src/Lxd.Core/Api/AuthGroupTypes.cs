namespace Lxd.Core.Api;

public sealed record AuthGroup
{
    public string Description { get; set; } = "";
    public Dictionary<string, List<string>> Identities { get; set; } = [];
    public List<string> IdentityProviderGroups { get; set; } = [];
    public string Name { get; set; } = "";
    public List<Permission> Permissions { get; set; } = [];
}

public sealed record AuthGroupPost
{
    public string Name { get; set; } = "";
}

public sealed record AuthGroupPut
{
    public string Description { get; set; } = "";
    public List<Permission> Permissions { get; set; } = [];
}

public sealed record AuthGroupsPost
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
    public List<Permission> Permissions { get; set; } = [];
}
