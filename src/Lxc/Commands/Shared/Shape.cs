namespace Lxc.Commands.Shared;

/// <summary>The members of a thing.</summary>
/// <param name="Editable">Those PUT takes.</param>
/// <param name="Shown">Those <c>show</c> prints, in their order.</param>
internal sealed record Shape(string[] Editable, string[] Shown)
{
    public static Shape Server { get; } = new(["config"], ["config"]);

    public static Shape Instance { get; } = new(["architecture", "config", "devices", "ephemeral", "profiles", "stateful", "description"], ["architecture", "config", "devices", "ephemeral", "profiles", "stateful", "description"]);

    public static Shape InstanceSnapshot { get; } = new(
        ["expires_at"],
        ["expires_at", "architecture", "config", "created_at", "devices", "ephemeral", "expanded_config", "expanded_devices", "last_used_at", "name", "profiles", "stateful", "size"]);

    public static Shape Profile { get; } = new(["config", "description", "devices"], ["config", "description", "devices", "name", "used_by", "project"]);

    public static Shape Project { get; } = new(["config", "description"], ["config", "description", "name", "used_by"]);

    public static Shape Network { get; } = new(["config", "description"], ["config", "description", "name", "type", "used_by", "managed", "status", "locations", "project"]);

    public static Shape Pool { get; } = new(["config", "description"], ["config", "description", "name", "driver", "used_by", "status", "locations"]);

    public static Shape Volume { get; } = new(["config", "description"], ["config", "description", "name", "type", "pool", "used_by", "location", "content_type", "project", "created_at"]);

    public static Shape VolumeSnapshot { get; } = new(["description", "expires_at"], ["description", "expires_at", "name", "config", "content_type", "created_at"]);

    public static Shape AuthGroup { get; } = new(["description", "permissions"], ["name", "description", "permissions", "identities", "identity_provider_groups"]);

    public static Shape ProviderGroup { get; } = new(["groups"], ["name", "groups"]);

    public static Shape Identity { get; } = new(["groups", "tls_certificate"], ["authentication_method", "type", "id", "name", "groups", "tls_certificate", "expires_at"]);

    public static Shape CurrentIdentity { get; } = new([], [.. Identity.Shown, "effective_groups", "effective_permissions", "fine_grained"]);

    public static Shape Session { get; } = new([], ["uuid", "email", "username", "ip", "user_agent", "created_at", "expires_at"]);

    public bool HasConfig => Editable.Contains("config");
}
