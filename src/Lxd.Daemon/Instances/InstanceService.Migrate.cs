using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Backups;
using Lxd.Daemon.Storage.Snapshots;
using Lxd.Daemon.Transfers;
using Lxd.Linux.IdMaps;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Servers of older versions refuse keys they do not know.</summary>
    private const string UnknownToOthers = "volatile.uuid.generation";

    /// <summary>Throws for what cannot go to another server yet, nor come from one.</summary>
    public static void CheckMigratable(InstanceRecord instance)
    {
        if (!instance.IsContainer)
        {
            throw ApiException.NotImplemented("Migration of virtual machines between servers is not supported");
        }
    }

    /// <summary>Throws unless instances may come into the project this way.</summary>
    /// <param name="mode">Where this server would connect to another one: <c>pull</c>.</param>
    public async Task CheckMigrationAsync(string project, string mode, bool live, CancellationToken ct)
    {
        if (live)
        {
            throw ApiException.BadRequest("Live migration is not supported for containers");
        }

        ProjectRules.CheckMigration(mode, await with.Store.ProjectConfigAsync(project, ct).ConfigureAwait(false));
    }

    /// <summary>Gives an instance, or one snapshot of it, to another server; it stays what it is here.</summary>
    public async Task SendAsync(InstanceRecord instance, SnapshotRecord? snapshot, InstancePost post, MigrationLink link, OperationRequestor? requestor, OperationProgress progress, CancellationToken ct)
    {
        using var lease = await with.Locks.WaitAsync(instance.Id, "copy", ct).ConfigureAwait(false);
        var snapshots = snapshot is null && !post.InstanceOnly && !post.ContainerOnly ? await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false) : [];
        var volume = with.Volumes.RefOf(instance);
        var offer = new MigrationOffer(
            await with.Volumes.DriverAsync(instance.Pool, ct).ConfigureAwait(false),
            snapshot is null ? volume : volume.Snapshot(snapshot.Name),
            snapshots.ConvertAll(s => Offered(instance, s)),
            (names, token) => with.BackupFiles.DescribeAsync(instance, snapshots.FindAll(s => names.Contains(s.Name)), snapshot?.Name, token))
        {
            AllowInconsistent = post.AllowInconsistent,
            Hold = token => HoldStillAsync(instance, post.AllowInconsistent, requestor, token),
            IsPrivileged = instance.IsTrue("security.privileged"),
            IdMap = IdMap.FromJson((snapshot?.Config ?? instance.Config).GetValueOrDefault("volatile.last_state.idmap", "")),
        };
        await new MigrationSender(link, Progress(instance, progress)).RunAsync(offer, ct).ConfigureAwait(false);
    }

    /// <summary>Takes an instance from another server; with <c>refresh</c> one that is there already is made equal.</summary>
    public async Task ReceiveAsync(InstanceRecord plan, InstancesPost post, MigrationLink link, OperationRequestor? requestor, OperationProgress progress, CancellationToken ct)
    {
        var receiver = new MigrationReceiver(link, plan.IsTrue("security.privileged"), Progress(plan, progress));
        InstanceRecord? made = null;
        await receiver.RunAsync(async token =>
        {
            if (!post.Source.OverrideSnapshotProfiles && !post.Source.InstanceOnly && !post.Source.ContainerOnly
                && await MissingProfileAsync(plan.Project, [.. receiver.Offer.Snapshots.SelectMany(s => s.Profiles)], token).ConfigureAwait(false) is not null)
            {
                throw ApiException.NotFound("Profile not found");
            }

            if (post.Source.Refresh && await with.Store.FindAsync(plan.Project, plan.Name, token).ConfigureAwait(false) is { } existing)
            {
                await RefreshFromAsync(receiver, existing, plan, post.Source.InstanceOnly || post.Source.ContainerOnly, requestor, token).ConfigureAwait(false);
                return;
            }

            made = await MakeAsync(Arriving(plan, receiver.Offer), "copy", (instance, t) => TakeAsync(receiver, instance, t), requestor, token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        await StartIfAsync(post.Start && made is not null, made!, requestor, ct).ConfigureAwait(false);
    }

    private static Action<long> Progress(InstanceRecord instance, OperationProgress progress) => BackupProgress.Of(progress, "fs_progress", instance.Name + ": ");

    private static MigrationSnapshot Offered(InstanceRecord instance, SnapshotRecord snapshot) => new(snapshot.Name)
    {
        Config = snapshot.Config.Where(c => c.Key != UnknownToOthers).ToDictionary(),
        Devices = snapshot.Devices,
        Profiles = instance.Profiles,
        Architecture = instance.Architecture,
        Created = snapshot.CreatedAt,
        Expires = snapshot.ExpiresAt.Utc,
    };

    /// <summary>Of what the other server noted only what tells who the instance is comes along, and how its files are owned.</summary>
    private static InstanceRecord Arriving(InstanceRecord plan, MigrationHeader offer)
    {
        var config = plan.Config.Where(c => IsCopied(c.Key) || c.Key is "volatile.uuid" || c.Key.EndsWith(".hwaddr", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        config["volatile.last_state.idmap"] = new IdMap(offer.IdMap).ToJson();
        return plan with { Config = config };
    }

    private async Task TakeAsync(MigrationReceiver receiver, InstanceRecord instance, CancellationToken ct)
    {
        // What its devices need has to be here: a volume of the same name, where it has one attached.
        await with.Devices.CheckAsync(instance, ct).ConfigureAwait(false);
        var driver = await with.Volumes.DriverAsync(instance.Pool, ct).ConfigureAwait(false);
        var index = await receiver.AgreeAsync(driver, with.Volumes.RefOf(instance), receiver.Offer.Snapshots, false, ct).ConfigureAwait(false);
        var snapshots = Arriving(receiver.Offer.Snapshots, index, instance);
        await CheckImportAsync(instance, snapshots, ct).ConfigureAwait(false);
        await using var undo = Undo("migration");
        await with.Volumes.ImportAsync(instance, index.Own(), snapshots, receiver.FillAsync, ct).ConfigureAwait(false);
        undo.Add(() => with.Volumes.DeleteAsync(instance, CancellationToken.None));
        foreach (var snapshot in snapshots)
        {
            await with.Store.InsertSnapshotAsync(instance, snapshot, ct).ConfigureAwait(false);
        }

        LinkSnapshots(instance, snapshots.Count > 0);
        undo.Commit();
    }

    /// <summary>The snapshots of an offer as they are recorded here. The header tells whole seconds, the description the exact time.</summary>
    private static List<SnapshotRecord> Arriving(IEnumerable<MigrationSnapshot> offered, BackupConfig index, InstanceRecord instance) => [.. offered.Select(offer =>
    {
        SnapshotNames.Check(offer.Name);
        var config = offer.Config.Where(c => IsCopied(c.Key)).ToDictionary(StringComparer.Ordinal);
        config["volatile.uuid"] = Guid.NewGuid().ToString();
        var told = index.Snapshots.Find(s => s!.Name == offer.Name);
        var created = told is not null && offer.IsSame(told.Name, told.CreatedAt) && told.CreatedAt > DateTime.UnixEpoch ? told.CreatedAt : offer.Created;
        return Imported(
            new InstanceSnapshot { Name = offer.Name, Config = config, Devices = offer.Devices, CreatedAt = created == default ? DateTime.UtcNow : created, ExpiresAt = offer.Expires },
            instance.Pool);
    })];

    private async Task RefreshFromAsync(MigrationReceiver receiver, InstanceRecord target, InstanceRecord plan, bool instanceOnly, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.TakeAsync(target.Id, "refresh", ct).ConfigureAwait(false);
        if (IsRunning(target))
        {
            throw ApiException.BadRequest("Failed getting exclusive access to target instance: Instance is running");
        }

        target = await ReconfigureAsync(await ReloadAsync(target, ct).ConfigureAwait(false), Arriving(plan, receiver.Offer), ct).ConfigureAwait(false);
        var present = await with.Store.SnapshotsAsync(target.Id, ct).ConfigureAwait(false);
        var offered = instanceOnly ? [] : receiver.Offer.Snapshots;
        foreach (var old in instanceOnly ? [] : present.FindAll(p => !offered.Any(o => o.IsSame(p.Name, p.CreatedAt))))
        {
            await with.Volumes.DeleteSnapshotAsync(target, old.Name, ct).ConfigureAwait(false);
            await with.Store.DeleteSnapshotAsync(old.Id, ct).ConfigureAwait(false);
        }

        List<MigrationSnapshot> wanted = [.. offered.Where(o => !present.Exists(p => o.IsSame(p.Name, p.CreatedAt)))];
        var driver = await with.Volumes.DriverAsync(target.Pool, ct).ConfigureAwait(false);
        var index = await receiver.AgreeAsync(driver, with.Volumes.RefOf(target), wanted, true, ct).ConfigureAwait(false);
        var snapshots = Arriving(wanted, index, target);
        await CheckImportAsync(target, snapshots, ct).ConfigureAwait(false);

        // Their rows come first: a daemon that dies now leaves no snapshot that nobody knows of.
        await using var undo = Undo("migration");
        foreach (var snapshot in snapshots)
        {
            var id = (await with.Store.InsertSnapshotAsync(target, snapshot, ct).ConfigureAwait(false)).Id;
            undo.Add(() => with.Store.DeleteSnapshotAsync(id, CancellationToken.None));
            undo.Add(() => with.Volumes.DeleteSnapshotAsync(target, snapshot.Name, CancellationToken.None));
        }

        await with.Volumes.RecordSnapshotsAsync(target, index.Own(), snapshots, ct).ConfigureAwait(false);
        await receiver.FillAsync(driver, with.Volumes.RefOf(target), 0, ct).ConfigureAwait(false);
        undo.Commit();
        await with.Store.SetConfigAsync(target.Id, new Dictionary<string, string?> { ["volatile.last_state.idmap"] = new IdMap(receiver.Offer.IdMap).ToJson() }, CancellationToken.None).ConfigureAwait(false);
        await LinkSnapshotsAsync(target, CancellationToken.None).ConfigureAwait(false);
        await with.BackupFiles.WriteAsync(target.Id, CancellationToken.None).ConfigureAwait(false);
        Tell("instance-updated", target, requestor);
    }
}
