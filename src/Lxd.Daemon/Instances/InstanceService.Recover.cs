using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Storage.Backups;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    private const string Power = "volatile.last_state.power";

    /// <summary>Takes up an instance whose volume lies in a pool, as its <c>backup.yaml</c> describes it; one that runs is watched again. On failure only rows go, never the volume.</summary>
    public async Task RecoverAsync(string project, string pool, BackupConfig config, OperationRequestor requestor, CancellationToken ct)
    {
        var described = config.Instance!;
        if (await with.Store.FindAsync(project, described.Name, ct).ConfigureAwait(false) is { } known && known.RootDisk() is not null && known.Pool == pool)
        {
            // Only its volume was forgotten.
            await with.Volumes.RecoverAsync(known, config.Own(), await with.Store.SnapshotsAsync(known.Id, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            return;
        }

        var plan = await ExpandAsync(new InstanceRecord
        {
            Project = project,
            Name = described.Name,
            Type = described.Type.Length > 0 ? described.Type : "container",
            Architecture = described.Architecture.Length > 0 ? DatabaseCodes.Canonical(described.Architecture) : DatabaseCodes.HostArchitecture,
            Ephemeral = described.Ephemeral,
            Description = described.Description,
            CreatedAt = described.CreatedAt == default ? DateTime.UtcNow : described.CreatedAt,
            LastUsedAt = described.LastUsedAt <= DateTime.UnixEpoch ? default : described.LastUsedAt,
            Config = NonEmpty(described.Config),
            Devices = described.Devices.ToDictionary(d => d.Key, d => NonEmpty(d.Value)),
            Profiles = described.Profiles,
        }, ct).ConfigureAwait(false);
        var prepared = await CompleteAsync(plan with { Devices = PlaceRoot(plan.Devices, plan.ExpandedDevices, pool) }, ct).ConfigureAwait(false);
        prepared = await ExpandAsync(prepared with { Config = prepared.Config.Where(c => c.Key != Power).Concat(plan.Config.Where(c => c.Key == Power)).ToDictionary(StringComparer.Ordinal) }, ct).ConfigureAwait(false);
        InstanceConfig.Validate(prepared.Config);
        await using var undo = Undo("recover");
        var instance = await with.Store.InsertAsync(prepared, ct).ConfigureAwait(false);
        undo.Add(() => with.Store.DeleteAsync(instance.Id, CancellationToken.None));
        var snapshots = config.Snapshots.ConvertAll(s => Imported(s!, pool));
        await with.Volumes.RecoverAsync(instance, config.Own(), snapshots, ct).ConfigureAwait(false);
        undo.Add(() => with.Volumes.ForgetAsync(instance, CancellationToken.None));
        foreach (var snapshot in snapshots)
        {
            await with.Store.InsertSnapshotAsync(instance, snapshot, ct).ConfigureAwait(false);
        }

        Directory.CreateDirectory(LogDirectory(instance), PrivateDirectory);
        Relink(instance, snapshots.Count > 0);
        undo.Commit();
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        if (IsRunning(instance))
        {
            Watch(instance);
        }

        Tell("instance-created", instance, requestor, new() { ["location"] = "none", ["type"] = instance.Type, ["storage-pool"] = pool });
    }
}
