using Lxd.Daemon.DevLxd;
using Lxd.Daemon.Instances.Backups;
using Lxd.Daemon.Instances.Console;
using Lxd.Daemon.Instances.Devices;
using Lxd.Daemon.Instances.Devices.Nics;
using Lxd.Daemon.Instances.Devices.Nodes;
using Lxd.Daemon.Instances.Devices.Proxies;
using Lxd.Daemon.Instances.Exec;
using Lxd.Daemon.Instances.Files;
using Lxd.Daemon.Instances.Files.Sftp;
using Lxd.Daemon.Instances.Recover;
using Lxd.Daemon.Instances.Snapshots;
using Lxd.Daemon.Instances.Templates;
using Lxd.Daemon.Instances.Volumes;
using Lxd.Daemon.Storage;
using Lxd.Daemon.Storage.Backups;
using Lxd.Linux.IdMaps;
using Lxd.Runtime;
using Lxd.Runtime.Lxc;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances;

/// <summary>What instances need of the domains below them; tests put their own here.</summary>
internal sealed record InstanceNeeds(IInstanceDriver Driver, IInstanceVolumes Volumes, IInstanceNetworks Networks, IInstanceImages Images, IInstanceTemplates Templates, IInstanceAddresses Addresses);

/// <summary>The instances domain put together.</summary>
internal sealed class InstancesDomain
{
    private static readonly TimeSpan LongestRestore = TimeSpan.FromSeconds(60);
    private readonly Composition _daemon;
    private readonly StrayPairs _strays;
    private readonly SnapshotTasks _tasks;
    private readonly SnapshotRecordsStore _records;

    public InstancesDomain(Composition daemon, InstanceNeeds needs)
    {
        _daemon = daemon;
        _records = new SnapshotRecordsStore(daemon.Databases);
        var log = daemon.Loggers.CreateLogger("instances");
        Store = new InstanceStore(daemon.Databases.Global);
        _strays = new StrayPairs(Store, needs.Networks.Links);
        var maps = new InstanceIdMaps(Store, SubordinateIds.Read());
        IDevice[] devices =
        [
            new NoneDevice(), new DiskDevice(needs.Volumes, maps.ExpectedAsync, Store, new StagedDisk(daemon.Paths)), Nics(needs.Networks, Store, daemon), new UnixDevice("unix-char", daemon.Paths), new UnixDevice("unix-block", daemon.Paths),
            new ProxyDevice(daemon.Paths, needs.Networks.Links, daemon.Forwards.IsTakenAsync),
            new UsbDevice(daemon.Paths), new GpuDevice(daemon.Paths),
            new UnsupportedDevice("infiniband", "No InfiniBand hardware is supported on this server"), new UnsupportedDevice("tpm", "The kernel has no proxy for virtual TPMs (tpm_vtpm_proxy)"),
            new UnsupportedDevice("unix-hotplug", "Devices of the type \"unix-hotplug\" are not supported on this server"),
            new UnsupportedDevice("pci", "PCI devices are not supported on this server", "virtual-machine"),
        ];
        var documents = new InstanceDocuments(Store, daemon.VolumeDocuments, daemon.Projects);
        var files = new BackupFiles(Store, documents, i => With!.StatusOf(i), needs.Volumes, log);
        With = new InstanceServices(Store, new InstanceLocks(), needs.Volumes, needs.Driver, new DeviceManager(devices, Store, Monitor, log), needs.Images, needs.Templates, daemon.Events, daemon.Config, daemon.Paths,
            maps, files, daemon.Quota, daemon.Warnings, Guests, log);
        Service = new InstanceService(With);
        Monitor.Changed = (instance, device) => _ = Service.RefreshDeviceAsync(instance, device);
        States = new InstanceStateService(With, needs.Addresses);
        Snapshots = new SnapshotService(With, Service, new AttachedVolumes(daemon.Volumes, daemon.Projects));
        Lists = new InstanceListEndpoints(Store, Service, States, daemon.Operations);
        Endpoints = new InstancesEndpoints(Store, Service, Snapshots, Lists, daemon.Operations);
        _tasks = new SnapshotTasks(Store, Snapshots, daemon.Operations, log);
        Backups = new InstanceBackups(With, documents, new BackupKeeper(BackupStore.OfInstances(daemon.Databases.Global), new BackupFolders(daemon.BackupFiles, "instances")));
        Service.BeforeDelete.Add(Backups.DeleteAllAsync);
        Service.Renamed.Add(Backups.Renamed);
        Lists.Backups = async (_, ct) => (await Backups.Store.ListAllAsync(ct).ConfigureAwait(false)).ToLookup(b => b.Owner, InstanceBackupsEndpoints.Render);
        Endpoints.Import = new ImportEndpoint(Service, daemon.Operations, daemon.Uploads).HandleAsync;
        daemon.Images.Publisher = new InstancePublisher(With);
        daemon.Volumes.Changed = files.VolumeChangedAsync;
        daemon.Projects.BeforeUpdate.Add(async (project, config, ct) =>
        {
            foreach (var instance in await Store.ListAsync(new InstanceFilter(project), ct).ConfigureAwait(false))
            {
                ProjectRestrictions.Check(instance, config);
            }
        });
        daemon.Profiles.BeforeUpdate = Service.CheckProfileAsync;
        var disks = new ProfileDisks(daemon.Volumes);
        daemon.Profiles.Check = async (project, wanted, ct) =>
        {
            await Service.CheckProfileAllowedAsync(project, wanted, ct).ConfigureAwait(false);
            await With.Devices.CheckAsync(new InstanceRecord { Project = project, Name = wanted.Name, ExpandedDevices = wanted.Devices }, ct).ConfigureAwait(false);
            await disks.CheckAsync(project, wanted.Devices, ct).ConfigureAwait(false);
        };
        Service.BeforeStart = async (instance, ct) =>
        {
            await _records.CheckAsync(instance, ct).ConfigureAwait(false);
            await Snapshots.AtStartAsync(instance, ct).ConfigureAwait(false);
        };
    }

