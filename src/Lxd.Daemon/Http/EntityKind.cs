namespace Lxd.Daemon.Http;

/// <summary>A kind of thing that rights are granted on.</summary>
internal sealed class EntityKind(string name, int code, string path)
{
    public static readonly EntityKind Image = new("image", 1, "/1.0/images/{}") { Plural = "images", InProject = true, Feature = "features.images", NameField = "fingerprint" };
    public static readonly EntityKind Profile = new("profile", 2, "/1.0/profiles/{}") { Plural = "profiles", InProject = true, Feature = "features.profiles" };
    public static readonly EntityKind Project = new("project", 3, "/1.0/projects/{}") { Plural = "projects" };
    public static readonly EntityKind Certificate = new("certificate", 4, "/1.0/certificates/{}") { Plural = "identities", NameField = "fingerprint" };
    public static readonly EntityKind Instance = new("instance", 5, "/1.0/instances/{}") { Plural = "instances", InProject = true };
    public static readonly EntityKind Network = new("network", 8, "/1.0/networks/{}") { Plural = "networks", InProject = true, Feature = "features.networks" };
    public static readonly EntityKind NetworkAcl = new("network_acl", 9, "/1.0/network-acls/{}") { Plural = "network_acls", InProject = true, Feature = "features.networks" };
    public static readonly EntityKind StoragePool = new("storage_pool", 12, "/1.0/storage-pools/{}") { Plural = "storage_pools" };
    public static readonly EntityKind StorageVolume = new("storage_volume", 13, "/1.0/storage-pools/{}/volumes/{}/{}") { Plural = "storage_volumes", InProject = true, Feature = "features.storage.volumes" };
    public static readonly EntityKind StorageBucket = new("storage_bucket", 18, "/1.0/storage-pools/{}/buckets/{}") { Plural = "storage_buckets", InProject = true, Feature = "features.storage.buckets" };
    public static readonly EntityKind NetworkZone = new("network_zone", 19, "/1.0/network-zones/{}") { Plural = "network_zones", InProject = true, Feature = "features.networks.zones" };
    public static readonly EntityKind ImageAlias = new("image_alias", 20, "/1.0/images/aliases/{}") { Plural = "image_aliases", InProject = true, Feature = "features.images" };
    public static readonly EntityKind Server = new("server", 21, "/1.0");
    public static readonly EntityKind Group = new("group", 22, "/1.0/auth/groups/{}") { Plural = "groups" };
    public static readonly EntityKind IdentityProviderGroup = new("identity_provider_group", 23, "/1.0/auth/identity-provider-groups/{}") { Plural = "identity_provider_groups" };
    public static readonly EntityKind Identity = new("identity", 24, "/1.0/auth/identities/{}/{}") { Plural = "identities", NameField = "id" };
    public static readonly EntityKind PlacementGroup = new("placement_group", 25, "/1.0/placement-groups/{}") { Plural = "placement_groups", InProject = true };
    public static readonly EntityKind ClusterLink = new("cluster_link", 26, "/1.0/cluster/links/{}") { Plural = "cluster_links" };
    public static readonly EntityKind Replicator = new("replicator", 27, "/1.0/replicators/{}") { Plural = "replicators", InProject = true };

    public static IReadOnlyList<EntityKind> All { get; } =
    [
        Certificate, ClusterLink, Group, Identity, IdentityProviderGroup, Image, ImageAlias, Instance, Network, NetworkAcl, NetworkZone, PlacementGroup, Profile, Project, Replicator, Server,
        StorageBucket, StoragePool, StorageVolume,
    ];

    /// <summary>As the API names it: <c>storage_volume</c>.</summary>
    public string Name => name;

    /// <summary>The number the database stores.</summary>
    public int Code => code;

    /// <summary>The word for many of them in the names of rights: <c>can_view_instances</c>.</summary>
    public string Plural { get; private init; } = "";

    public bool InProject { get; private init; }

    /// <summary>The feature a project has to have for things of this kind of its own; without one, they are those of the default project. Empty: always its own.</summary>
    public string Feature { get; private init; } = "";

    /// <summary>The member of the API's object that names it.</summary>
    public string NameField { get; private init; } = "name";

    /// <summary>How its URL is built, cut at the slashes; <c>{}</c> stands for a part of its name.</summary>
    public string[] Segments { get; } = path[1..].Split('/');

    /// <summary>The number of parts of its name.</summary>
    public int Parts => Segments.Count(s => s == "{}");

    public static EntityKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);

    public override string ToString() => Name;
}
