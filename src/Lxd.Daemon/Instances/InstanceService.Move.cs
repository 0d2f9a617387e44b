using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Moves a stopped instance within this server: to another pool, project or name. A copy that takes the place of the original.</summary>
    /// <param name="ownProfiles">Whether the request names its profiles, be it none.</param>
    public async Task MoveAsync(InstanceRecord instance, InstancePost post, bool ownProfiles, OperationRequestor? requestor, CancellationToken ct)
    {
        if (IsRunning(instance))
        {
            throw ApiException.BadRequest("Instance must be stopped to be moved statelessly");
        }

        var project = post.Project.Length > 0 ? post.Project : instance.Project;
        var name = post.Name.Length > 0 ? post.Name : instance.Name;
        var inPlace = project == instance.Project && name == instance.Name;
        var plan = instance with
        {
            Project = project,
            Name = inPlace ? InstanceNames.Generate(new HashSet<string>()) : name,
            Config = post.Config.Count > 0 ? NonEmpty(post.Config).Where(c => IsCopied(c.Key)).ToDictionary() : instance.Config.Where(c => IsCopied(c.Key)).ToDictionary(),
            Devices = MovedDevices(instance, post, project),
            Profiles = ownProfiles ? post.Profiles : instance.Profiles,
        };
        foreach (var (key, value) in instance.Config.Where(c => c.Key.EndsWith(".hwaddr", StringComparison.Ordinal)))
        {
            plan.Config.TryAdd(key, value);
        }

        var copy = new InstancesPost { Source = new InstanceSource { Type = "copy", Source = instance.Name, Project = instance.Project, InstanceOnly = post.InstanceOnly || post.ContainerOnly, OverrideSnapshotProfiles = ownProfiles || post.OverrideSnapshotProfiles } };
        await CopyAsync(plan, copy, true, requestor, ct, project == instance.Project ? instance.Name : "").ConfigureAwait(false);

        // What the instance was waiting to apply it still is: a move is no copy.
        var moved = await with.Store.GetAsync(plan.Project, plan.Name, ct).ConfigureAwait(false);
        await with.Store.SetConfigAsync(moved.Id, new Dictionary<string, string?> { ["volatile.apply_template"] = instance.Config.GetValueOrDefault("volatile.apply_template") }, ct).ConfigureAwait(false);
        await DeleteAsync(instance, false, requestor, ct).ConfigureAwait(false);
        if (inPlace)
        {
            await RenameAsync(await with.Store.GetAsync(project, plan.Name, ct).ConfigureAwait(false), name, requestor, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The root disk stays in its pool unless told otherwise: what a profile gave becomes the instance's own where the profiles may be others.</summary>
    private static Dictionary<string, Dictionary<string, string>> MovedDevices(InstanceRecord instance, InstancePost post, string project)
    {
        var devices = new Dictionary<string, Dictionary<string, string>>(post.Devices.Count > 0 ? post.Devices : instance.Devices);
        if (instance.RootDisk() is { } root && (post.Pool.Length > 0 || project != instance.Project))
        {
            devices.TryAdd(root.Key, root.Value);
            if (post.Pool.Length > 0)
            {
                devices[root.Key] = new(devices[root.Key]) { ["pool"] = post.Pool };
            }
        }

        return devices;
    }
}
