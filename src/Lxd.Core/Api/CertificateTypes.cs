using System.Text.Json.Serialization;

namespace Lxd.Core.Api;

public sealed record Certificate
{
    [JsonPropertyName("certificate")]
    public string CertificateValue { get; set; } = "";
    public string Fingerprint { get; set; } = "";
    public string Name { get; set; } = "";
    public List<string> Projects { get; set; } = [];
    public bool Restricted { get; set; }
    public string Type { get; set; } = "";
}

public sealed record CertificateAddToken
{
    public List<string> Addresses { get; set; } = [];
    public string ClientName { get; set; } = "";
    public DateTime ExpiresAt { get; set; }
    public string Fingerprint { get; set; } = "";
    public string Secret { get; set; } = "";
    public string Type { get; set; } = "";
}

public sealed record CertificatePut
{
    public string Certificate { get; set; } = "";
    public string Name { get; set; } = "";
    public List<string> Projects { get; set; } = [];
    public bool Restricted { get; set; }
    public string Type { get; set; } = "";
}

public sealed record CertificatesPost
{
    public string Certificate { get; set; } = "";
    public string Name { get; set; } = "";
    public string Password { get; set; } = "";
    public List<string> Projects { get; set; } = [];
    public bool Restricted { get; set; }
    public bool Token { get; set; }
    public string TrustToken { get; set; } = "";
    public string Type { get; set; } = "";
}
