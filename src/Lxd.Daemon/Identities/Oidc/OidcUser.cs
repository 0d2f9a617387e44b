namespace Lxd.Daemon.Identities.Oidc;

/// <summary>Somebody an identity provider vouches for.</summary>
/// <param name="Subject">What the provider knows him by, for good.</param>
internal sealed record OidcUser(string Subject, string Email, string Name, IReadOnlyList<string> Groups);