    /// <summary>Containers by liblxc in the pools and networks of the database.</summary>
    public static InstanceNeeds Real(Composition daemon)
    {
        var volumes = new InstanceVolumes(new StoredPools(daemon.PoolDrivers, daemon.Volumes), new VolumeRows(daemon.Databases.Global), daemon.Paths, daemon.Images.Files);
        async Task<IEnumerable<string>> PoolsAsync(CancellationToken ct) => (await daemon.Pools.ListAsync(ct).ConfigureAwait(false)).Select(p => p.Name);
        daemon.Images.BeforeDelete = async (fingerprint, ct) => await volumes.Images.DeleteAsync(await PoolsAsync(ct).ConfigureAwait(false), fingerprint, ct).ConfigureAwait(false);
        daemon.Images.BeforeReplace = async (fingerprint, next, ct) => await volumes.Images.ReplaceAsync(await PoolsAsync(ct).ConfigureAwait(false), fingerprint, next, ct).ConfigureAwait(false);
        return new InstanceNeeds(new LxcDriver(daemon.Paths.Root), volumes,
            new HostNetworks(daemon.Databases.Global, daemon.Projects, daemon.Networks), daemon.Images, new InstanceTemplates(), new InstanceAddresses());
    }

    private static NicDevice Nics(IInstanceNetworks networks, InstanceStore store, Composition daemon)
    {
        var peers = new NicPeers(store);
        var host = new HostSide(networks.Links, networks.Rules, peers);
        INicType[] types = [new BridgedNic(host, networks, daemon.Config), new P2pNic(host, daemon.Config), new MacvlanNic(host), new IpvlanNic(host), new RoutedNic(host, daemon.Config), new PhysicalNic(host), new SriovNic(host)];
        return new NicDevice(types, networks, peers);
    }

    public DeviceMonitor Monitor { get; } = new();

    /// <summary>What running instances are told of themselves.</summary>
    public GuestEvents Guests { get; } = new();

    public InstanceServices With { get; }
    public InstanceStore Store { get; }
    public InstanceService Service { get; }
    public InstanceStateService States { get; }
    public SnapshotService Snapshots { get; }
    public InstanceBackups Backups { get; }
    public InstancesEndpoints Endpoints { get; }
    public InstanceListEndpoints Lists { get; }

