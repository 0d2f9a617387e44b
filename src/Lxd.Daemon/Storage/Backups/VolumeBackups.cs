using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Events;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Server;
using Lxd.Storage;
using Microsoft.Extensions.Logging;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Backups of custom volumes that the server keeps until they are fetched, deleted or too old.</summary>
internal sealed class VolumeBackups(VolumeService volumes, VolumeDocuments documents, PoolDrivers drivers, ProjectService projects, ServerConfig config, BackupKeeper keeper, EventHub events, ILogger log)
{
    public BackupStore Store => keeper.Store;

    public string PathOf(VolumeRecord volume, string name) => keeper.PathOf(Owner(volume), name);

    /// <summary>Checks what can be told before the work begins; returns the backup as it is to be made and its compressor.</summary>
    public async Task<(BackupRecord Backup, string Compressor)> PrepareAsync(VolumeRecord volume, StoragePoolVolumeBackupsPost post, CancellationToken ct)
    {
        VolumeService.CheckCustom(volume);
        if (volume.Content == ContentType.Iso)
        {
            throw ApiException.BadRequest("Backups of ISO volumes are not supported");
        }

        var project = await projects.ConfigAsync(volume.Project, ct).ConfigureAwait(false);
        ProjectRules.CheckBackups(volume.Project, project);
        VolumeDocuments.Version(post.Version);
        var compressor = BackupCompression.Choose(post.CompressionAlgorithm, project, config.Get(BackupCompression.Key));
        var name = await keeper.NameAsync(Owner(volume), post.Name, ct).ConfigureAwait(false);
        return (new BackupRecord(0, volume.Id, name, DateTime.UtcNow, post.ExpiresAt, post.VolumeOnly, post.OptimizedStorage), compressor);
    }

    public async Task CreateAsync(VolumeRecord volume, BackupRecord backup, string compressor, uint version, OperationRequestor requestor, OperationProgress progress, CancellationToken ct)
    {
        await keeper.CreateAsync(Owner(volume), backup, async (path, token) =>
        {
            var snapshots = backup.Only ? [] : await volumes.SnapshotsAsync(volume, token).ConfigureAwait(false);
            var writer = new BackupWriter(await drivers.OpenAsync(volume.Pool, token).ConfigureAwait(false), volume.Ref, "custom", snapshots.ConvertAll(s => s.Name))
            {
                Name = volume.Name,
                Config = await documents.OfCustomAsync(volume, snapshots, VolumeDocuments.Version(version), token).ConfigureAwait(false),
                Optimized = backup.Optimized,
            };
            await writer.WriteAsync(path, compressor, BackupProgress.Of(progress, "create_backup_progress"), token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        Tell("created", volume, backup.Name, requestor, new JsonObject { ["type"] = volume.Type.Word() });
    }

    public async Task RenameAsync(VolumeRecord volume, BackupRecord backup, string name, OperationRequestor requestor, CancellationToken ct)
    {
        await keeper.RenameAsync(Owner(volume), backup, name, ct).ConfigureAwait(false);
        Tell("renamed", volume, name, requestor, new JsonObject { ["old_name"] = backup.Name });
    }

    public async Task DeleteAsync(VolumeRecord volume, BackupRecord backup, OperationRequestor? requestor, CancellationToken ct)
    {
        await keeper.DeleteAsync(Owner(volume), backup, ct).ConfigureAwait(false);
        Tell("deleted", volume, backup.Name, requestor);
    }

    public void Retrieved(VolumeRecord volume, string name, OperationRequestor requestor) => Tell("retrieved", volume, name, requestor);

    /// <summary>At start: removes what a daemon that died left half made, and what got too old meanwhile.</summary>
    public Task StartAsync(CancellationToken ct)
    {
        keeper.Clean();
        return ExpireAsync(ct);
    }

    /// <summary>Removes the backups whose time has come.</summary>
    public async Task ExpireAsync(CancellationToken ct)
    {
        if (await Store.ExpiredAsync(DateTime.UtcNow, ct).ConfigureAwait(false) is not { Count: > 0 } expired)
        {
            return;
        }

        var all = (await volumes.ListAsync(null, null, VolumeType.Custom, ct).ConfigureAwait(false)).ToDictionary(v => v.Id);
        foreach (var backup in expired)
        {
            if (!all.TryGetValue(backup.Owner, out var volume))
            {
                continue;
            }

            try
            {
                await DeleteAsync(volume, backup, null, ct).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                log.BackupExpiryFailed(backup.Name, volume.Name, e);
            }
        }
    }

    /// <summary>Whether volumes of a project have backups.</summary>
    public async Task<bool> AnyAsync(string project, CancellationToken ct)
    {
        var owners = (await Store.ListAllAsync(ct).ConfigureAwait(false)).Select(b => b.Owner).ToHashSet();
        return (await volumes.ListAsync(null, null, VolumeType.Custom, ct).ConfigureAwait(false)).Exists(v => v.Project == project && owners.Contains(v.Id));
    }

    public void Renamed(VolumeRecord volume, VolumeRecord renamed) => keeper.Move(Owner(volume), Owner(renamed));

    public void Removed(VolumeRecord volume) => keeper.DeleteAll(Owner(volume));

    private static BackupOwner Owner(VolumeRecord volume) => new(volume.Id, volume.Name, volume.Project, Path.Combine(volume.Pool, volume.Ref.Parent.Name));

    private void Tell(string what, VolumeRecord volume, string backup, OperationRequestor? requestor, JsonObject? context = null) =>
        events.Lifecycle($"storage-volume-backup-{what}", volume.Project, UrlOf(volume, backup), requestor, context, backup);

    public static string UrlOf(VolumeRecord volume, string backup) => Names.Url(volume.Project, "1.0", "storage-pools", volume.Pool, "volumes", volume.Type.Word(), volume.Name, "backups", backup);
}
