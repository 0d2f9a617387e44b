namespace Lxd.Daemon.Identities.Oidc;

/// <summary>A login through the identity provider that still holds.</summary>
/// <param name="Id">A UUID of version 7: it tells when the session began.</param>
internal sealed record SessionRecord(Guid Id, string Email, string Name, OidcTokens Tokens, string Ip, string UserAgent, DateTime Expires)
{
    public DateTime Created => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(Id.ToString("N")[..12], 16)).UtcDateTime;
}
