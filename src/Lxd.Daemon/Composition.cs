using Lxd.Client.SimpleStreams;
using Lxd.Core.Config;
using Lxd.Daemon.Acme;
using Lxd.Daemon.Certificates;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;
using Lxd.Daemon.Identities.Oidc;
using Lxd.Daemon.Images;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Loki;
using Lxd.Daemon.Networks;
using Lxd.Daemon.Networks.Acls;
using Lxd.Daemon.Networks.Bgp;
using Lxd.Daemon.Networks.Forwards;
using Lxd.Daemon.Networks.Zones;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Profiles;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Daemon.Storage.DaemonFiles;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Daemon.Store;
using Lxd.Daemon.Warnings;
using Lxd.Network.Dns;
using Lxd.Runtime.Lxc;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon;

/// <summary>The composition root: every service is made here, once, from the lower ones; nothing looks services up.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly List<(string Name, Func<CancellationToken, Task> Run)> _starts = [];
    private readonly IdleMemory _memory = new();
    private readonly Stack<(string Name, Func<CancellationToken, Task> Run)> _stops = new();

    public Composition(DaemonOptions options, ILoggerFactory loggers)
    {
        Options = options;
        Loggers = loggers;
        Paths = new DaemonPaths(options.Directory);
        Paths.Create();
        Databases = Databases.Open(Paths.Database);
        Identity = new TlsIdentity(Paths.Root);
        Events = new EventHub();
        loggers.AddProvider(new EventLoggerProvider(Events));
        Operations = new OperationService(Events, loggers.CreateLogger("operations"));
        Tasks = new BackgroundTasks(loggers.CreateLogger("tasks"));

        Shutdown = new ShutdownSequence(this);
        Router = new Router();
        // One domain after the other, lower ones first.
        Config = new ServerConfig(Databases);
        Security = new SecurityEvents(Events);
        var identities = new IdentityStore(Databases.Global);
        GroupStore = new GroupStore(Databases.Global);
        Identities = new IdentityCache(identities, GroupStore, Databases.Global);
        var pki = Pki.Load(Paths.Root);
        Bearers = new BearerTokens(identities, Identities, Config, Events, Security);
        Trust = new TrustStore(Identities, Bearers, pki, Config, Security);
        var gate = new Gate(Security) { EffectiveProject = (project, feature, ct) => Projects!.EffectiveAsync(project, feature, ct) };
        Pipeline = new Pipeline(Router, new Authenticator(Trust), gate, loggers.CreateLogger("http")) { Cors = new Cors(Config.Get), Used = _memory.Used };
        Https = new HttpsListener(Identity, new ProxyProtocol(() => Config.Get("core.https_trusted_proxy")), Pipeline.HandleAsync, loggers.CreateLogger("https"));
        MetricsHttps = new HttpsListener(Identity, new ProxyProtocol(() => Config.Get("core.https_trusted_proxy")), Pipeline.HandleMetricsAsync, loggers.CreateLogger("metrics"), HttpsListener.DefaultMetricsPort);
        gate.MetricsForAll = () => !Config.IsTrue("core.metrics_authentication");
        Tokens = new TrustTokens(Config, Https);
        IdentityService = new IdentityService(identities, Identities, Tokens, pki, Events, Security);
        Oidc = new OidcService(identities, Identities, new SessionStore(Databases.Global), new CoreSecrets(Databases.Global, Config), Config, Events, Security, loggers.CreateLogger("oidc"));
        Trust.Oidc = Oidc.IdentifyAsync;
        Groups = new GroupService(GroupStore, Identities, Events, Security);
        var features = new HostFeatures();
        Server = new ServerService(Config, Https, features, Events) { AuthMethods = () => Oidc.IsReady ? ["tls", "bearer", "oidc"] : ["tls", "bearer"] };
        Warnings = new WarningService(new WarningStore(Databases.Global), Events);
        Acme = new AcmeService(Path.Combine(Paths.Root, "acme.key"), Identity, Config, Warnings, loggers.CreateLogger("acme"));
        Certificates = new CertificateService(identities, Identities, Config, Tokens, pki, Operations, Events, Security);
        var usage = new ProjectUsageStore(Databases.Global);
        Projects = new ProjectService(new ProjectStore(Databases.Global), usage, Events);
        Quota = new ProjectQuota(usage, Projects);
        Profiles = new ProfileService(new ProfileStore(Databases.Global), Projects, Events);
        PoolStore = new PoolStore(Databases.Global);
        PoolDrivers = new PoolDrivers(PoolStore, Paths);
        PoolMounts = new PoolMounts(PoolStore, PoolDrivers, Warnings, loggers.CreateLogger("storage"));
        Pools = new PoolService(PoolStore, PoolDrivers, Events, loggers.CreateLogger("storage"));
        VolumeStore = new VolumeStore(Databases.Global);
        VolumeDocuments = new VolumeDocuments(VolumeStore, PoolStore);
        ImageFiles = new DaemonFolder("images", Paths.Images, Config, PoolDrivers);
        BackupFiles = new DaemonFolder("backups", Paths.Backups, Config, PoolDrivers);
        DaemonVolumes = new DaemonVolumes(ImageFiles, BackupFiles, VolumeStore, PoolDrivers, Projects, Config, loggers.CreateLogger("storage"));
        Uploads = new BackupUploads(BackupFiles);
        Volumes = new VolumeService(VolumeStore, Pools, PoolDrivers, Projects, Quota, Events, loggers.CreateLogger("storage"));
        VolumeBackups = new VolumeBackups(Volumes, VolumeDocuments, PoolDrivers, Projects, Config, new BackupKeeper(BackupStore.OfVolumes(Databases.Global), new BackupFolders(BackupFiles, "custom")), Events, loggers.CreateLogger("storage"));
        Volumes.IsDaemons = DaemonVolumes.Uses;
        Projects.BeforeUpdate.Add(DaemonVolumes.CheckProjectAsync);
        Projects.Deleted = DaemonVolumes.ProjectDeletedAsync;
        Projects.Renamed = DaemonVolumes.ProjectRenamedAsync;
        DaemonVolumes.HasFiles = HasFilesAsync;
        Volumes.Renamed.Add(VolumeBackups.Renamed);
        Volumes.Removed.Add(VolumeBackups.Removed);
        Server.StorageDrivers = PoolService.Drivers;
        Server.UsedStorage = Pools.UsedAsync;
        Remotes = new ImageRemotes(Config, Identity.Certificate, new StreamCache(Path.Combine(Paths.Cache, "streams")));
        ImageAliases = new AliasStore(Databases.Global);
        Images = new ImageService(new ImageStore(Databases.Global), ImageAliases, new ImageFiles(ImageFiles), new ImageServices(Events, Projects, Quota, Config, loggers.CreateLogger("images"))) { Remotes = Remotes };

        OnStart("configuration", async ct =>
        {
            await Config.LoadAsync(ct).ConfigureAwait(false);
            await ServerUuid.EnsureAsync(Paths.Root, Config, ct).ConfigureAwait(false);
            await Identities.ReloadAsync(ct).ConfigureAwait(false);
            Tasks.Every("expired tokens", TimeSpan.FromHours(1), PruneTokensAsync);
        });
        Syslog = new SyslogSocket(Path.Combine(Paths.Root, "syslog.socket"), Events, loggers.CreateLogger("syslog"));
        Loki = new LokiService(Events, Security, Config, loggers.CreateLogger("loki"));
        OnStart("events", async ct =>
        {
            Config.OnChange("core.syslog_socket", (value, token) => Syslog.UseAsync(Checks.IsTrue(value), token));
            Config.OnChange(LokiSettings.Keys, Loki.UseAsync);
            await Loki.UseAsync(Config.Get, ct).ConfigureAwait(false);
            Config.OnChange(OidcSettings.Keys, Oidc.UseAsync);
            Config.OnChange(["core.auth_secret_expiry", "oidc.session.expiry"], (value, _) =>
            {
                CoreSecrets.Check(value);
                return Task.CompletedTask;
            });
            Oidc.Start();
            await Syslog.UseAsync(Config.IsTrue("core.syslog_socket"), ct).ConfigureAwait(false);
        });
        OnStart("https", async ct =>
        {
            Config.OnChange("core.https_address", Https.ListenAsync);
            await Https.ListenAsync(Config.Get("core.https_address"), ct).ConfigureAwait(false);
        });
        OnStart("certificate", _ =>
        {
            Config.OnChange(Acme);
            Tasks.Every("server certificate", Acme.NextAsync, RenewCertificateAsync, atOnce: true);
            return Task.CompletedTask;
        });
        OnStart("metrics", async ct =>
        {
            Config.OnChange("core.metrics_address", MetricsHttps.ListenAsync);
            await MetricsHttps.ListenAsync(Config.Get("core.metrics_address"), ct).ConfigureAwait(false);
        });
        OnStart("storage", async ct =>
        {
            Config.OnChange(DaemonVolumes);
            Config.OnChange(BackupCompression.Key, (value, _) =>
            {
                BackupCompression.Check(value);
                return Task.CompletedTask;
            });
            await PoolMounts.MountAllAsync(ct).ConfigureAwait(false);
            await Volumes.FinishAllAsync(ct).ConfigureAwait(false);
            await DaemonVolumes.StartAsync(ct).ConfigureAwait(false);
            Uploads.Clean();
            await VolumeBackups.StartAsync(ct).ConfigureAwait(false);
            Tasks.Every("volume backup expiry", TimeSpan.FromMinutes(1), VolumeBackups.ExpireAsync);
            Tasks.Every("volume snapshots", TimeSpan.FromMinutes(1), new VolumeSnapshotTasks(VolumeStore, Volumes, Operations, loggers.CreateLogger("storage")).RunAsync);
        });
        OnStart("warnings", _ =>
        {
            Tasks.Every("resolved warnings", TimeSpan.FromDays(1), Warnings.PruneAsync);
            return Task.CompletedTask;
        });
        OnStart("images", async ct =>
        {
            await Images.CleanFilesAsync(ct).ConfigureAwait(false);
            Projects.BeforeDelete.Add(Images.DropCachedAsync);
            Config.OnChanged("images.auto_update_interval", Tasks.Every("image update", Images.NextUpdateAsync, Images.UpdateAllAsync, atOnce: true));
            Config.OnChanged("images.remote_cache_expiry", Tasks.Every("image expiry", TimeSpan.FromDays(1), Images.PruneAsync));
        });
        var networks = new NetworkNeeds(new NetworkStore(Databases.Global), Projects, Quota, Events, Warnings, Config, Paths, loggers.CreateLogger("networks"));
        NetworkNeeds = networks;
        Networks = new NetworkService(networks);
        Acls = new AclService(networks, new AclStore(Databases.Global), Networks);
        Forwards = new ForwardService(networks, new ForwardStore(Databases.Global), Networks);
        var zones = new ZoneStore(Databases.Global);
        Zones = new ZoneService(networks, zones, Networks);
        Dns = new DnsServer(new ZoneContents(networks, zones, Networks, Zones, async ct => (await Projects.ListAsync(ct).ConfigureAwait(false)).ConvertAll(p => p.Name)).FindAsync, loggers.CreateLogger("dns").DnsFailed);
        Bgp = new BgpService(networks, Networks, new ForwardStore(Databases.Global), new InstanceStore(Databases.Global));
        OnStart("networks", async ct =>
        {
            await Networks.StartAllAsync(ct).ConfigureAwait(false);
            Tasks.Every("networks that did not start", TimeSpan.FromSeconds(5), Networks.RetryAsync);
        });
        OnStop("networks", Networks.LetGoAsync);
        OnStart("bgp", async ct =>
        {
            Config.OnChange(BgpService.Keys, Bgp.UseAsync);
            await Bgp.UseAsync(Config.Get, ct).ConfigureAwait(false);
        });
        OnStart("dns", async ct =>
        {
            Config.OnChange("core.dns_address", ListenForDnsAsync);
            await ListenForDnsAsync(Config.Get("core.dns_address"), ct).ConfigureAwait(false);
            Networks.Changed.Add(RetryDnsAsync);
        });
        OnStop("dns", async _ => await Dns.DisposeAsync().ConfigureAwait(false));
        OnStop("bgp", async _ => await Bgp.DisposeAsync().ConfigureAwait(false));
        Instances = new InstancesDomain(this, options.Instances?.Invoke(this) ?? InstancesDomain.Real(this));
        OnStart("liblxc", async ct =>
        {
            if (Instances.With.Driver is LxcDriver driver)
            {
                await driver.ProbeAsync(ct).ConfigureAwait(false);
                features.LxcVersion = driver.Version.Version;
            }
        });
        Instances.Register();
        // After all that is done at the start with the pools that are there.
        PoolMounts.Arrived.Add(Volumes.FinishLateAsync);
        PoolMounts.Arrived.Add(Instances.Service.PoolArrivedAsync);
        OnStart("late pools", _ =>
        {
            Tasks.Every("pools that are unavailable", TimeSpan.FromSeconds(5), PoolMounts.RetryAsync);
            return Task.CompletedTask;
        });
        ProjectContents.Register(this);

        ApiRoutes.Map(this);
    }

    public DaemonOptions Options { get; }
    public ILoggerFactory Loggers { get; }
    public DaemonPaths Paths { get; }
    public Databases Databases { get; }
    public TlsIdentity Identity { get; }
    public EventHub Events { get; }
    public OperationService Operations { get; }
    public BackgroundTasks Tasks { get; }
    public ShutdownSequence Shutdown { get; }
    public Router Router { get; }
    public Pipeline Pipeline { get; }
    public HttpsListener Https { get; }

    /// <summary>Metrics on an address of their own.</summary>
    public HttpsListener MetricsHttps { get; }
    public SecurityEvents Security { get; }
    public IdentityCache Identities { get; }
    public GroupStore GroupStore { get; }
    public GroupService Groups { get; }
    public IdentityService IdentityService { get; }
    public BearerTokens Bearers { get; }
    public OidcService Oidc { get; }
    public TrustStore Trust { get; }
    public TrustTokens Tokens { get; }
    public SyslogSocket Syslog { get; }
    public LokiService Loki { get; }
    public ServerConfig Config { get; }
    public ServerService Server { get; }
    public WarningService Warnings { get; }
    public AcmeService Acme { get; }
    public CertificateService Certificates { get; }
    public ProjectService Projects { get; }
    public ProjectQuota Quota { get; }
    public ProfileService Profiles { get; }
    public PoolStore PoolStore { get; }
    public PoolDrivers PoolDrivers { get; }
    public VolumeStore VolumeStore { get; }
    public PoolMounts PoolMounts { get; }
    public PoolService Pools { get; }
    public VolumeService Volumes { get; }
    public VolumeDocuments VolumeDocuments { get; }
    public DaemonFolder ImageFiles { get; }
    public DaemonFolder BackupFiles { get; }
    public DaemonVolumes DaemonVolumes { get; }
    public BackupUploads Uploads { get; }
    public VolumeBackups VolumeBackups { get; }
    public ImageRemotes Remotes { get; }
    public AliasStore ImageAliases { get; }
    public ImageService Images { get; }
    public NetworkNeeds NetworkNeeds { get; }
    public NetworkService Networks { get; }
    public AclService Acls { get; }
    public ForwardService Forwards { get; }
    public BgpService Bgp { get; }
    public ZoneService Zones { get; }
    public DnsServer Dns { get; }
    public InstancesDomain Instances { get; }

    private Task ListenForDnsAsync(string address, CancellationToken ct) => Dns.ListenAsync(address.Length == 0 ? null : HttpsListener.Parse(address, DnsServer.DefaultPort), ct);

    /// <summary>The authority asks back, and is answered only when the daemon is up.</summary>
    private async Task RenewCertificateAsync(CancellationToken ct)
    {
        await Ready.Task.WaitAsync(ct).ConfigureAwait(false);
        await Acme.RenewAsync(ct).ConfigureAwait(false);
    }

    /// <summary>The address may be that of a network which runs only now.</summary>
    private async Task RetryDnsAsync(CancellationToken ct)
    {
        try
        {
            await ListenForDnsAsync(Config.Get("core.dns_address"), ct).ConfigureAwait(false);
        }
        catch (Core.ApiException)
        {
            // Not yet: who set it was told, and the next change comes.
        }
    }

    /// <summary>Forgets the tokens that nobody came with in time.</summary>
    public async Task PruneTokensAsync(CancellationToken ct)
    {
        await Certificates.PruneAsync(ct).ConfigureAwait(false);
        await IdentityService.PruneAsync(ct).ConfigureAwait(false);
        await Oidc.Sessions.PruneAsync(ct).ConfigureAwait(false);
    }

    /// <summary>Whether a project has images or backups of its own.</summary>
    private async Task<bool> HasFilesAsync(string kind, string project, CancellationToken ct) => kind == "images"
        ? (await Images.ListAllAsync(ct).ConfigureAwait(false)).Exists(i => i.Project == project)
        : await Instances.Backups.AnyAsync(project, ct).ConfigureAwait(false) || await VolumeBackups.AnyAsync(project, ct).ConfigureAwait(false);

    /// <summary>Ends when somebody asked the daemon to stop; the result says whether instances are to be stopped too.</summary>
    public TaskCompletionSource<bool> StopRequested { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when all start steps are done and the daemon answers everything.</summary>
    public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Registers a step of the start, in order; one that fails is logged and does not stop the others.</summary>
    public void OnStart(string name, Func<CancellationToken, Task> run) => _starts.Add((name, run));

    /// <summary>Registers a step of every stop (also when instances keep running), run in reverse order.</summary>
    public void OnStop(string name, Func<CancellationToken, Task> run) => _stops.Push((name, run));

    /// <summary>Stops the instances, for <c>lxd shutdown</c>; set by the instances domain. Their operations are waited for until the first token ends.</summary>
    public Func<CancellationToken, CancellationToken, Task> StopInstances { get; set; } = (_, _) => Task.CompletedTask;

    public async Task StartAsync(CancellationToken ct)
    {
        var logger = Loggers.CreateLogger("start");
        foreach (var (name, run) in _starts)
        {
            try
            {
                await run(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.StepFailed(name, e);
            }
        }

        Pipeline.Ready = true;
        Ready.TrySetResult();
        _ = Task.Run(_memory.Release, CancellationToken.None);
        Security.Started();
    }

    public async Task StopAsync(CancellationToken ct)
    {
        Security.Stopping();
        var logger = Loggers.CreateLogger("stop");
        while (_stops.TryPop(out var step))
        {
            try
            {
                await step.Run(ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                logger.StepFailed(step.Name, e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _memory.Dispose();
        Shutdown.Dispose();
        await Tasks.DisposeAsync().ConfigureAwait(false);
        await Oidc.DisposeAsync().ConfigureAwait(false);
        await Syslog.DisposeAsync().ConfigureAwait(false);
        await Loki.DisposeAsync().ConfigureAwait(false);
        await Https.DisposeAsync().ConfigureAwait(false);
        await MetricsHttps.DisposeAsync().ConfigureAwait(false);
        Remotes.Dispose();
        Databases.Dispose();
        Identity.Certificate.Dispose();
    }
}
