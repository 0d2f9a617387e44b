namespace Lxd.Core.Api;

public sealed record IdentitiesBearerPost
{
    public List<string> Groups { get; set; } = [];
    public string Name { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record IdentitiesTLSPost
{
    public string Certificate { get; set; } = "";
    public List<string> Groups { get; set; } = [];
    public string Name { get; set; } = "";
    public bool Token { get; set; }
    public string TrustToken { get; set; } = "";
}
