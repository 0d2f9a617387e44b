namespace Lxd.Daemon.Identities.Oidc;

/// <summary>What an identity provider gave for a login; empty where it gave none.</summary>
internal sealed record OidcTokens(string IdToken, string AccessToken, string RefreshToken);
