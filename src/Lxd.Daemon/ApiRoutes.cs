using Lxd.Daemon.Acme;
using Lxd.Daemon.Certificates;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Identities.Oidc;
using Lxd.Daemon.Images;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Metadata;
using Lxd.Daemon.Metrics;
using Lxd.Daemon.Networks;
using Lxd.Daemon.Networks.Acls;
using Lxd.Daemon.Networks.Allocations;
using Lxd.Daemon.Networks.Forwards;
using Lxd.Daemon.Networks.Zones;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Profiles;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Resources;
using Lxd.Daemon.Server;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Daemon.Warnings;

namespace Lxd.Daemon;

/// <summary>All routes, a line per domain.</summary>
internal static class ApiRoutes
{
    public static void Map(Composition daemon)
    {
        new InternalEndpoints(daemon).Map(daemon.Router);
        new TestingEndpoints(daemon).Map(daemon.Router);
        new SqlEndpoints(daemon.Databases).Map(daemon.Router);
        new EventsEndpoints(daemon.Events).Map(daemon.Router);
        new OperationsEndpoints(daemon.Operations, daemon.Projects.GetAsync).Map(daemon.Router);
        new ServerEndpoints(daemon.Server).Map(daemon.Router);
        new ResourcesEndpoints().Map(daemon.Router);
        new ConfigurationEndpoints().Map(daemon.Router);
        new MetricsEndpoints(new MetricsService(daemon.Instances.With, daemon.Instances.States, daemon.Projects, daemon.Operations, daemon.Warnings, daemon.Pipeline.Rates)).Map(daemon.Router);
        new WarningsEndpoints(daemon.Warnings).Map(daemon.Router);
        new AcmeEndpoints(daemon.Acme.Answers).Map(daemon.Router);
        new CertificatesEndpoints(daemon.Certificates).Map(daemon.Router);
        new BearerPages(daemon.Bearers).Map(daemon.Router);
        new WebPages("/ui", Environment.GetEnvironmentVariable("LXD_UI") ?? "", single: true).Map(daemon.Router);
        new WebPages("/documentation", Environment.GetEnvironmentVariable("LXD_DOCUMENTATION") ?? "", single: false).Map(daemon.Router);
        new OidcEndpoints(daemon.Oidc, daemon.Identities).Map(daemon.Router);
        new GroupsEndpoints(daemon.Groups, daemon.GroupStore).Map(daemon.Router);
        new ProviderGroupsEndpoints(daemon.GroupStore, daemon.Events, daemon.Security).Map(daemon.Router);
        new IdentitiesEndpoints(daemon.IdentityService, daemon.Identities, daemon.Bearers).Map(daemon.Router);
        new ProjectsEndpoints(daemon.Projects, daemon.Quota).Map(daemon.Router);
        new ProfilesEndpoints(daemon.Profiles, daemon.Operations).Map(daemon.Router);
        new PoolsEndpoints(daemon.Pools, daemon.Operations, daemon.Projects).Map(daemon.Router);
        new BucketsEndpoints(daemon.Pools).Map(daemon.Router);
        new VolumesEndpoints(daemon.Volumes, daemon.Operations, daemon.Uploads).Map(daemon.Router);
        new VolumeBackupsEndpoints(daemon.Volumes, daemon.VolumeBackups, daemon.Operations).Map(daemon.Router);
        new VolumeSnapshotsEndpoints(daemon.Volumes, daemon.Operations).Map(daemon.Router);
        new ImagesEndpoints(daemon.Images, daemon.Operations, new ImageTokens(daemon.Operations), new ImagePush(daemon.Remotes, daemon.Images.Files), daemon.Events).Map(daemon.Router);
        new AliasEndpoints(daemon.Images, daemon.ImageAliases, daemon.Events).Map(daemon.Router);
        new NetworksEndpoints(daemon.Networks).Map(daemon.Router);
        new AclsEndpoints(daemon.Acls).Map(daemon.Router);
        new AllocationsEndpoints(daemon.NetworkNeeds, daemon.Networks, new ForwardStore(daemon.Databases.Global)).Map(daemon.Router);
        new ZonesEndpoints(daemon.Zones).Map(daemon.Router);
        new ForwardsEndpoints(daemon.Forwards, daemon.Networks).Map(daemon.Router);
        daemon.Instances.Map(daemon.Router);
        InstanceUrls.MapLegacy(daemon.Router);
    }
}
