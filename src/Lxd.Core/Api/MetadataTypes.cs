namespace Lxd.Core.Api;

public sealed record MetadataConfiguration
{
    public Dictionary<string, Dictionary<string, MetadataConfigurationConfigKeys>> Configs { get; set; } = [];
    public Dictionary<string, MetadataConfigurationEntity> Entities { get; set; } = [];
}

public sealed record MetadataConfigurationConfigKey
{
    public string Condition { get; set; } = "";
    public string Defaultdesc { get; set; } = "";
    public string Longdesc { get; set; } = "";
    public string Managed { get; set; } = "";
    public string Required { get; set; } = "";
    public string Scope { get; set; } = "";
    public string Shortdesc { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record MetadataConfigurationConfigKeys
{
    public List<Dictionary<string, MetadataConfigurationConfigKey>> Keys { get; set; } = [];
}

public sealed record MetadataConfigurationEntity
{
    public List<MetadataConfigurationEntityEntitlement> Entitlements { get; set; } = [];
    public bool ProjectSpecific { get; set; }
}

public sealed record MetadataConfigurationEntityEntitlement
{
    public string Description { get; set; } = "";
    public string Name { get; set; } = "";
}