    /// <summary>Registers what happens at start and stop; after the domains below have registered theirs.</summary>
    public void Register()
    {
        var interception = new Interception(Store, _daemon.Paths.Root, _daemon.Loggers.CreateLogger("seccomp"));
        _daemon.OnStart("seccomp", _ =>
        {
            interception.Start();
            return Task.CompletedTask;
        });
        _daemon.OnStop("seccomp", async _ => await interception.DisposeAsync().ConfigureAwait(false));
        _daemon.OnStart("warnings of the host", new HostWarnings(_daemon.Warnings, CgroupControllers.Has).TellAsync);
        _daemon.OnStart("instances", async ct =>
        {
            await Service.FinishAllAsync(ct).ConfigureAwait(false);
            await _records.RepairAsync(ct).ConfigureAwait(false);
            await _strays.RemoveAsync(ct).ConfigureAwait(false);
            await Service.WatchRunningAsync(ct).ConfigureAwait(false);
            await AutostartAsync(ct).ConfigureAwait(false);
            await Backups.StartAsync(ct).ConfigureAwait(false);
            _daemon.Tasks.Every("backup expiry", TimeSpan.FromMinutes(1), Backups.ExpireAsync);
            _daemon.Tasks.Every("snapshots", TimeSpan.FromMinutes(1), _tasks.RunAsync);
        });
        var server = new DevLxdServer(new PeerInstances(With), new DevLxdEndpoints(With, _daemon.Images, Guests, _daemon.Events, _daemon.Bearers, new GuestManagement(new GuestApi(_daemon.Pipeline, _daemon.Identities), _daemon.Operations), [.. PoolService.Drivers().Select(d => d.Name)]), _daemon.Paths, _daemon.Loggers.CreateLogger("devlxd"));
        _daemon.OnStart("devlxd", server.StartAsync);
        _daemon.OnStop("devlxd", async _ => await server.DisposeAsync().ConfigureAwait(false));
        _daemon.OnStop("instances", _ =>
        {
            Monitor.Dispose();
            return Service.CloseAsync();
        });
        _daemon.Forwards.ProxyOn = async (address, ct) => ProxyDevice.On(address, await Store.ListAsync(new InstanceFilter(), ct).ConfigureAwait(false));
        _daemon.StopInstances = async (patience, ct) =>
        {
            await Service.StopAllAsync(i => _daemon.Operations.SettledAsync(Core.Names.Url(i.Project, "1.0", "instances", i.Name), patience), ct).ConfigureAwait(false);
            await _daemon.Networks.StopAllAsync(ct).ConfigureAwait(false);
        };
    }

    /// <summary>Starts what shall run. The daemon is ready when that is done, or goes on in the background when it takes long.</summary>
    private async Task AutostartAsync(CancellationToken ct)
    {
        var work = Task.Run(() => Service.AutostartAsync(ct), ct);
        await Task.WhenAny(work, Task.Delay(LongestRestore, ct)).ConfigureAwait(false);
    }

    public void Map(Http.Router router)
    {
        Endpoints.Map(router);
        Lists.Map(router);
        new InstanceStateEndpoints(Store, Service, States, _daemon.Operations).Map(router);
        router.Map("POST", "/internal/testing/snapshot-scheduled-task", Http.Access.Local, async (_, ct) =>
        {
            await _tasks.RunMinuteAsync(ct).ConfigureAwait(false);
            return Http.Response.Empty;
        });
        new SnapshotsEndpoints(Store, Service, Snapshots, _daemon.Operations).Map(router);
        new InstanceBackupsEndpoints(Store, Backups, _daemon.Operations).Map(router);
        new RecoverEndpoints(new RecoverService(new LostVolumes(_daemon.VolumeStore, _daemon.PoolStore, _daemon.PoolDrivers), Service, _daemon.Volumes, _daemon.Projects, _daemon.Profiles, _daemon.Networks)).Map(router);
        new InstanceLogsEndpoints(Store, With, _daemon.Events).Map(router);
        new FilesEndpoints(With, _daemon.Events).Map(router);
        new SftpEndpoints(With, _daemon.Events).Map(router);
        new MetadataEndpoints(With, _daemon.Events).Map(router);
        new ExecEndpoints(Store, new ExecService(With), _daemon.Operations).Map(router);
        new ConsoleEndpoints(Store, new ConsoleService(With), _daemon.Operations).Map(router);
    }
}
