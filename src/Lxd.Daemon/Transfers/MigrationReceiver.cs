using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Storage.Backups;
using Lxd.Linux.Archives;
using Lxd.Linux.Processes;
using Lxd.Storage;

namespace Lxd.Daemon.Transfers;

/// <summary>The target of a migration. Its owner makes what the content belongs to: <see cref="RunAsync"/> runs that, between the source's greeting and the last word, which is the target's.</summary>
/// <param name="privileged">Whether it is for an instance that is root on the host, which has device nodes and attributes of the kernel's own; nothing else gets any from another server.</param>
internal sealed class MigrationReceiver(MigrationLink link, bool privileged, Action<long>? progress)
{
    private MigrationHeader _agreed = new();
    private IReadOnlyList<string> _wanted = [];
    private Frames? _frames;

    /// <summary>What the source offers.</summary>
    public MigrationHeader Offer { get; private set; } = new();

    public async Task RunAsync(Func<CancellationToken, Task> make, CancellationToken ct)
    {
        await using (link)
        {
            await link.OpenAsync(ct).ConfigureAwait(false);
            try
            {
                var greeting = await link.HearAsync(ct).ConfigureAwait(false) ?? throw new IOException("The other server ended the migration");
                Verdict.Check(greeting);
                Offer = MigrationHeader.Parse(greeting);
                await Verdict.RunAsync(link, make, false, ct).ConfigureAwait(false);
                await Verdict.TellAsync(link, null, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                await Verdict.TryTellAsync(link, e.Message).ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Tells the source what is wanted of its offer and how; returns its description, which is empty where it has none.</summary>
    /// <param name="wanted">The snapshots to bring.</param>
    public async Task<BackupConfig> AgreeAsync(IStorageDriver driver, VolumeRef volume, IReadOnlyList<MigrationSnapshot> wanted, bool refresh, CancellationToken ct)
    {
        _wanted = [.. wanted.Select(s => s.Name)];
        if (_wanted.Distinct().Count() != _wanted.Count)
        {
            throw ApiException.BadRequest("The source offers two snapshots of one name");
        }

        var kind = Offer.Kind == (long)Transport.Btrfs && Offer.Subvolumes && driver.Streams is not null ? Transport.Btrfs : MigrationHeader.Plain(volume);
        _agreed = new MigrationHeader
        {
            Kind = (long)kind,
            Snapshots = wanted,
            Rsync = volume.Content == ContentType.Filesystem ? Offer.Rsync : new(false, false, false, false),
            Refresh = refresh,
            Subvolumes = kind == Transport.Btrfs,
            IndexVersion = Math.Min(Offer.IndexVersion, MigrationHeader.Index),
        };
        await link.TellAsync(_agreed.ToBytes(), ct).ConfigureAwait(false);
        _frames = new Frames(link.Content, progress);
        if (_agreed.IndexVersion == 0)
        {
            return new BackupConfig();
        }

        var index = MigrationIndex.Read(await _frames.ReceiveAsync(ct).ConfigureAwait(false));
        await _frames.SendAsync(MigrationIndex.Answer(refresh), ct).ConfigureAwait(false);
        return index;
    }

    /// <summary>Brings the snapshots and the volume into the pool; on failure the snapshots go again, and a volume that is brought up to date is what it was.</summary>
    public async Task FillAsync(IStorageDriver driver, VolumeRef volume, VolumeSize size, CancellationToken ct)
    {
        await using var undo = new Rollback();
        foreach (var snapshot in _wanted)
        {
            undo.Add(() => driver.Snapshots.DeleteAsync(volume.Snapshot(snapshot), CancellationToken.None));
        }

        await (_agreed.Kind == (long)Transport.Btrfs ? ReceiveStreamsAsync(driver, volume, size, ct) : ReceiveFilesAsync(driver, volume, size, ct)).ConfigureAwait(false);
        undo.Commit();
    }

    /// <summary>Each snapshot begins as a copy of the one before it, so that only what differs has to come.</summary>
    private async Task ReceiveFilesAsync(IStorageDriver driver, VolumeRef volume, VolumeSize size, CancellationToken ct)
    {
        var refresh = _agreed.Refresh == true;
        var files = volume.Content == ContentType.Filesystem;
        var basis = refresh && files ? volume : null;
        VolumeFill fill = files ? ReceiveTreeAsync : ReceiveDiskAsync;
        foreach (var snapshot in _wanted.Select(volume.Snapshot))
        {
            await driver.Snapshots.CreateFilledAsync(snapshot, fill, ct, basis).ConfigureAwait(false);
            basis = files ? snapshot : null;
        }

        await (refresh ? driver.Volumes.RefreshFilledAsync(volume, fill, ct, basis) : driver.Volumes.CreateAsync(volume, size, fill, ct, basis)).ConfigureAwait(false);
    }

    private async Task ReceiveTreeAsync(VolumePlace place, CancellationToken ct)
    {
        await RsyncTransfer.ReceiveAsync(place.Directory, _agreed.Rsync, privileged, _frames!, ct).ConfigureAwait(false);
        await Blocking.RunAsync(() => Settle(place.Directory, ct), ct).ConfigureAwait(false);
    }

    private void Settle(string directory, CancellationToken ct) => StrangeNodes.Remove(directory, privileged ? DevicePolicy.All : DevicePolicy.Harmless, ct);

    private async Task ReceiveDiskAsync(VolumePlace place, CancellationToken ct)
    {
        await using var file = new SparseFile(place.Disk);
        if (!await _frames!.ReceiveAsync(file, ct).ConfigureAwait(false))
        {
            throw new IOException("Failed writing the disk");
        }
    }

    private async Task ReceiveStreamsAsync(IStorageDriver driver, VolumeRef volume, VolumeSize size, CancellationToken ct)
    {
        var streams = driver.Streams!;
        var parts = StreamHeaders.Read(JsonNode.Parse(await _frames!.ReceiveAsync(ct).ConfigureAwait(false)));
        var refresh = _agreed.Refresh == true;
        if (refresh)
        {
            // Of the snapshots that are there already those that did not come as streams cannot be built upon: they come once more.
            parts = [.. parts.GroupBy(p => p.Snapshot).Where(g => g.Key.Length == 0 || _wanted.Contains(g.Key) || !g.All(p => streams.Has(volume.Snapshot(g.Key), p))).SelectMany(g => g)];
            await _frames.SendAsync(Json.Bytes(StreamHeaders.Write(parts)), ct).ConfigureAwait(false);
        }

        var groups = parts.GroupBy(p => p.Snapshot).ToList();
        if (groups.Count == 0 || groups[^1].Key.Length > 0 || !_wanted.All(w => groups.Exists(g => g.Key == w)))
        {
            throw ApiException.BadRequest("The source does not send what was asked for");
        }

        foreach (var group in groups)
        {
            var target = group.Key.Length > 0 ? volume.Snapshot(group.Key) : volume;
            if (target.IsSnapshot && !_wanted.Contains(group.Key))
            {
                CheckKnown(driver, target, refresh);
                await driver.Snapshots.DeleteAsync(target, ct).ConfigureAwait(false);
            }

            await streams.ReceiveAsync(target, size, [.. group], FeedAsync, path => Settle(path, ct), ct, refresh && !target.IsSnapshot).ConfigureAwait(false);
        }
    }

    private static void CheckKnown(IStorageDriver driver, VolumeRef snapshot, bool refresh)
    {
        if (!refresh || !driver.Volumes.Exists(snapshot))
        {
            throw ApiException.BadRequest("The source sends a snapshot that was not asked for");
        }
    }

    private async Task FeedAsync(StreamPart part, Stream to, CancellationToken ct)
    {
        if (!await _frames!.ReceiveAsync(to, ct).ConfigureAwait(false))
        {
            throw new IOException($"Failed receiving subvolume {part.Path}");
        }
    }
}
