-- What was granted on a thing goes with the thing: the grants name it by kind and id, which no foreign key can say.

CREATE TRIGGER instances_deleted_grants AFTER DELETE ON instances
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 5 AND entity_id = OLD.id; END;

CREATE TRIGGER images_deleted_grants AFTER DELETE ON images
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 1 AND entity_id = OLD.id; END;

CREATE TRIGGER profiles_deleted_grants AFTER DELETE ON profiles
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 2 AND entity_id = OLD.id; END;

CREATE TRIGGER projects_deleted_grants AFTER DELETE ON projects
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 3 AND entity_id = OLD.id; END;

CREATE TRIGGER networks_deleted_grants AFTER DELETE ON networks
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 8 AND entity_id = OLD.id; END;

CREATE TRIGGER networks_acls_deleted_grants AFTER DELETE ON networks_acls
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 9 AND entity_id = OLD.id; END;

CREATE TRIGGER storage_pools_deleted_grants AFTER DELETE ON storage_pools
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 12 AND entity_id = OLD.id; END;

CREATE TRIGGER storage_volumes_deleted_grants AFTER DELETE ON storage_volumes
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 13 AND entity_id = OLD.id; END;

CREATE TRIGGER storage_buckets_deleted_grants AFTER DELETE ON storage_buckets
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 18 AND entity_id = OLD.id; END;

CREATE TRIGGER networks_zones_deleted_grants AFTER DELETE ON networks_zones
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 19 AND entity_id = OLD.id; END;

CREATE TRIGGER images_aliases_deleted_grants AFTER DELETE ON images_aliases
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 20 AND entity_id = OLD.id; END;

CREATE TRIGGER auth_groups_deleted_grants AFTER DELETE ON auth_groups
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 22 AND entity_id = OLD.id; END;

CREATE TRIGGER identity_provider_groups_deleted_grants AFTER DELETE ON identity_provider_groups
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 23 AND entity_id = OLD.id; END;

CREATE TRIGGER placement_groups_deleted_grants AFTER DELETE ON placement_groups
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 25 AND entity_id = OLD.id; END;

CREATE TRIGGER cluster_links_deleted_grants AFTER DELETE ON cluster_links
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 26 AND entity_id = OLD.id; END;

CREATE TRIGGER replicators_deleted_grants AFTER DELETE ON replicators
    BEGIN DELETE FROM auth_groups_permissions WHERE entity_type = 27 AND entity_id = OLD.id; END;

-- Identities are of two kinds: certificates (4) and others (24); their secrets go too.
CREATE TRIGGER identities_deleted_grants AFTER DELETE ON identities
    BEGIN
        DELETE FROM auth_groups_permissions WHERE entity_type IN (4, 24) AND entity_id = OLD.id;
        DELETE FROM secrets WHERE entity_type = 24 AND entity_id = OLD.id;
    END;

-- A group to begin with.
INSERT INTO auth_groups (name, description) SELECT 'admins', 'Full access to the server' WHERE NOT EXISTS (SELECT 1 FROM auth_groups WHERE name = 'admins');
INSERT INTO auth_groups_permissions (auth_group_id, entity_type, entity_id, entitlement) SELECT id, 21, 0, 'admin' FROM auth_groups WHERE name = 'admins';
