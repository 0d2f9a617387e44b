using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Storage.Backups;

namespace Lxd.Daemon.Instances.Backups;

/// <summary><c>/1.0/instances/NAME/backups</c>.</summary>
internal sealed class InstanceBackupsEndpoints(InstanceStore store, InstanceBackups service, OperationService operations)
{
    private const string All = "/1.0/instances/{name}/backups";
    private const string One = All + "/{backup}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.Instance("can_view"), ListAsync);
        router.Map("POST", All, Access.Instance("can_manage_backups"), CreateAsync);
        router.Map("GET", One, Access.Instance("can_view"), GetAsync);
        router.Map("POST", One, Access.Instance("can_manage_backups"), RenameAsync);
        router.Map("DELETE", One, Access.Instance("can_manage_backups"), DeleteAsync);
        router.Map("GET", One + "/export", Access.Instance("can_view"), ExportAsync);
    }

    public static InstanceBackup Render(BackupRecord backup) => new()
    {
        Name = backup.Name,
        CreatedAt = backup.Created,
        ExpiresAt = backup.Expires,
        InstanceOnly = backup.Only,
        ContainerOnly = backup.Only,
        OptimizedStorage = backup.Optimized,
    };

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var backups = await service.Store.ListAsync(instance.Id, ct).ConfigureAwait(false);
        return request.Recursion > 0
            ? Response.Sync(backups.ConvertAll(Render))
            : Response.Sync(backups.ConvertAll(b => InstanceUrls.Of(request, request.Project, instance.Name, "backups", b.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<InstanceBackupsPost>(ct).ConfigureAwait(false);
        var (backup, compressor) = await service.PrepareAsync(instance, post, ct).ConfigureAwait(false);
        var requestor = request.Requestor;
        var spec = InstanceUrls.Spec(request, "Backing up instance", [instance.Name], (progress, token) => service.CreateAsync(instance, backup, compressor, post.Version, requestor, progress, token), both: true);
        spec.Resources["backups"] = [Names.Url(request.Project, "1.0", "instances", instance.Name, "backups", backup.Name)];
        return Response.Async(operations.Start(spec with { MayCancel = true }));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct) => Response.Sync(Render((await FindAsync(request, ct).ConfigureAwait(false)).Backup));

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var (instance, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<InstanceBackupPost>(ct).ConfigureAwait(false);
        BackupKeeper.CheckName(post.Name);
        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Renaming instance backup", [instance.Name], (_, token) => service.RenameAsync(instance, backup, post.Name, requestor, token));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var (instance, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Removing instance backup", [instance.Name], (_, token) => service.DeleteAsync(instance, backup, requestor, token));
    }

    private async Task<Response> ExportAsync(Request request, CancellationToken ct)
    {
        var (instance, backup) = await FindAsync(request, ct).ConfigureAwait(false);
        var path = service.PathOf(instance, backup.Name);
        if (!File.Exists(path))
        {
            throw service.Store.NotFound();
        }

        service.Retrieved(instance, backup.Name, request.Requestor);
        return FileResponse.Of(path, backup.Name);
    }

    /// <summary>The backup; not-found in its words also where the instance is missing.</summary>
    private async Task<(InstanceRecord Instance, BackupRecord Backup)> FindAsync(Request request, CancellationToken ct)
    {
        try
        {
            var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
            return (instance, await service.Store.GetAsync(instance.Id, request.Route("backup"), ct).ConfigureAwait(false));
        }
        catch (ApiException e) when (e.Status == 404)
        {
            throw service.Store.NotFound();
        }
    }
}
