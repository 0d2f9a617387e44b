using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record Identity
{
    public string AuthenticationMethod { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? ExpiresAt { get; set; }
    public List<string> Groups { get; set; } = [];
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    public string TlsCertificate { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record IdentityBearerToken
{
    public string Token { get; set; } = "";
}

public sealed record IdentityBearerTokenPost
{
    public string Expiry { get; set; } = "";
}

public sealed record IdentityInfo
{
    public string AuthenticationMethod { get; set; } = "";
    public List<string> EffectiveGroups { get; set; } = [];
    public List<Permission> EffectivePermissions { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? ExpiresAt { get; set; }
    public bool FineGrained { get; set; }
    public List<string> Groups { get; set; } = [];
    public string Id { get; set; } = "";
    public string Name { get; set; } = "";
    public string TlsCertificate { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record IdentityProviderGroup
{
    public List<string> Groups { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record IdentityProviderGroupPost
{
    public string Name { get; set; } = "";
}

public sealed record IdentityProviderGroupPut
{
    public List<string> Groups { get; set; } = [];
}

public sealed record IdentityProviderGroupsPost
{
    public List<string> Groups { get; set; } = [];
    public string Name { get; set; } = "";
}

public sealed record IdentityPut
{
    public List<string> Groups { get; set; } = [];
    public string TlsCertificate { get; set; } = "";
}
