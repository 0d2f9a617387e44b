using System.Collections.Concurrent;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeService
{
    /// <summary>What a daemon that dies in the middle leaves to the next one: <c>create</c>, <c>delete</c>, or <c>rename OLD</c>. Written with the first change, removed with the last.</summary>
    private const string Unfinished = "volatile.unfinished";

    private static readonly Dictionary<string, string?> Done = new() { [Unfinished] = null };

    /// <summary>The volumes, with their snapshots, that an earlier daemon left in pools which were not there at the start.</summary>
    private readonly ConcurrentDictionary<long, HashSet<long>> _late = new();

    /// <summary>At the start of the daemon, after the pools are mounted: what was half done when it died is finished or undone. A volume whose pool is not there waits for it.</summary>
    public async Task FinishAllAsync(CancellationToken ct)
    {
        var snapshots = await store.AllSnapshotsAsync(ct).ConfigureAwait(false);
        foreach (var volume in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(v => v.Type == VolumeType.Custom))
        {
            if (drivers.IsOpen(volume.Pool))
            {
                await TryFinishAsync(volume, [.. snapshots[volume.Id]], ct).ConfigureAwait(false);
            }
            else
            {
                _late[volume.Id] = [.. snapshots[volume.Id].Select(s => s.Id)];
            }
        }
    }

    /// <summary>A pool came late: what an earlier daemon left in it is finished or undone. What this one has begun there meanwhile is none of that.</summary>
    public async Task FinishLateAsync(string pool, CancellationToken ct)
    {
        foreach (var volume in (await store.ListAsync(null, ct).ConfigureAwait(false)).Where(v => v.Pool == pool))
        {
            if (_late.TryRemove(volume.Id, out var left))
            {
                using var held = await _locks.TakeAsync(ct, volume).ConfigureAwait(false);
                await TryFinishAsync(volume, (await store.SnapshotsAsync(volume.Id, ct).ConfigureAwait(false)).FindAll(s => left.Contains(s.Id)), ct).ConfigureAwait(false);
            }
        }
    }

    private async Task TryFinishAsync(VolumeRecord volume, List<VolumeSnapshotRecord> snapshots, CancellationToken ct)
    {
        try
        {
            await FinishAsync(volume, snapshots, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            log.FinishFailed(volume.Name, volume.Pool, e);
        }
    }

    private async Task FinishAsync(VolumeRecord volume, List<VolumeSnapshotRecord> snapshots, CancellationToken ct)
    {
        var driver = await drivers.OpenAsync(volume.Pool, ct).ConfigureAwait(false);
        var unfinished = volume.Config.GetValueOrDefault(Unfinished, "");
        if (unfinished is "create" or "delete")
        {
            log.Finishing(unfinished, volume.Name, volume.Pool);
            await RemoveFilesAsync(driver, volume, ct).ConfigureAwait(false);
            return;
        }

        if (unfinished.StartsWith("rename ", StringComparison.Ordinal))
        {
            log.Finishing(unfinished, volume.Name, volume.Pool);
            await FinishRenameAsync(driver, volume with { Name = unfinished[7..] }, volume, ct).ConfigureAwait(false);
        }

        // A snapshot has its record first and its directory, whole, after; it loses the directory first. So a record without one is half made or half gone.
        foreach (var snapshot in snapshots.Where(_ => driver.Volumes.Exists(volume.Ref)))
        {
            await FinishSnapshotAsync(driver, volume, snapshot, ct).ConfigureAwait(false);
        }
    }

    private async Task FinishRenameAsync(IStorageDriver driver, VolumeRecord old, VolumeRecord volume, CancellationToken ct)
    {
        if (old.Name != volume.Name && await store.FindAsync(old.Pool, old.Project, VolumeType.Custom, old.Name, ct).ConfigureAwait(false) is null)
        {
            if (driver.Volumes.Exists(old.Ref) && !driver.Volumes.Exists(volume.Ref))
            {
                await driver.Volumes.RenameAsync(old.Ref, volume.Ref.Name, ct).ConfigureAwait(false);
            }

            Renamed.ForEach(follow => follow(old, volume));
        }

        await store.SetConfigAsync(volume.Id, Done, ct).ConfigureAwait(false);
    }

    private async Task FinishSnapshotAsync(IStorageDriver driver, VolumeRecord volume, VolumeSnapshotRecord snapshot, CancellationToken ct)
    {
        var there = driver.Volumes.Exists(volume.Ref.Snapshot(snapshot.Name));
        if (snapshot.Config.GetValueOrDefault(Unfinished, "") is { Length: > 7 } rename)
        {
            log.Finishing(rename, $"{volume.Name}/{snapshot.Name}", volume.Pool);
            var old = volume.Ref.Snapshot(rename[7..]);
            if (!there && driver.Volumes.Exists(old))
            {
                await driver.Snapshots.RenameAsync(old, snapshot.Name, ct).ConfigureAwait(false);
                there = true;
            }

            await store.UpdateSnapshotAsync(snapshot with { Config = Finished(snapshot.Config) }, ct).ConfigureAwait(false);
        }

        if (!there)
        {
            log.Finishing("snapshot", $"{volume.Name}/{snapshot.Name}", volume.Pool);
            await driver.Snapshots.DeleteAsync(volume.Ref.Snapshot(snapshot.Name), ct).ConfigureAwait(false);
            await store.DeleteSnapshotAsync(snapshot.Id, ct).ConfigureAwait(false);
        }
    }

    private static Dictionary<string, string> Marked(IReadOnlyDictionary<string, string> config, string unfinished) => new(config, StringComparer.Ordinal) { [Unfinished] = unfinished };

    /// <summary>Without the mark: nobody sets it from outside, nor by sending back what he read meanwhile.</summary>
    private static Dictionary<string, string> Finished(IReadOnlyDictionary<string, string> config) => config.Where(c => c.Key != Unfinished).ToDictionary(StringComparer.Ordinal);
}
