using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Projects;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>A copy of an instance of this server, or of a snapshot (<c>c1/snap0</c>); with <c>refresh</c> an instance that is there already is made equal.</summary>
    /// <param name="plan">What the request says of the copy; what it leaves open comes from the source.</param>
    /// <param name="ownProfiles">Whether the request named profiles.</param>
    /// <param name="replaces">The instance of the project that goes for the copy; empty for none.</param>
    public async Task CopyAsync(InstanceRecord plan, InstancesPost post, bool ownProfiles, OperationRequestor? requestor, CancellationToken ct, string replaces = "")
    {
        var (name, snapshotName) = Names.SplitSnapshot(post.Source.Source);
        var project = post.Source.Project.Length > 0 ? post.Source.Project : plan.Project;
        var source = await with.Store.GetAsync(project, name, ct).ConfigureAwait(false);
        var snapshot = snapshotName is null ? null : await with.Store.SnapshotAsync(source.Id, snapshotName, ct).ConfigureAwait(false);
        var target = CopyPlan(source, snapshot, plan, post, ownProfiles);
        var withSnapshots = snapshot is null && !post.Source.InstanceOnly && !post.Source.ContainerOnly;
        if (post.Source.Refresh && await with.Store.FindAsync(plan.Project, plan.Name, ct).ConfigureAwait(false) is { } existing)
        {
            await RefreshAsync(source, existing, target, withSnapshots, post.Source, requestor, ct).ConfigureAwait(false);
            return;
        }

        if (withSnapshots)
        {
            await CheckSnapshotsAsync(source, target, replaces, post.Source.OverrideSnapshotProfiles, ct).ConfigureAwait(false);
        }

        // The source must neither vanish nor be restored while it is read.
        using var lease = await with.Locks.WaitAsync(source.Id, "copy", ct).ConfigureAwait(false);
        var made = await MakeAsync(target, "copy", async (instance, token) =>
        {
            await using var undo = Undo("copy");
            undo.Add(() => with.Volumes.DeleteAsync(instance, CancellationToken.None));
            await using (snapshot is null ? await HoldStillAsync(source, post.Source.AllowInconsistent, requestor, token).ConfigureAwait(false) : null)
            {
                await with.Volumes.CopyAsync(source, snapshot?.Name, instance, token).ConfigureAwait(false);
            }

            if (withSnapshots)
            {
                await CopySnapshotsAsync(source, instance, token).ConfigureAwait(false);
            }

            undo.Commit();
        }, requestor, ct, replaces).ConfigureAwait(false);
        lease.Dispose();
        await StartIfAsync(post.Start, made, requestor, ct).ConfigureAwait(false);
    }

    private static InstanceRecord CopyPlan(InstanceRecord source, SnapshotRecord? snapshot, InstanceRecord plan, InstancesPost post, bool ownProfiles)
    {
        var config = (snapshot?.Config ?? source.Config).Where(c => IsCopied(c.Key)).ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in plan.Config)
        {
            config[key] = value;
        }

        // A client that sends a configuration of its own has left out what it does not want.
        foreach (var (key, value) in post.Config.Where(c => c.Value.Length == 0))
        {
            config.Remove(key);
        }

        var devices = (snapshot?.Devices ?? source.Devices).ToDictionary(StringComparer.Ordinal);
        foreach (var (key, value) in plan.Devices)
        {
            devices[key] = value;
        }

        return plan with
        {
            Type = source.Type,
            Architecture = source.Architecture,
            Config = config,
            Devices = devices,
            Description = plan.Description.Length > 0 ? plan.Description : source.Description,
            Profiles = ownProfiles ? plan.Profiles : source.Profiles,
        };
    }

    /// <summary>A copy has its own identity and runs nowhere yet.</summary>
    private static bool IsCopied(string key) => !key.StartsWith("volatile.", StringComparison.Ordinal) || key is "volatile.base_image" or "volatile.last_state.idmap";

    private async Task CopySnapshotsAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        foreach (var snapshot in await with.Store.SnapshotsAsync(source.Id, ct).ConfigureAwait(false))
        {
            await CopySnapshotAsync(source, target, snapshot, ct).ConfigureAwait(false);
        }

        LinkSnapshots(target, (await with.Store.SnapshotsAsync(target.Id, ct).ConfigureAwait(false)).Count > 0);
    }

    private async Task CopySnapshotAsync(InstanceRecord source, InstanceRecord target, SnapshotRecord snapshot, CancellationToken ct)
    {
        await with.Volumes.CopySnapshotAsync(source, snapshot.Name, target, ct).ConfigureAwait(false);
        var config = snapshot.Config.Where(c => IsCopied(c.Key) || c.Key == "volatile.uuid").ToDictionary(StringComparer.Ordinal);
        config["volatile.uuid"] = Guid.NewGuid().ToString();
        await with.Store.InsertSnapshotAsync(target, snapshot with { Config = config, Devices = Placed(snapshot, target) }, ct).ConfigureAwait(false);
    }

    /// <summary>The devices of a snapshot whose root disk lies where its instance does.</summary>
    private static Dictionary<string, Dictionary<string, string>> Placed(SnapshotRecord snapshot, InstanceRecord target) =>
        target.RootDisk() is { } root && snapshot.Devices.TryGetValue(root.Key, out var disk)
            ? new Dictionary<string, Dictionary<string, string>>(snapshot.Devices) { [root.Key] = new(disk) { ["pool"] = root.Value.GetValueOrDefault("pool", "") } }
            : snapshot.Devices;

    /// <summary>What an instance becomes by a restore is held to what its project allows now, as any other change of it.</summary>
    public async Task CheckRestoreAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct) =>
        await CheckProjectAsync(await ExpandAsync(instance with { Config = snapshot.Config, Devices = snapshot.Devices }, ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    /// <summary>Each snapshot may be what its instance becomes again one day: the project has to allow it.</summary>
    private async Task CheckSnapshotsAsync(InstanceRecord source, InstanceRecord target, string replaces, bool overrideProfiles, CancellationToken ct)
    {
        var placed = await ExpandAsync(target, ct).ConfigureAwait(false);
        var snapshots = await with.Store.SnapshotsAsync(source.Id, ct).ConfigureAwait(false);
        if (snapshots.Count > 0 && (replaces.Length == 0 || source.Project != target.Project))
        {
            // Those that move within the project were made when it allowed them.
            ProjectRules.CheckSnapshots(target.Project, await with.Store.ProjectConfigAsync(target.Project, ct).ConfigureAwait(false));
        }

        if (snapshots.Count > 0 && !overrideProfiles && await MissingProfileAsync(target.Project, source.Profiles, ct).ConfigureAwait(false) is { } missing)
        {
            throw ApiException.BadRequest($"Failed creating instance snapshot record \"{target.Name}/{snapshots[0].Name}\": Requested profile \"{missing}\" doesn't exist");
        }

        foreach (var snapshot in snapshots)
        {
            var config = snapshot.Config.Where(c => IsCopied(c.Key)).ToDictionary(StringComparer.Ordinal);
            var restored = await ExpandAsync(target with { Config = config, Devices = Placed(snapshot, placed) }, ct).ConfigureAwait(false);
            try
            {
                await CheckProjectAsync(restored, ct, replaces).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                throw new ApiException(e.Status, $"Snapshot \"{target.Name}/{snapshot.Name}\" cannot be placed: {e.Message}", e);
            }
        }
    }

    /// <summary>Makes a stopped copy equal to its source: its configuration becomes the one asked for, missing snapshots come, superfluous ones go, the volume follows.</summary>
    private async Task RefreshAsync(InstanceRecord source, InstanceRecord target, InstanceRecord plan, bool withSnapshots, InstanceSource wanted, OperationRequestor? requestor, CancellationToken ct)
    {
        if (source.Id == target.Id)
        {
            throw ApiException.BadRequest("Source and target instance are the same");
        }

        using var held = await with.Locks.TakeAsync(source.Id, "copy", ct).ConfigureAwait(false);
        using var lease = await with.Locks.TakeAsync(target.Id, "refresh", ct).ConfigureAwait(false);
        if (IsRunning(target))
        {
            throw ApiException.BadRequest("Failed getting exclusive access to target instance: Instance is running");
        }

        if (withSnapshots)
        {
            await CheckSnapshotsAsync(source, target, "", wanted.OverrideSnapshotProfiles, ct).ConfigureAwait(false);
        }

        target = await ReconfigureAsync(await ReloadAsync(target, ct).ConfigureAwait(false), plan, ct).ConfigureAwait(false);
        if (withSnapshots)
        {
            await RefreshSnapshotsAsync(source, target, ct).ConfigureAwait(false);
        }

        await using (await HoldStillAsync(source, wanted.AllowInconsistent, requestor, ct).ConfigureAwait(false))
        {
            await with.Volumes.RefreshAsync(source, target, ct).ConfigureAwait(false);
        }

        await with.BackupFiles.WriteAsync(target.Id, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-updated", target, requestor);
    }

    /// <summary>What the server notes of the copy stays, and so does the pool that it is in.</summary>
    private async Task<InstanceRecord> ReconfigureAsync(InstanceRecord before, InstanceRecord plan, CancellationToken ct)
    {
        var config = plan.Config.Where(c => !c.Key.StartsWith("volatile.", StringComparison.Ordinal)).Concat(before.Config.Where(c => c.Key.StartsWith("volatile.", StringComparison.Ordinal))).ToDictionary(StringComparer.Ordinal);
        if (plan.Config.GetValueOrDefault("volatile.uuid") is { Length: > 0 } uuid)
        {
            config["volatile.uuid"] = uuid;
        }

        var devices = plan.Devices.ToDictionary(StringComparer.Ordinal);
        if (before.RootDisk() is { } root)
        {
            devices[root.Key] = new Dictionary<string, string>(devices.GetValueOrDefault(root.Key, root.Value)) { ["pool"] = root.Value.GetValueOrDefault("pool", "") };
        }

        var after = await ExpandAsync(before with { Config = config, Devices = devices, Profiles = plan.Profiles, Description = plan.Description }, ct).ConfigureAwait(false);
        await CheckAsync(after, ct).ConfigureAwait(false);
        await CheckProjectAsync(after, ct).ConfigureAwait(false);
        await with.Devices.CheckPeersAsync(before, after, ct).ConfigureAwait(false);
        await ApplyAsync(before, after, ct).ConfigureAwait(false);
        return await ReloadAsync(after, ct).ConfigureAwait(false);
    }

    private async Task RefreshSnapshotsAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct)
    {
        var wanted = await with.Store.SnapshotsAsync(source.Id, ct).ConfigureAwait(false);
        var present = await with.Store.SnapshotsAsync(target.Id, ct).ConfigureAwait(false);
        foreach (var old in present.Where(p => !wanted.Any(w => w.Name == p.Name && w.CreatedAt == p.CreatedAt)))
        {
            await with.Volumes.DeleteSnapshotAsync(target, old.Name, ct).ConfigureAwait(false);
            await with.Store.DeleteSnapshotAsync(old.Id, ct).ConfigureAwait(false);
        }

        foreach (var snapshot in wanted.Where(w => !present.Any(p => w.Name == p.Name && w.CreatedAt == p.CreatedAt)))
        {
            await CopySnapshotAsync(source, target, snapshot, ct).ConfigureAwait(false);
        }

        LinkSnapshots(target, wanted.Count > 0);
    }
}
