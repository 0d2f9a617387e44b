namespace Lxd.Core.Api;

public sealed record Permission
{
    public string Entitlement { get; set; } = "";
    public string EntityType { get; set; } = "";
    public string Url { get; set; } = "";
}

public sealed record PermissionInfo
{
    public string Entitlement { get; set; } = "";
    public string EntityType { get; set; } = "";
    public List<string> Groups { get; set; } = [];
    public string Url { get; set; } = "";
}
