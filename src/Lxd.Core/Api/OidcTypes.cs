namespace Lxd.Core.Api;

public sealed record OIDCSession
{
    public DateTime CreatedAt { get; set; }
    public string Email { get; set; } = "";
    public DateTime ExpiresAt { get; set; }
    public string Ip { get; set; } = "";
    public string UserAgent { get; set; } = "";
    public string Username { get; set; } = "";
    public string Uuid { get; set; } = "";
}
