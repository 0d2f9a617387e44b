using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Storage.Backups;

/// <summary><c>/1.0/storage-pools/POOL/volumes/TYPE/NAME/backups</c>.</summary>
internal sealed class VolumeBackupsEndpoints(VolumeService volumes, VolumeBackups service, OperationService operations)
{
    private const string All = "/1.0/storage-pools/{pool}/volumes/{type}/{name}/backups";
    private const string One = All + "/{backup}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.Volume("can_view"), ListAsync);
        router.Map("POST", All, Access.Volume("can_manage_backups"), CreateAsync);
        router.Map("GET", One, Access.Volume("can_view"), GetAsync);
        router.Map("POST", One, Access.Volume("can_manage_backups"), RenameAsync);
        router.Map("DELETE", One, Access.Volume("can_manage_backups"), DeleteAsync);
        router.Map("GET", One + "/export", Access.Volume("can_view"), ExportAsync);
    }

    private static StoragePoolVolumeBackup Render(BackupRecord backup) => new()
    {
        Name = backup.Name,
        CreatedAt = backup.Created,
        ExpiresAt = backup.Expires,
        VolumeOnly = backup.Only,
        OptimizedStorage = backup.Optimized,
    };

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var volume = await VolumesEndpoints.FindAsync(volumes, request, ct).ConfigureAwait(false);
        var backups = await service.Store.ListAsync(volume.Id, ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(backups.ConvertAll(Render)) : Response.Sync(backups.ConvertAll(b => VolumeBackups.UrlOf(volume, b.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var volume = await VolumesEndpoints.FindAsync(volumes, request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<StoragePoolVolumeBackupsPost>(ct).ConfigureAwait(false);
        var (backup, compressor) = await service.PrepareAsync(volume, post, ct).ConfigureAwait(false);
        var requestor = request.Requestor;
        return Response.Async(operations.Start(new OperationSpec("Creating custom volume backup", request.Project, (progress, token) => service.CreateAsync(volume, backup, compressor, post.Version, requestor, progress, token))
        {
            Requestor = requestor,
            MayCancel = true,
            Resources = new() { ["storage_volumes"] = [volume.Url], ["backups"] = [VolumeBackups.UrlOf(volume, backup.Name)] },
        }));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct) => Response.Sync(Render((await FindAsync(request, ct).ConfigureAwait(false)).Backup));

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var (volume, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<StoragePoolVolumeBackupPost>(ct).ConfigureAwait(false);
        BackupKeeper.CheckName(post.Name);
        var requestor = request.Requestor;
        return VolumesEndpoints.Start(operations, request, "Renaming custom volume backup", volume.Url, token => service.RenameAsync(volume, backup, post.Name, requestor, token));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var (volume, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var requestor = request.Requestor;
        return VolumesEndpoints.Start(operations, request, "Deleting custom volume backup", volume.Url, token => service.DeleteAsync(volume, backup, requestor, token));
    }

    private async Task<Response> ExportAsync(Request request, CancellationToken ct)
    {
        var (volume, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var path = service.PathOf(volume, backup.Name);
        if (!File.Exists(path))
        {
            throw service.Store.NotFound();
        }

        service.Retrieved(volume, backup.Name, request.Requestor);
        return FileResponse.Of(path, backup.Name);
    }

    /// <summary>The backup; not-found in its words also where the volume is missing.</summary>
    private async Task<(VolumeRecord Volume, BackupRecord Backup)> FindAsync(Request request, CancellationToken ct)
    {
        try
        {
            var volume = await VolumesEndpoints.FindAsync(volumes, request, ct).ConfigureAwait(false);
            return (volume, await service.Store.GetAsync(volume.Id, request.Route("backup"), ct).ConfigureAwait(false));
        }
        catch (ApiException e) when (e.Status == 404)
        {
            throw service.Store.NotFound();
        }
    }
}
