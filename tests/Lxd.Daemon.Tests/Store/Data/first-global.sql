BEGIN TRANSACTION;
CREATE TABLE auth_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "auth_groups" VALUES(1,'admins','kept');
CREATE TABLE auth_groups_identity_provider_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    auth_group_id INTEGER NOT NULL REFERENCES auth_groups (id) ON DELETE CASCADE,
    identity_provider_group_id INTEGER NOT NULL REFERENCES identity_provider_groups (id) ON DELETE CASCADE,
    UNIQUE (auth_group_id, identity_provider_group_id)
);
INSERT INTO "auth_groups_identity_provider_groups" VALUES(1,1,1);
CREATE TABLE auth_groups_permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    auth_group_id INTEGER NOT NULL REFERENCES auth_groups (id) ON DELETE CASCADE,
    entity_type INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    entitlement TEXT NOT NULL,
    UNIQUE (auth_group_id, entity_type, entitlement, entity_id)
);
INSERT INTO "auth_groups_permissions" VALUES(1,1,5,1,'can_view');
CREATE TABLE certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fingerprint TEXT NOT NULL,
    certificate TEXT NOT NULL,
    creation_date TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (fingerprint)
);
INSERT INTO "certificates" VALUES(1,'kept','kept','2026-11-28 18:46:04');
CREATE TABLE cluster_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "cluster_groups" VALUES(1,'default','Default cluster group');
CREATE TABLE cluster_links (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    identity_id INTEGER REFERENCES identities (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    name TEXT NOT NULL,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name),
    UNIQUE (identity_id)
);
INSERT INTO "cluster_links" VALUES(1,1,'kept','kept',0);
CREATE TABLE cluster_links_certificates (
    cluster_link_id INTEGER NOT NULL REFERENCES cluster_links (id) ON DELETE CASCADE,
    certificate_id INTEGER NOT NULL REFERENCES certificates (id) ON DELETE CASCADE,
    PRIMARY KEY (cluster_link_id, certificate_id),
    UNIQUE (certificate_id)
);
INSERT INTO "cluster_links_certificates" VALUES(1,1);
CREATE TABLE cluster_links_config (
    cluster_link_id INTEGER NOT NULL REFERENCES cluster_links (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (cluster_link_id, key)
);
INSERT INTO "cluster_links_config" VALUES(1,'kept','kept');
CREATE TABLE config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    UNIQUE (key)
);
INSERT INTO "config" VALUES(1,'core.https_trusted_proxy','10.0.0.1');
INSERT INTO "config" VALUES(2,'user.kept','yes');
INSERT INTO "config" VALUES(3,'volatile.uuid','11111111-2222-3333-4444-555555555555');
CREATE TABLE identities (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    auth_method INTEGER NOT NULL,
    type INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    name TEXT NOT NULL,
    metadata TEXT NOT NULL,
    first_seen_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    last_seen_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    updated_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    UNIQUE (type, identifier),
    UNIQUE (auth_method, identifier)
);
INSERT INTO "identities" VALUES(1,1,1,'kept','kept','kept','0001-01-01T00:00:00Z','0001-01-01T00:00:00Z','0001-01-01T00:00:00Z');
CREATE TABLE identities_auth_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    identity_id INTEGER NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    auth_group_id INTEGER NOT NULL REFERENCES auth_groups (id) ON DELETE CASCADE,
    UNIQUE (identity_id, auth_group_id)
);
INSERT INTO "identities_auth_groups" VALUES(1,1,1);
CREATE TABLE identities_certificates (
    identity_id INTEGER NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    certificate_id INTEGER NOT NULL REFERENCES certificates (id) ON DELETE CASCADE,
    PRIMARY KEY (identity_id, certificate_id),
    UNIQUE (certificate_id)
);
INSERT INTO "identities_certificates" VALUES(1,1);
CREATE TABLE identities_projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    identity_id INTEGER NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    UNIQUE (identity_id, project_id)
);
INSERT INTO "identities_projects" VALUES(1,1,1);
CREATE TABLE identity_provider_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "identity_provider_groups" VALUES(1,'kept');
CREATE TABLE images (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    fingerprint TEXT NOT NULL,
    filename TEXT NOT NULL,
    size INTEGER NOT NULL,
    public INTEGER NOT NULL DEFAULT 0,
    architecture INTEGER NOT NULL,
    creation_date TEXT,
    expiry_date TEXT,
    upload_date TEXT NOT NULL,
    cached INTEGER NOT NULL DEFAULT 0,
    last_use_date TEXT,
    auto_update INTEGER NOT NULL DEFAULT 0,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (project_id, fingerprint)
);
INSERT INTO "images" VALUES(1,'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa','bb.tar.xz',1000,1,2,'2026-01-01T00:00:00Z','0001-01-01T00:00:00Z','2026-11-20T10:00:00Z',0,NULL,0,1,0);
CREATE TABLE images_aliases (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    UNIQUE (project_id, name)
);
INSERT INTO "images_aliases" VALUES(1,'bb',1,'',1);
CREATE TABLE images_nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    UNIQUE (image_id, node_id)
);
INSERT INTO "images_nodes" VALUES(1,1,1);
CREATE TABLE images_profiles (
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    UNIQUE (image_id, profile_id)
);
INSERT INTO "images_profiles" VALUES(1,1);
CREATE TABLE images_properties (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    type INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT
);
INSERT INTO "images_properties" VALUES(1,1,0,'os','BusyBox');
CREATE TABLE images_source (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    server TEXT NOT NULL,
    protocol INTEGER NOT NULL,
    certificate TEXT NOT NULL,
    alias TEXT NOT NULL
);
INSERT INTO "images_source" VALUES(1,1,'kept',1,'kept','kept');
CREATE TABLE instances (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    architecture INTEGER NOT NULL,
    type INTEGER NOT NULL,
    ephemeral INTEGER NOT NULL DEFAULT 0,
    creation_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    stateful INTEGER NOT NULL DEFAULT 0,
    last_use_date TEXT,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    expiry_date TEXT,
    UNIQUE (project_id, name)
);
INSERT INTO "instances" VALUES(1,1,'c1',2,0,0,'2026-11-20T10:00:00Z',0,'0001-01-01T00:00:00Z','first',1,NULL);
INSERT INTO "instances" VALUES(2,1,'c2',2,0,0,'2026-11-20T10:00:00Z',0,'0001-01-01T00:00:00Z','',2,NULL);
CREATE TABLE instances_backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    name VARCHAR(255) NOT NULL,
    creation_date TEXT,
    expiry_date TEXT,
    container_only INTEGER NOT NULL DEFAULT 0,
    optimized_storage INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance_id, name)
);
INSERT INTO "instances_backups" VALUES(1,1,'kept',NULL,NULL,0,0);
CREATE TABLE instances_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (instance_id, key)
);
INSERT INTO "instances_config" VALUES(1,1,'user.a','b');
INSERT INTO "instances_config" VALUES(2,1,'volatile.uuid','aaaaaaaa-2222-3333-4444-555555555555');
INSERT INTO "instances_config" VALUES(3,1,'volatile.last_state.power','STOPPED');
INSERT INTO "instances_config" VALUES(4,2,'volatile.last_state.power','STOPPED');
CREATE TABLE instances_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance_id, name)
);
INSERT INTO "instances_devices" VALUES(1,1,'data',2);
INSERT INTO "instances_devices" VALUES(2,2,'root',2);
CREATE TABLE instances_devices_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_device_id INTEGER NOT NULL REFERENCES instances_devices (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (instance_device_id, key)
);
INSERT INTO "instances_devices_config" VALUES(1,1,'path','/data');
INSERT INTO "instances_devices_config" VALUES(2,1,'pool','one');
INSERT INTO "instances_devices_config" VALUES(3,1,'source','v');
INSERT INTO "instances_devices_config" VALUES(4,2,'path','/');
INSERT INTO "instances_devices_config" VALUES(5,2,'pool','one');
CREATE TABLE instances_profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    apply_order INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance_id, profile_id)
);
INSERT INTO "instances_profiles" VALUES(1,1,1,0);
INSERT INTO "instances_profiles" VALUES(2,1,2,1);
CREATE TABLE instances_snapshots (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    creation_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    stateful INTEGER NOT NULL DEFAULT 0,
    description TEXT NOT NULL,
    expiry_date TEXT,
    UNIQUE (instance_id, name)
);
INSERT INTO "instances_snapshots" VALUES(1,1,'s0','2026-11-20T11:00:00Z',0,'','0001-01-01T00:00:00Z');
CREATE TABLE instances_snapshots_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_snapshot_id INTEGER NOT NULL REFERENCES instances_snapshots (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (instance_snapshot_id, key)
);
INSERT INTO "instances_snapshots_config" VALUES(1,1,'user.a','old');
CREATE TABLE instances_snapshots_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_snapshot_id INTEGER NOT NULL REFERENCES instances_snapshots (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (instance_snapshot_id, name)
);
INSERT INTO "instances_snapshots_devices" VALUES(1,1,'kept',0);
CREATE TABLE instances_snapshots_devices_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    instance_snapshot_device_id INTEGER NOT NULL REFERENCES instances_snapshots_devices (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (instance_snapshot_device_id, key)
);
INSERT INTO "instances_snapshots_devices_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (project_id, name)
);
INSERT INTO "networks" VALUES(1,1,'net0','kept',1,0);
CREATE TABLE networks_acls (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    ingress TEXT NOT NULL,
    egress TEXT NOT NULL,
    UNIQUE (project_id, name)
);
INSERT INTO "networks_acls" VALUES(1,1,'acl','kept','[]','[]');
CREATE TABLE networks_acls_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_acl_id INTEGER NOT NULL REFERENCES networks_acls (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_acl_id, key)
);
INSERT INTO "networks_acls_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_id, node_id, key)
);
INSERT INTO "networks_config" VALUES(1,1,NULL,'ipv4.address','10.9.8.1/24');
CREATE TABLE networks_forwards (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    listen_address TEXT NOT NULL,
    description TEXT NOT NULL,
    ports TEXT NOT NULL,
    UNIQUE (network_id, node_id, listen_address)
);
INSERT INTO "networks_forwards" VALUES(1,1,1,'kept','kept','kept');
CREATE TABLE networks_forwards_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_forward_id INTEGER NOT NULL REFERENCES networks_forwards (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_forward_id, key)
);
INSERT INTO "networks_forwards_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks_load_balancer_pools (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (network_id, name)
);
INSERT INTO "networks_load_balancer_pools" VALUES(1,1,'kept','kept');
CREATE TABLE networks_load_balancer_pools_config (
    network_load_balancer_pool_id INTEGER NOT NULL REFERENCES networks_load_balancer_pools (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (network_load_balancer_pool_id, key)
);
INSERT INTO "networks_load_balancer_pools_config" VALUES(1,'kept',NULL);
CREATE TABLE networks_load_balancer_pools_instances (
    network_load_balancer_pool_id INTEGER NOT NULL REFERENCES networks_load_balancer_pools (id) ON DELETE CASCADE,
    instance_id INTEGER NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
    target_port INTEGER NOT NULL,
    PRIMARY KEY (network_load_balancer_pool_id, instance_id)
);
INSERT INTO "networks_load_balancer_pools_instances" VALUES(1,1,1);
CREATE TABLE networks_load_balancers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    listen_address TEXT NOT NULL,
    description TEXT NOT NULL,
    backends TEXT NOT NULL,
    ports TEXT NOT NULL,
    UNIQUE (network_id, node_id, listen_address)
);
INSERT INTO "networks_load_balancers" VALUES(1,1,1,'kept','kept','kept','kept');
CREATE TABLE networks_load_balancers_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_load_balancer_id INTEGER NOT NULL REFERENCES networks_load_balancers (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_load_balancer_id, key)
);
INSERT INTO "networks_load_balancers_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks_nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (network_id, node_id)
);
INSERT INTO "networks_nodes" VALUES(1,1,1,0);
CREATE TABLE networks_peers (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_id INTEGER NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    target_network_project TEXT,
    target_network_name TEXT,
    target_network_id INTEGER,
    UNIQUE (network_id, target_network_id),
    UNIQUE (network_id, target_network_project, target_network_name),
    UNIQUE (network_id, name)
);
INSERT INTO "networks_peers" VALUES(1,1,'kept','kept',NULL,NULL,NULL);
CREATE TABLE networks_peers_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_peer_id INTEGER NOT NULL REFERENCES networks_peers (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_peer_id, key)
);
INSERT INTO "networks_peers_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks_zones (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "networks_zones" VALUES(1,1,'kept','kept');
CREATE TABLE networks_zones_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_zone_id INTEGER NOT NULL REFERENCES networks_zones (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_zone_id, key)
);
INSERT INTO "networks_zones_config" VALUES(1,1,'kept','kept');
CREATE TABLE networks_zones_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_zone_id INTEGER NOT NULL REFERENCES networks_zones (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    entries TEXT NOT NULL,
    UNIQUE (network_zone_id, name)
);
INSERT INTO "networks_zones_records" VALUES(1,1,'kept','kept','kept');
CREATE TABLE networks_zones_records_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    network_zone_record_id INTEGER NOT NULL REFERENCES networks_zones_records (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (network_zone_record_id, key)
);
INSERT INTO "networks_zones_records_config" VALUES(1,1,'kept','kept');
CREATE TABLE nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    address TEXT NOT NULL,
    schema INTEGER NOT NULL,
    api_extensions INTEGER NOT NULL,
    heartbeat TEXT DEFAULT CURRENT_TIMESTAMP,
    state INTEGER NOT NULL DEFAULT 0,
    arch INTEGER NOT NULL DEFAULT 0,
    failure_domain_id INTEGER DEFAULT NULL REFERENCES nodes_failure_domains (id) ON DELETE SET NULL,
    UNIQUE (address),
    UNIQUE (name)
);
INSERT INTO "nodes" VALUES(1,'none','','0.0.0.0',88,0,'2026-11-28 18:46:04',0,0,NULL);
CREATE TABLE nodes_cluster_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    group_id INTEGER NOT NULL REFERENCES cluster_groups (id) ON DELETE CASCADE,
    UNIQUE (node_id, group_id)
);
INSERT INTO "nodes_cluster_groups" VALUES(1,1,1);
CREATE TABLE nodes_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (node_id, key)
);
INSERT INTO "nodes_config" VALUES(1,1,'kept','kept');
CREATE TABLE nodes_failure_domains (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (name)
);
INSERT INTO "nodes_failure_domains" VALUES(1,'kept');
CREATE TABLE nodes_roles (
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    role INTEGER NOT NULL,
    UNIQUE (node_id, role)
);
INSERT INTO "nodes_roles" VALUES(1,1);
CREATE TABLE oidc_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    uuid TEXT NOT NULL,
    identity_id INTEGER NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    id_token TEXT NOT NULL,
    access_token TEXT NOT NULL,
    refresh_token TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    expiry_date TEXT NOT NULL,
    UNIQUE (uuid)
);
INSERT INTO "oidc_sessions" VALUES(1,'kept',1,'kept','kept','kept','kept','kept','2026-11-20T10:00:00Z');
CREATE TABLE operations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    uuid TEXT NOT NULL,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    type INTEGER NOT NULL DEFAULT 0,
    project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
    requestor_protocol INTEGER,
    requestor_identity_id INTEGER REFERENCES identities (id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL DEFAULT 0,
    metadata TEXT NOT NULL,
    class INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    updated_at TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    inputs TEXT NOT NULL,
    status_code INTEGER NOT NULL DEFAULT 100,
    error TEXT NOT NULL,
    conflict_reference TEXT NOT NULL,
    parent INTEGER REFERENCES operations (id) ON DELETE CASCADE,
    stage INTEGER NOT NULL DEFAULT 0,
    error_code INTEGER NOT NULL DEFAULT 0,
    UNIQUE (uuid)
);
INSERT INTO "operations" VALUES(1,'kept',1,0,1,NULL,1,0,'kept',0,'0001-01-01T00:00:00Z','0001-01-01T00:00:00Z','kept',100,'kept','kept',1,0,0);
CREATE TABLE operations_resources (
    operation_id INTEGER NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
    entity_id INTEGER NOT NULL,
    entity_type INTEGER NOT NULL,
    PRIMARY KEY (operation_id, entity_id, entity_type)
);
INSERT INTO "operations_resources" VALUES(1,1,1);
CREATE TABLE placement_groups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    UNIQUE (project_id, name)
);
INSERT INTO "placement_groups" VALUES(1,'kept','kept',1);
CREATE TABLE placement_groups_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    placement_group_id INTEGER NOT NULL REFERENCES placement_groups (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT,
    UNIQUE (placement_group_id, key)
);
INSERT INTO "placement_groups_config" VALUES(1,1,'kept',NULL);
CREATE TABLE profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    UNIQUE (project_id, name)
);
INSERT INTO "profiles" VALUES(1,'default','Default LXD profile',1);
INSERT INTO "profiles" VALUES(2,'web','for the web',1);
INSERT INTO "profiles" VALUES(3,'default','',2);
CREATE TABLE profiles_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (profile_id, key)
);
INSERT INTO "profiles_config" VALUES(1,2,'limits.memory','1GiB');
CREATE TABLE profiles_devices (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    profile_id INTEGER NOT NULL REFERENCES profiles (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    type INTEGER NOT NULL DEFAULT 0,
    UNIQUE (profile_id, name)
);
INSERT INTO "profiles_devices" VALUES(1,1,'root',2);
CREATE TABLE profiles_devices_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    profile_device_id INTEGER NOT NULL REFERENCES profiles_devices (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (profile_device_id, key)
);
INSERT INTO "profiles_devices_config" VALUES(1,1,'path','/');
INSERT INTO "profiles_devices_config" VALUES(2,1,'pool','one');
CREATE TABLE projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    replica_mode INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name)
);
INSERT INTO "projects" VALUES(1,'default','Default LXD project',0);
INSERT INTO "projects" VALUES(2,'p','second',0);
CREATE TABLE projects_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (project_id, key)
);
INSERT INTO "projects_config" VALUES(1,1,'features.images','true');
INSERT INTO "projects_config" VALUES(2,1,'features.networks','true');
INSERT INTO "projects_config" VALUES(3,1,'features.networks.zones','true');
INSERT INTO "projects_config" VALUES(4,1,'features.profiles','true');
INSERT INTO "projects_config" VALUES(5,1,'features.storage.buckets','true');
INSERT INTO "projects_config" VALUES(6,1,'features.storage.volumes','true');
INSERT INTO "projects_config" VALUES(7,2,'features.images','true');
INSERT INTO "projects_config" VALUES(8,2,'features.profiles','true');
INSERT INTO "projects_config" VALUES(9,2,'features.storage.volumes','true');
CREATE TABLE replicators (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    last_run_date TEXT,
    last_run_status TEXT NOT NULL,
    UNIQUE (project_id, name)
);
INSERT INTO "replicators" VALUES(1,'kept',1,'kept',NULL,'kept');
CREATE TABLE replicators_config (
    replicator_id INTEGER NOT NULL REFERENCES replicators (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (replicator_id, key)
);
INSERT INTO "replicators_config" VALUES(1,'kept','kept');
CREATE TABLE schema (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    version INTEGER NOT NULL,
    updated_at TEXT NOT NULL,
    UNIQUE (version)
);
INSERT INTO "schema" VALUES(1,1,'2026-11-20T10:00:00Z');
CREATE TABLE secrets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    entity_type INTEGER NOT NULL,
    entity_id INTEGER NOT NULL,
    type INTEGER NOT NULL,
    value TEXT NOT NULL,
    creation_date TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "secrets" VALUES(1,1,1,1,'kept','2026-11-28 18:46:04');
CREATE TABLE storage_buckets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    storage_pool_id INTEGER NOT NULL REFERENCES storage_pools (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    UNIQUE (node_id, name)
);
INSERT INTO "storage_buckets" VALUES(1,'kept',1,1,'kept',1);
CREATE TABLE storage_buckets_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_bucket_id INTEGER NOT NULL REFERENCES storage_buckets (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (storage_bucket_id, key)
);
INSERT INTO "storage_buckets_config" VALUES(1,1,'kept','kept');
CREATE TABLE storage_buckets_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_bucket_id INTEGER NOT NULL REFERENCES storage_buckets (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    access_key TEXT NOT NULL,
    secret_key TEXT NOT NULL,
    role TEXT NOT NULL,
    UNIQUE (storage_bucket_id, name)
);
INSERT INTO "storage_buckets_keys" VALUES(1,1,'kept','kept','kept','kept','kept');
CREATE TABLE storage_pools (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    driver TEXT NOT NULL,
    description TEXT NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (name)
);
INSERT INTO "storage_pools" VALUES(1,'one','dir','pool',1);
CREATE TABLE storage_pools_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_pool_id INTEGER NOT NULL REFERENCES storage_pools (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (storage_pool_id, node_id, key)
);
INSERT INTO "storage_pools_config" VALUES(1,1,1,'source','DIRECTORY/storage-pools/one');
CREATE TABLE storage_pools_nodes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_pool_id INTEGER NOT NULL REFERENCES storage_pools (id) ON DELETE CASCADE,
    node_id INTEGER NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    state INTEGER NOT NULL DEFAULT 0,
    UNIQUE (storage_pool_id, node_id)
);
INSERT INTO "storage_pools_nodes" VALUES(1,1,1,1);
CREATE TABLE storage_volumes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    name TEXT NOT NULL,
    storage_pool_id INTEGER NOT NULL REFERENCES storage_pools (id) ON DELETE CASCADE,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    type INTEGER NOT NULL,
    description TEXT NOT NULL,
    project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    content_type INTEGER NOT NULL DEFAULT 0,
    creation_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    UNIQUE (storage_pool_id, node_id, project_id, name, type)
);
INSERT INTO "storage_volumes" VALUES(1,'c1',1,1,0,'',1,0,'2026-11-20T10:00:00Z');
INSERT INTO "storage_volumes" VALUES(2,'c2',1,1,0,'',2,0,'2026-11-20T10:00:00Z');
INSERT INTO "storage_volumes" VALUES(3,'v',1,1,2,'data',1,0,'2026-11-20T10:00:00Z');
CREATE TABLE storage_volumes_backups (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_volume_id INTEGER NOT NULL REFERENCES storage_volumes (id) ON DELETE CASCADE,
    name VARCHAR(255) NOT NULL,
    creation_date TEXT,
    expiry_date TEXT,
    volume_only INTEGER NOT NULL DEFAULT 0,
    optimized_storage INTEGER NOT NULL DEFAULT 0,
    UNIQUE (storage_volume_id, name)
);
INSERT INTO "storage_volumes_backups" VALUES(1,1,'kept',NULL,NULL,0,0);
CREATE TABLE storage_volumes_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_volume_id INTEGER NOT NULL REFERENCES storage_volumes (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (storage_volume_id, key)
);
INSERT INTO "storage_volumes_config" VALUES(1,3,'user.x','y');
INSERT INTO "storage_volumes_config" VALUES(2,3,'volatile.uuid','bbbbbbbb-2222-3333-4444-555555555555');
CREATE TABLE storage_volumes_snapshots (
    id INTEGER NOT NULL,
    storage_volume_id INTEGER NOT NULL REFERENCES storage_volumes (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    expiry_date TEXT,
    creation_date TEXT NOT NULL DEFAULT '0001-01-01T00:00:00Z',
    UNIQUE (storage_volume_id, name),
    UNIQUE (id)
);
INSERT INTO "storage_volumes_snapshots" VALUES(4,1,'s0','','0001-01-01T00:00:00Z','2026-11-20T11:00:00Z');
INSERT INTO "storage_volumes_snapshots" VALUES(5,3,'vs','','0001-01-01T00:00:00Z','2026-11-20T11:00:00Z');
CREATE TABLE storage_volumes_snapshots_config (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    storage_volume_snapshot_id INTEGER NOT NULL REFERENCES storage_volumes_snapshots (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (storage_volume_snapshot_id, key)
);
INSERT INTO "storage_volumes_snapshots_config" VALUES(1,5,'user.x','old');
CREATE TABLE warnings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    node_id INTEGER REFERENCES nodes (id) ON DELETE CASCADE,
    project_id INTEGER REFERENCES projects (id) ON DELETE CASCADE,
    entity_type_code INTEGER,
    entity_id INTEGER,
    uuid TEXT NOT NULL,
    type_code INTEGER NOT NULL,
    status INTEGER NOT NULL,
    first_seen_date TEXT NOT NULL,
    last_seen_date TEXT NOT NULL,
    updated_date TEXT,
    last_message TEXT NOT NULL,
    count INTEGER NOT NULL,
    UNIQUE (uuid)
);
INSERT INTO "warnings" VALUES(1,1,1,NULL,NULL,'cccccccc-2222-3333-4444-555555555555',0,1,'2026-11-20T10:00:00Z','2026-11-20T10:00:00Z','2026-11-20T10:00:00Z','kept',1);
CREATE UNIQUE INDEX identities_type_initial_ui ON identities (type) WHERE type = 11;
CREATE UNIQUE INDEX operations_conflict_reference ON operations (conflict_reference) WHERE conflict_reference <> '';
CREATE UNIQUE INDEX secrets_bearer_identity_signing_key_unique ON secrets (entity_type, entity_id, type) WHERE type = 2;
CREATE INDEX secrets_entity_type_entity_id_type ON secrets (entity_type, entity_id, type);
CREATE INDEX identity_name_auth_method ON identities (name, auth_method);
CREATE INDEX images_aliases_project_id_idx ON images_aliases (project_id);
CREATE INDEX images_project_id_idx ON images (project_id);
CREATE INDEX instances_node_id_idx ON instances (node_id);
CREATE INDEX instances_project_id_and_name_idx ON instances (project_id, name);
CREATE INDEX instances_project_id_and_node_id_and_name_idx ON instances (project_id, node_id, name);
CREATE INDEX instances_project_id_and_node_id_idx ON instances (project_id, node_id);
CREATE INDEX instances_project_id_idx ON instances (project_id);
CREATE INDEX profiles_project_id_idx ON profiles (project_id);
CREATE UNIQUE INDEX networks_unique_network_id_node_id_key ON networks_config (network_id, IFNULL(node_id, -1), key);
CREATE UNIQUE INDEX storage_buckets_unique_storage_pool_id_node_id_name ON storage_buckets (storage_pool_id, IFNULL(node_id, -1), name);
CREATE UNIQUE INDEX storage_pools_unique_storage_pool_id_node_id_key ON storage_pools_config (storage_pool_id, IFNULL(node_id, -1), key);
CREATE UNIQUE INDEX storage_volumes_unique_storage_pool_id_node_id_project_id_name_type ON storage_volumes (storage_pool_id, IFNULL(node_id, -1), project_id, name, type);
CREATE UNIQUE INDEX warnings_unique_node_id_project_id_entity_type_code_entity_id_type_code ON warnings (IFNULL(node_id, -1), IFNULL(project_id, -1), entity_type_code, entity_id, type_code);
CREATE VIEW storage_volumes_all (id, name, storage_pool_id, node_id, type, description, project_id, content_type, creation_date) AS
    SELECT id, name, storage_pool_id, node_id, type, description, project_id, content_type, creation_date FROM storage_volumes
    UNION ALL
    SELECT storage_volumes_snapshots.id, storage_volumes.name || '/' || storage_volumes_snapshots.name, storage_volumes.storage_pool_id, storage_volumes.node_id,
           storage_volumes.type, storage_volumes_snapshots.description, storage_volumes.project_id, storage_volumes.content_type, storage_volumes_snapshots.creation_date
    FROM storage_volumes JOIN storage_volumes_snapshots ON storage_volumes_snapshots.storage_volume_id = storage_volumes.id;
CREATE TRIGGER storage_volumes_check_id BEFORE INSERT ON storage_volumes
    WHEN NEW.id IN (SELECT id FROM storage_volumes_snapshots)
    BEGIN SELECT RAISE(FAIL, 'the id belongs to a snapshot'); END;
CREATE TRIGGER storage_volumes_snapshots_check_id BEFORE INSERT ON storage_volumes_snapshots
    WHEN NEW.id IN (SELECT id FROM storage_volumes)
    BEGIN SELECT RAISE(FAIL, 'the id belongs to a volume'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('nodes',1);
INSERT INTO "sqlite_sequence" VALUES('projects',2);
INSERT INTO "sqlite_sequence" VALUES('projects_config',9);
INSERT INTO "sqlite_sequence" VALUES('profiles',3);
INSERT INTO "sqlite_sequence" VALUES('cluster_groups',1);
INSERT INTO "sqlite_sequence" VALUES('nodes_cluster_groups',1);
INSERT INTO "sqlite_sequence" VALUES('schema',1);
INSERT INTO "sqlite_sequence" VALUES('config',3);
INSERT INTO "sqlite_sequence" VALUES('profiles_config',1);
INSERT INTO "sqlite_sequence" VALUES('storage_pools',1);
INSERT INTO "sqlite_sequence" VALUES('storage_pools_nodes',1);
INSERT INTO "sqlite_sequence" VALUES('storage_pools_config',1);
INSERT INTO "sqlite_sequence" VALUES('profiles_devices',1);
INSERT INTO "sqlite_sequence" VALUES('profiles_devices_config',2);
INSERT INTO "sqlite_sequence" VALUES('instances',2);
INSERT INTO "sqlite_sequence" VALUES('instances_config',4);
INSERT INTO "sqlite_sequence" VALUES('instances_profiles',2);
INSERT INTO "sqlite_sequence" VALUES('instances_devices',2);
INSERT INTO "sqlite_sequence" VALUES('instances_devices_config',5);
INSERT INTO "sqlite_sequence" VALUES('instances_snapshots',1);
INSERT INTO "sqlite_sequence" VALUES('instances_snapshots_config',1);
INSERT INTO "sqlite_sequence" VALUES('storage_volumes',5);
INSERT INTO "sqlite_sequence" VALUES('storage_volumes_config',2);
INSERT INTO "sqlite_sequence" VALUES('storage_volumes_snapshots_config',1);
INSERT INTO "sqlite_sequence" VALUES('images',1);
INSERT INTO "sqlite_sequence" VALUES('images_aliases',1);
INSERT INTO "sqlite_sequence" VALUES('images_properties',1);
INSERT INTO "sqlite_sequence" VALUES('networks',1);
INSERT INTO "sqlite_sequence" VALUES('networks_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_acls',1);
INSERT INTO "sqlite_sequence" VALUES('auth_groups',1);
INSERT INTO "sqlite_sequence" VALUES('auth_groups_permissions',1);
INSERT INTO "sqlite_sequence" VALUES('warnings',1);
INSERT INTO "sqlite_sequence" VALUES('identity_provider_groups',1);
INSERT INTO "sqlite_sequence" VALUES('auth_groups_identity_provider_groups',1);
INSERT INTO "sqlite_sequence" VALUES('certificates',1);
INSERT INTO "sqlite_sequence" VALUES('identities',1);
INSERT INTO "sqlite_sequence" VALUES('cluster_links',1);
INSERT INTO "sqlite_sequence" VALUES('identities_auth_groups',1);
INSERT INTO "sqlite_sequence" VALUES('identities_projects',1);
INSERT INTO "sqlite_sequence" VALUES('nodes_failure_domains',1);
INSERT INTO "sqlite_sequence" VALUES('images_nodes',1);
INSERT INTO "sqlite_sequence" VALUES('images_source',1);
INSERT INTO "sqlite_sequence" VALUES('instances_backups',1);
INSERT INTO "sqlite_sequence" VALUES('instances_snapshots_devices',1);
INSERT INTO "sqlite_sequence" VALUES('instances_snapshots_devices_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_acls_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_forwards',1);
INSERT INTO "sqlite_sequence" VALUES('networks_forwards_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_load_balancer_pools',1);
INSERT INTO "sqlite_sequence" VALUES('networks_load_balancers',1);
INSERT INTO "sqlite_sequence" VALUES('networks_load_balancers_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_nodes',1);
INSERT INTO "sqlite_sequence" VALUES('networks_peers',1);
INSERT INTO "sqlite_sequence" VALUES('networks_peers_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_zones',1);
INSERT INTO "sqlite_sequence" VALUES('networks_zones_config',1);
INSERT INTO "sqlite_sequence" VALUES('networks_zones_records',1);
INSERT INTO "sqlite_sequence" VALUES('networks_zones_records_config',1);
INSERT INTO "sqlite_sequence" VALUES('nodes_config',1);
INSERT INTO "sqlite_sequence" VALUES('oidc_sessions',1);
INSERT INTO "sqlite_sequence" VALUES('operations',1);
INSERT INTO "sqlite_sequence" VALUES('placement_groups',1);
INSERT INTO "sqlite_sequence" VALUES('placement_groups_config',1);
INSERT INTO "sqlite_sequence" VALUES('replicators',1);
INSERT INTO "sqlite_sequence" VALUES('secrets',1);
INSERT INTO "sqlite_sequence" VALUES('storage_buckets',1);
INSERT INTO "sqlite_sequence" VALUES('storage_buckets_config',1);
INSERT INTO "sqlite_sequence" VALUES('storage_buckets_keys',1);
INSERT INTO "sqlite_sequence" VALUES('storage_volumes_backups',1);
COMMIT;
