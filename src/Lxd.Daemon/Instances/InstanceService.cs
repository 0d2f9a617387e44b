using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

/// <summary>Decides about instances; a verb a file.</summary>
internal sealed partial class InstanceService(InstanceServices with)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<long, bool> _watched = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _stoppingAll;

    public Task<InstanceRecord> GetAsync(string project, string name, CancellationToken ct) => with.Store.GetAsync(project, name, ct);

    public RunStatus Status(InstanceRecord instance) => with.StatusOf(instance);

    public bool IsRunning(InstanceRecord instance) => Status(instance) != RunStatus.Stopped;

    /// <summary>Where the instance's logs lie.</summary>
    public string LogDirectory(InstanceRecord instance) => with.LogDirectory(instance);

    /// <summary>The symbolic link other tools follow to the volume.</summary>
    private string LinkPath(InstanceRecord instance) => Path.Combine(instance.IsContainer ? with.Paths.Containers : with.Paths.VirtualMachines, instance.DiskName);

    private void Tell(string action, InstanceRecord instance, OperationRequestor? requestor, JsonObject? context = null)
    {
        with.Log.Happened(action["instance-".Length..], instance.Name, instance.Project);
        with.Events.Lifecycle(action, instance.Project, instance.Url, requestor, context, instance.Name);
    }

    private Rollback Undo(string verb) => new(e => with.Log.UndoFailed(verb, e));

    /// <summary>Throws unless a name of the profile's, the pool and every device can be used as they stand.</summary>
    private async Task CheckAsync(InstanceRecord expanded, CancellationToken ct)
    {
        InstanceConfig.CheckKind(expanded.Config, expanded.IsContainer);
        InstanceConfig.Validate(expanded.Config);
        InstanceConfig.Validate(expanded.ExpandedConfig);
        if (expanded.IsContainer)
        {
            with.IdMaps.Check(expanded);
        }

        await with.Devices.CheckAsync(expanded, ct).ConfigureAwait(false);
        var root = expanded.RootDisk() ?? throw ApiException.BadRequest("Invalid devices: Failed detecting root disk device: No root device could be found");
        await with.Volumes.CheckPoolAsync(root.Value.GetValueOrDefault("pool", ""), ct).ConfigureAwait(false);
    }

    /// <summary>The instance with the profiles of its list laid under it.</summary>
    private async Task<InstanceRecord> ExpandAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.Profiles.Distinct().Count() != instance.Profiles.Count)
        {
            throw ApiException.BadRequest("Duplicate profile found in request");
        }

        var profiles = await with.Store.ProfilesAsync(instance.Project, instance.Profiles, ct).ConfigureAwait(false);
        return instance with { ExpandedConfig = Expansion.Config(instance.Config, profiles), ExpandedDevices = Expansion.Devices(instance.Devices, profiles) };
    }
}
