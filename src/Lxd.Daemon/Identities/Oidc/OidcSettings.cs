namespace Lxd.Daemon.Identities.Oidc;

/// <summary>The identity provider and how we are known to it: the keys <c>oidc.*</c>.</summary>
internal sealed record OidcSettings(string Issuer, string ClientId, string ClientSecret, string DeviceClientId, string Audience, string Scopes, string GroupsClaim, string SessionExpiry)
{
    /// <summary>All keys it is made of.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["oidc.audience", "oidc.client.id", "oidc.client.secret", "oidc.device.client.id", "oidc.groups.claim", "oidc.issuer", "oidc.scopes", "oidc.session.expiry"];

    /// <param name="value">The value of a key.</param>
    /// <returns>Null where OIDC is not set up.</returns>
    public static OidcSettings? Read(Func<string, string> value) => value("oidc.issuer").Length == 0 || value("oidc.client.id").Length == 0 ? null : new(
        value("oidc.issuer"),
        value("oidc.client.id"),
        value("oidc.client.secret"),
        value("oidc.device.client.id") is { Length: > 0 } device ? device : value("oidc.client.id"),
        value("oidc.audience"),
        value("oidc.scopes"),
        value("oidc.groups.claim"),
        value("oidc.session.expiry"));
}
