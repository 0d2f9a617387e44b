using Lxd.Daemon.DevLxd;
using Lxd.Daemon.Events;
using Lxd.Daemon.Hosting;
using Lxd.Daemon.Instances.Backups;
using Lxd.Daemon.Instances.Devices;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Lxd.Daemon.Warnings;
using Lxd.Runtime;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Instances;

/// <summary>What the verbs on instances work with.</summary>
internal sealed record InstanceServices(
    InstanceStore Store,
    InstanceLocks Locks,
    IInstanceVolumes Volumes,
    IInstanceDriver Driver,
    DeviceManager Devices,
    IInstanceImages Images,
    IInstanceTemplates Templates,
    EventHub Events,
    ServerConfig Config,
    DaemonPaths Paths,
    InstanceIdMaps IdMaps,
    BackupFiles BackupFiles,
    ProjectQuota Quota,
    WarningService Warnings,
    GuestEvents Guests,
    ILogger Log)
{
    /// <summary>Where the instance's logs lie.</summary>
    public string LogDirectory(InstanceRecord instance) => Path.Combine(Paths.Logs, instance.DiskName);

    /// <summary>The instance as the driver knows it.</summary>
    public InstanceRef RefOf(InstanceRecord instance) => new(instance.DiskName, LogDirectory(instance));

    public RunStatus StatusOf(InstanceRecord instance)
    {
        var reference = RefOf(instance);
        return Driver.Pid(reference) == 0 ? RunStatus.Stopped : Driver.IsFrozen(reference) ? RunStatus.Frozen : instance.Config.GetValueOrDefault("volatile.last_state.ready") == "true" ? RunStatus.Ready : RunStatus.Running;
    }
}
