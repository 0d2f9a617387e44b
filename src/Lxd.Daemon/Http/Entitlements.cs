namespace Lxd.Daemon.Http;

/// <summary>What may be granted on each kind of thing.</summary>
internal static class Entitlements
{
    /// <summary>Kind, whether it belongs to a project, and what may be granted.</summary>
    public static IReadOnlyList<(string Entity, bool InProject, string[] Names)> All { get; } =
    [
        ("certificate", false, ["can_view", "can_edit", "can_delete"]),
        ("cluster_link", false, ["can_view", "can_edit", "can_delete"]),
        ("group", false, ["can_view", "can_edit", "can_delete"]),
        ("identity", false, ["can_view", "can_edit", "can_delete"]),
        ("identity_provider_group", false, ["can_view", "can_edit", "can_delete"]),
        ("image", true, ["can_edit", "can_delete", "can_view"]),
        ("image_alias", true, ["can_edit", "can_delete", "can_view"]),
        ("instance", true, ["user", "operator", "can_edit", "can_delete", "can_view", "can_update_state", "can_manage_snapshots", "can_manage_backups", "can_connect_sftp", "can_access_files", "can_access_console", "can_exec"]),
        ("network", true, ["can_edit", "can_delete", "can_view"]),
        ("network_acl", true, ["can_edit", "can_delete", "can_view"]),
        ("network_zone", true, ["can_edit", "can_delete", "can_view"]),
        ("placement_group", true, ["can_edit", "can_delete", "can_view"]),
        ("profile", true, ["can_edit", "can_delete", "can_view"]),
        ("project", false, ["operator", "viewer", "can_view", "can_edit", "can_delete", "image_manager", "can_create_images", "can_view_images", "can_edit_images", "can_delete_images", "image_alias_manager", "can_create_image_aliases", "can_view_image_aliases", "can_edit_image_aliases", "can_delete_image_aliases", "instance_manager", "can_create_instances", "can_view_instances", "can_edit_instances", "can_delete_instances", "can_operate_instances", "network_manager", "can_create_networks", "can_view_networks", "can_edit_networks", "can_delete_networks", "network_acl_manager", "can_create_network_acls", "can_view_network_acls", "can_edit_network_acls", "can_delete_network_acls", "network_zone_manager", "can_create_network_zones", "can_view_network_zones", "can_edit_network_zones", "can_delete_network_zones", "profile_manager", "can_create_profiles", "can_view_profiles", "can_edit_profiles", "can_delete_profiles", "storage_volume_manager", "can_create_storage_volumes", "can_view_storage_volumes", "can_edit_storage_volumes", "can_delete_storage_volumes", "storage_bucket_manager", "can_create_storage_buckets", "can_view_storage_buckets", "can_edit_storage_buckets", "can_delete_storage_buckets", "placement_group_manager", "can_create_placement_groups", "can_view_placement_groups", "can_edit_placement_groups", "can_delete_placement_groups", "replicator_manager", "can_create_replicators", "can_view_replicators", "can_edit_replicators", "can_delete_replicators", "can_view_operations", "can_view_events", "can_view_metrics"]),
        ("replicator", true, ["can_edit", "can_delete", "can_view"]),
        ("server", false, ["admin", "viewer", "can_edit", "permission_manager", "can_view_permissions", "can_create_identities", "can_view_identities", "can_edit_identities", "can_delete_identities", "can_create_groups", "can_view_groups", "can_edit_groups", "can_delete_groups", "can_create_identity_provider_groups", "can_view_identity_provider_groups", "can_edit_identity_provider_groups", "can_delete_identity_provider_groups", "storage_pool_manager", "can_create_storage_pools", "can_edit_storage_pools", "can_delete_storage_pools", "project_manager", "can_create_projects", "can_view_projects", "can_edit_projects", "can_delete_projects", "can_override_cluster_target_restriction", "can_view_events", "can_view_operations", "can_view_resources", "can_view_metrics", "can_view_warnings", "can_view_unmanaged_networks", "can_create_cluster_links", "can_view_cluster_links", "can_edit_cluster_links", "can_delete_cluster_links"]),
        ("storage_bucket", true, ["can_edit", "can_delete", "can_view"]),
        ("storage_pool", false, ["can_edit", "can_delete"]),
        ("storage_volume", true, ["can_edit", "can_delete", "can_view", "can_manage_snapshots", "can_manage_backups"]),
    ];

    private static readonly Dictionary<string, string[]> ByName = All.ToDictionary(e => e.Entity, e => e.Names);

    /// <summary>What may be granted on things of a kind.</summary>
    public static IReadOnlyList<string> Of(EntityKind kind) => ByName[kind.Name];
}
