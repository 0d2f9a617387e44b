using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Storage.Backups;
using Lxd.Storage;

namespace Lxd.Daemon.Transfers;

/// <summary>The source of a migration: offers a volume, gives what the target wants of it, and ends when the target says that it has everything.</summary>
internal sealed class MigrationSender(MigrationLink link, Action<long>? progress)
{
    public async Task RunAsync(MigrationOffer offer, CancellationToken ct)
    {
        await using (link)
        {
            await link.OpenAsync(ct).ConfigureAwait(false);
            try
            {
                var wanted = await AgreeAsync(offer, ct).ConfigureAwait(false);
                await Verdict.RunAsync(link, token => SendAsync(offer, wanted, token), true, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested)
            {
                await Verdict.TryTellAsync(link, e.Message).ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<MigrationHeader> AgreeAsync(MigrationOffer offer, CancellationToken ct)
    {
        var kind = offer.Driver.Streams is not null ? Transport.Btrfs : MigrationHeader.Plain(offer.Volume);
        var header = new MigrationHeader
        {
            Kind = (long)kind,
            IdMap = offer.IdMap.Entries,
            Snapshots = offer.Snapshots,
            Rsync = new RsyncFeatures(true, true, !Checks.IsFalse(offer.Driver.Pool.Config.GetValueOrDefault("rsync.compression")), true),
            Subvolumes = kind == Transport.Btrfs,
            IndexVersion = MigrationHeader.Index,
        };
        await link.TellAsync(header.ToBytes(), ct).ConfigureAwait(false);
        var answer = await link.HearAsync(ct).ConfigureAwait(false) ?? throw new IOException("The other server ended the migration");
        Verdict.Check(answer);
        var wanted = MigrationHeader.Parse(answer);
        return wanted.Snapshots.All(w => offer.Snapshots.Any(s => s.Name == w.Name)) && (wanted.Kind == (long)kind || wanted.Kind == (long)MigrationHeader.Plain(offer.Volume))
            ? wanted
            : throw ApiException.BadRequest("The target asks for what was not offered");
    }

    private async Task SendAsync(MigrationOffer offer, MigrationHeader wanted, CancellationToken ct)
    {
        await using var frames = new Frames(link.Content, progress);
        var names = offer.Snapshots.Select(s => s.Name).Where(n => wanted.Snapshots.Any(w => w.Name == n)).ToList();
        if (wanted.IndexVersion > 0)
        {
            await frames.SendAsync(MigrationIndex.Write(await offer.Describe(names, ct).ConfigureAwait(false)), ct).ConfigureAwait(false);
            MigrationIndex.CheckAnswer(await frames.ReceiveAsync(ct).ConfigureAwait(false));
        }

        if (wanted.Kind == (long)Transport.Btrfs)
        {
            await SendStreamsAsync(offer, wanted.Refresh == true, frames, ct).ConfigureAwait(false);
            return;
        }

        foreach (var volume in names.Select(offer.Volume.Snapshot).Append(offer.Volume))
        {
            await SendFilesAsync(offer, volume, wanted, frames, ct).ConfigureAwait(false);
        }
    }

    private static async Task SendFilesAsync(MigrationOffer offer, VolumeRef volume, MigrationHeader wanted, Frames frames, CancellationToken ct)
    {
        var driver = offer.Driver;
        if (volume.Content != ContentType.Filesystem)
        {
            await using var disk = File.OpenRead(driver.Volumes.DiskPath(volume));
            await frames.SendAsync(disk, ct).ConfigureAwait(false);
            return;
        }

        // Where the pool can, a volume that is written to is read as it was at one moment.
        await using var still = driver.Streams is { } streams && !volume.IsSnapshot ? await streams.HoldAsync(volume, null, ct).ConfigureAwait(false) : null;
        await using var held = offer.Hold is { } hold && !volume.IsSnapshot ? await hold(ct).ConfigureAwait(false) : null;
        await RsyncTransfer.SendAsync(still?.Path ?? driver.Volumes.MountPath(volume), wanted.Rsync, offer, Units.ParseBytes(driver.Pool.Config.GetValueOrDefault("rsync.bwlimit", "")), frames, ct).ConfigureAwait(false);
    }

    private static async Task SendStreamsAsync(MigrationOffer offer, bool refresh, Frames frames, CancellationToken ct)
    {
        var all = offer.Snapshots.Select(s => offer.Volume.Snapshot(s.Name)).Append(offer.Volume).ToList();
        var held = new List<IStillVolume>();
        try
        {
            foreach (var volume in all)
            {
                held.Add(await offer.Driver.Streams!.HoldAsync(volume, volume == offer.Volume && volume.IsSnapshot ? _ => { } : null, ct).ConfigureAwait(false));
            }

            var parts = held.SelectMany(h => h.Parts).Select(p => offer.Volume.IsSnapshot ? p with { Snapshot = "" } : p).ToList();
            await frames.SendAsync(Json.Bytes(StreamHeaders.Write(parts)), ct).ConfigureAwait(false);
            var wanted = refresh ? StreamHeaders.Read(JsonNode.Parse(await frames.ReceiveAsync(ct).ConfigureAwait(false))) : parts;
            for (var i = 0; i < all.Count; i++)
            {
                var snapshot = i < offer.Snapshots.Count ? offer.Snapshots[i].Name : "";
                foreach (var part in held[i].Parts.Where(p => wanted.Exists(w => w.Path == p.Path && w.Snapshot == snapshot)))
                {
                    await held[i].SendAsync(part, i > 0 ? all[i - 1] : null, frames, ct).ConfigureAwait(false);
                    await frames.EndAsync(ct).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            foreach (var one in held)
            {
                await one.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
