using System.Text;
using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Storage.Backups;

namespace Lxd.Daemon.Instances.Backups;

/// <summary>Backups of instances that the server keeps until they are fetched, deleted or too old.</summary>
internal sealed class InstanceBackups(InstanceServices with, InstanceDocuments documents, BackupKeeper keeper)
{
    public BackupStore Store => keeper.Store;

    public string PathOf(InstanceRecord instance, string name) => keeper.PathOf(Owner(instance), name);

    /// <summary>Checks what can be told before the work begins; returns the backup as it is to be made and its compressor.</summary>
    public async Task<(BackupRecord Backup, string Compressor)> PrepareAsync(InstanceRecord instance, InstanceBackupsPost post, CancellationToken ct)
    {
        var project = await with.Store.ProjectConfigAsync(instance.Project, ct).ConfigureAwait(false);
        ProjectRules.CheckBackups(instance.Project, project);
        VolumeDocuments.Version(post.Version);
        var compressor = BackupCompression.Choose(post.CompressionAlgorithm, project, with.Config.Get(BackupCompression.Key));
        var name = await keeper.NameAsync(Owner(instance), post.Name, ct).ConfigureAwait(false);
        return (new BackupRecord(0, instance.Id, name, DateTime.UtcNow, post.ExpiresAt, post.InstanceOnly || post.ContainerOnly, post.OptimizedStorage), compressor);
    }

    public async Task CreateAsync(InstanceRecord instance, BackupRecord backup, string compressor, uint version, OperationRequestor requestor, OperationProgress progress, CancellationToken ct)
    {
        await keeper.CreateAsync(Owner(instance), backup, async (path, token) =>
        {
            var writer = await WriterAsync(instance, backup, VolumeDocuments.Version(version), token).ConfigureAwait(false);
            await writer.WriteAsync(path, compressor, BackupProgress.Of(progress, "create_backup_progress"), token).ConfigureAwait(false);
        }, ct).ConfigureAwait(false);
        Tell("instance-backup-created", instance, backup.Name, requestor);
    }

    public async Task RenameAsync(InstanceRecord instance, BackupRecord backup, string name, OperationRequestor requestor, CancellationToken ct)
    {
        await keeper.RenameAsync(Owner(instance), backup, name, ct).ConfigureAwait(false);
        Tell("instance-backup-renamed", instance, name, requestor, new JsonObject { ["old_name"] = backup.Name });
    }

    public async Task DeleteAsync(InstanceRecord instance, BackupRecord backup, OperationRequestor? requestor, CancellationToken ct)
    {
        await keeper.DeleteAsync(Owner(instance), backup, ct).ConfigureAwait(false);
        Tell("instance-backup-deleted", instance, backup.Name, requestor);
    }

    public void Retrieved(InstanceRecord instance, string name, OperationRequestor requestor) => Tell("instance-backup-retrieved", instance, name, requestor);

    /// <summary>At start: removes what a daemon that died left half made, and what got too old meanwhile.</summary>
    public Task StartAsync(CancellationToken ct)
    {
        keeper.Clean();
        return ExpireAsync(ct);
    }

    /// <summary>Removes the backups whose time has come.</summary>
    public async Task ExpireAsync(CancellationToken ct)
    {
        foreach (var backup in await Store.ExpiredAsync(DateTime.UtcNow, ct).ConfigureAwait(false))
        {
            if ((await with.Store.ListAsync(new InstanceFilter(Id: backup.Owner), ct).ConfigureAwait(false)).FirstOrDefault() is not { } instance)
            {
                continue;
            }

            try
            {
                await DeleteAsync(instance, backup, null, ct).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                with.Log.BackupExpiryFailed(backup.Name, instance.Name, instance.Project, e);
            }
        }
    }

    /// <summary>The instance has another name: so have the places of its backups.</summary>
    public void Renamed(InstanceRecord instance, InstanceRecord renamed) => keeper.Move(Owner(instance), Owner(renamed));

    /// <summary>Whether instances of a project have backups.</summary>
    public async Task<bool> AnyAsync(string project, CancellationToken ct)
    {
        var owners = (await Store.ListAllAsync(ct).ConfigureAwait(false)).Select(b => b.Owner).ToHashSet();
        return (await with.Store.ListAsync(new InstanceFilter(project), ct).ConfigureAwait(false)).Exists(i => owners.Contains(i.Id));
    }

    public Task DeleteAllAsync(InstanceRecord instance, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        keeper.DeleteAll(Owner(instance));
        return Task.CompletedTask;
    }

    private static BackupOwner Owner(InstanceRecord instance) => new(instance.Id, instance.Name, instance.Project, instance.DiskName);

    private async Task<BackupWriter> WriterAsync(InstanceRecord asked, BackupRecord backup, uint version, CancellationToken ct)
    {
        var instance = (await with.Store.ListAsync(new InstanceFilter(Id: asked.Id), ct).ConfigureAwait(false)).FirstOrDefault() ?? throw ApiException.NotFound("Instance not found");
        var snapshots = backup.Only ? [] : await with.Store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false);
        var config = await documents.OfAsync(instance, with.StatusOf(instance), snapshots, version, ct).ConfigureAwait(false);
        return new BackupWriter(await with.Volumes.DriverAsync(instance.Pool, ct).ConfigureAwait(false), with.Volumes.RefOf(instance), instance.Type, snapshots.ConvertAll(s => s.Name))
        {
            Name = instance.Name,
            Config = config,
            Optimized = backup.Optimized,
            BackupFile = version == 1 ? Encoding.UTF8.GetBytes(Yaml.Format(config)) : null,
        };
    }

    private void Tell(string action, InstanceRecord instance, string backup, OperationRequestor? requestor, JsonObject? context = null) =>
        with.Events.Lifecycle(action, instance.Project, $"{instance.Url}/backups/{Uri.EscapeDataString(backup)}", requestor, context, $"{instance.Name}/{backup}");
}
