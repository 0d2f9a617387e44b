using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Storage.Backups;
using Lxd.Daemon.Transfers;
using Lxd.Linux.Archives;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

/// <summary><c>/1.0/storage-pools/POOL/volumes</c> and <c>/1.0/storage-volumes</c>.</summary>
internal sealed class VolumesEndpoints(VolumeService service, OperationService operations, BackupUploads uploads)
{
    private const string All = "/1.0/storage-pools/{pool}/volumes";
    private const string OfType = All + "/{type}";
    private const string One = OfType + "/{name}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/storage-volumes", Access.List(EntityKind.StorageVolume), (r, ct) => ListAsync(r, null, null, ct));
        router.Map("GET", "/1.0/storage-volumes/{type}", Access.List(EntityKind.StorageVolume), (r, ct) => ListAsync(r, null, TypeOf(r), ct));
        router.Map("GET", All, Access.List(EntityKind.StorageVolume), (r, ct) => ListAsync(r, r.Route("pool"), null, ct));
        router.Map("GET", OfType, Access.List(EntityKind.StorageVolume), (r, ct) => ListAsync(r, r.Route("pool"), TypeOf(r), ct));
        router.Map("POST", All, Access.InProject("can_create_storage_volumes"), (r, ct) => CreateAsync(r, "", ct));
        router.Map("POST", OfType, Access.InProject("can_create_storage_volumes"), (r, ct) => CreateAsync(r, r.Route("type"), ct));
        router.Map("GET", One, Access.Volume("can_view"), GetAsync);
        router.Map("PUT", One, Access.Volume("can_edit"), PutAsync);
        router.Map("PATCH", One, Access.Volume("can_edit"), PatchAsync);
        router.Map("POST", One, Access.Volume("can_edit"), PostAsync);
        router.Map("DELETE", One, Access.Volume("can_delete"), DeleteAsync);
        router.Map("GET", One + "/state", Access.Volume("can_view"), async (r, ct) => Response.Sync(await service.StateAsync(await FindAsync(service, r, ct).ConfigureAwait(false), ct).ConfigureAwait(false)));
    }

    /// <summary>The volume a request's path names.</summary>
    public static Task<VolumeRecord> FindAsync(VolumeService service, Request request, CancellationToken ct) =>
        service.GetAsync(request.Route("pool"), request.Project, TypeOf(request), request.Route("name"), ct);

    public static Response Start(OperationService operations, Request request, string description, string url, Func<CancellationToken, Task> run) =>
        Response.Async(operations.Start(new OperationSpec(description, request.Project, (_, token) => run(token))
        {
            Requestor = request.Requestor,
            Resources = new() { ["storage_volumes"] = [url] },
        }));

    /// <summary>What older servers did before they answered.</summary>
    public static Response StartOrDo(OperationService operations, Request request, string description, string url, Func<CancellationToken, Task> run) =>
        Response.AsyncOrDone(request, Start(operations, request, description, url, run).Operation!);

    private static VolumeType TypeOf(Request request) =>
        VolumeWords.TypeOf(request.Route("type")) ?? throw ApiException.BadRequest($"Invalid storage volume type \"{request.Route("type")}\"");

    private async Task<Response> ListAsync(Request request, string? pool, VolumeType? type, CancellationToken ct)
    {
        var filter = Filter.Parse(request.Filter);
        var volumes = await service.ListAsync(pool, request.AllProjects ? null : request.Project, type, ct).ConfigureAwait(false);
        volumes.RemoveAll(v => request.AllProjects && !request.Caller.MaySee(v.Project));
        var snapshots = await service.AllSnapshotsAsync(ct).ConfigureAwait(false);
        var found = new List<(string Url, StorageVolume Volume)>();
        foreach (var volume in volumes)
        {
            found.Add((volume.Url, volume.ToApi()));
            found.AddRange(snapshots[volume.Id].Select(s => (s.Url(volume), volume.ToApi() with { Name = volume.Name + "/" + s.Name, Description = s.Description, Config = s.Config, CreatedAt = s.Created })));
        }

        if (!filter.IsEmpty)
        {
            found.RemoveAll(f => !filter.Matches((JsonObject)Json.Node(f.Volume)!));
        }

        return request.Recursion > 0 ? Response.Sync(found.ConvertAll(f => f.Volume)) : Response.Sync(found.ConvertAll(f => f.Url));
    }

    private async Task<Response> CreateAsync(Request request, string type, CancellationToken ct)
    {
        if (request.Header("Content-Type").StartsWith("application/octet-stream", StringComparison.Ordinal))
        {
            return await ImportAsync(request, ct).ConfigureAwait(false);
        }

        var post = await request.BodyAsync<StorageVolumesPost>(ct).ConfigureAwait(false);
        post.Type = post.Type.Length > 0 ? post.Type : type;
        var pool = request.Route("pool");
        switch (post.Source.Type)
        {
            case "" when post.ContentType == "iso":
                throw ApiException.BadRequest("Empty ISO volumes cannot be created");
            case "":
                var volume = await service.PrepareAsync(pool, request.Project, post, ct).ConfigureAwait(false);
                return StartOrDo(operations, request, "Creating storage volume", volume.Url, token => service.CreateAsync(volume, request.Requestor, token));
            case "migration":
                return await ReceiveAsync(request, pool, post, ct).ConfigureAwait(false);
            case "copy":
                return await CopyAsync(request, pool, post, ct).ConfigureAwait(false);
            default:
                throw ApiException.BadRequest($"Unknown source type \"{post.Source.Type}\"");
        }
    }

    /// <summary>An uploaded backup, tar or ISO; its name and kind come as headers.</summary>
    private async Task<Response> ImportAsync(Request request, CancellationToken ct)
    {
        var type = request.Header("X-LXD-type");
        var post = new StorageVolumesPost { Name = request.Header("X-LXD-name"), Type = "custom", ContentType = type == "iso" ? "iso" : "filesystem" };
        if (type is not ("" or "backup" or "iso" or "tar"))
        {
            throw ApiException.BadRequest($"Unknown type \"{type}\" of an import");
        }

        // What cannot become a volume is not received at all.
        var volume = type is "iso" or "tar" ? await service.PrepareAsync(request.Route("pool"), request.Project, post, ct).ConfigureAwait(false) : null;
        var requestor = request.Requestor;
        var file = await uploads.ReceiveAsync(request, ct).ConfigureAwait(false);
        try
        {
            if (volume is not null)
            {
                return Start(request, "Creating storage volume", volume.Url, token => service.ImportAsync(volume, file, requestor, token));
            }

            var archive = await BackupArchive.OpenAsync(file, "custom", ct).ConfigureAwait(false);
            volume = await service.PrepareImportAsync(request.Route("pool"), request.Project, archive, post.Name, ct).ConfigureAwait(false);
            var devices = request.Caller.IsAdmin ? DevicePolicy.All : DevicePolicy.None;
            return Start(request, "Restoring custom volume backup", volume.Url, async token =>
            {
                try
                {
                    await service.ImportAsync(volume, archive, devices, requestor, token).ConfigureAwait(false);
                }
                finally
                {
                    File.Delete(file);
                }
            });
        }
        catch
        {
            File.Delete(file);
            throw;
        }
    }

    private async Task<Response> CopyAsync(Request request, string pool, StorageVolumesPost post, CancellationToken ct)
    {
        if (post.Source.Name.Length == 0)
        {
            throw ApiException.BadRequest("No source volume name supplied");
        }

        var (name, snapshot) = Names.SplitSnapshot(post.Source.Name);
        var project = post.Source.Project.Length > 0 ? post.Source.Project : request.Project;
        var source = await service.GetAsync(post.Source.Pool.Length > 0 ? post.Source.Pool : pool, project, VolumeType.Custom, name, ct).ConfigureAwait(false);
        request.CheckSource(project, Entity.Volume(source.Project, source.Pool, "custom", name));
        var origin = snapshot is null ? null : await service.SnapshotAsync(source, snapshot, ct).ConfigureAwait(false);
        if (post.Source.Refresh && await service.FindCustomAsync(pool, request.Project, post.Name, ct).ConfigureAwait(false) is { } existing)
        {
            request.Check(Entity.Volume(existing.Project, existing.Pool, "custom", existing.Name), "can_edit");
            return Start(request, "Copying storage volume", existing.Url, token => service.RefreshAsync(source, snapshot, existing, post.Source.VolumeOnly, request.Requestor, token));
        }

        post.ContentType = source.Content.Word();
        post.Description = post.Description.Length > 0 ? post.Description : origin?.Description ?? source.Description;
        var owner = post.Config.GetValueOrDefault(VolumeService.GuestOwner);
        post.Config = VolumeService.Copied(post.Config.Count > 0 ? post.Config : origin?.Config ?? source.Config);
        if (owner == request.Caller.Username)
        {
            // Who copies from inside an instance owns the copy; nobody else's becomes his by a copy.
            post.Config[VolumeService.GuestOwner] = owner;
        }

        var volume = await service.PrepareAsync(pool, request.Project, post, ct).ConfigureAwait(false);
        return Start(request, "Copying storage volume", volume.Url, token => service.CopyAsync(source, snapshot, volume, post.Source.VolumeOnly, request.Requestor, token));
    }

    /// <summary>From another server: this one connects to it (<c>pull</c>), or is connected to.</summary>
    private async Task<Response> ReceiveAsync(Request request, string pool, StorageVolumesPost post, CancellationToken ct)
    {
        await service.CheckMigrationAsync(request.Project, post.Source.Mode, ct).ConfigureAwait(false);
        var existing = post.Source.Refresh ? await service.FindCustomAsync(pool, request.Project, post.Name, ct).ConfigureAwait(false) : null;
        if (existing is not null)
        {
            request.Check(Entity.Volume(existing.Project, existing.Pool, "custom", existing.Name), "can_edit");
        }

        post.Config = VolumeService.Copied(post.Config);
        var volume = existing ?? await service.PrepareAsync(pool, request.Project, post, ct).ConfigureAwait(false);
        var link = post.Source.Mode == "pull" ? new MigrationLink(post.Source.Operation, post.Source.Certificate, post.Source.Secrets) : new MigrationLink();
        return Migrate(operations, request, "Creating storage volume", volume, link, (progress, token) => existing is null
            ? service.ReceiveAsync(volume, link, request.Requestor, progress, token)
            : service.RefreshFromAsync(volume, post.Source.VolumeOnly, link, request.Requestor, progress, token));
    }

    /// <summary>Has a volume, or one snapshot alone, given to another server.</summary>
    public static Response Send(OperationService operations, Request request, VolumeService service, VolumeRecord volume, VolumeSnapshotRecord? snapshot, bool volumeOnly, StorageVolumePostTarget target)
    {
        var link = target.Operation.Length > 0 ? new MigrationLink(target.Operation, target.Certificate, target.Secrets) : new MigrationLink();
        return Migrate(operations, request, "Migrating storage volume", volume, link, (progress, token) => service.SendAsync(volume, snapshot, volumeOnly, link, progress, token));
    }

    private static Response Migrate(OperationService operations, Request request, string description, VolumeRecord volume, MigrationLink link, Func<OperationProgress, CancellationToken, Task> run) =>
        Response.Async(operations.Start(link.Attach(new OperationSpec(description, request.Project, run) { Requestor = request.Requestor, Resources = new() { ["storage_volumes"] = [volume.Url] } })));

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var volume = await FindAsync(service, request, ct).ConfigureAwait(false);
        return Response.Sync(volume.ToApi(), Etag.Of(volume.Editable()));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var volume = await FindAsync(service, request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(volume.Editable()));
        var put = await request.BodyAsync<StorageVolumePut>(ct).ConfigureAwait(false);
        if (put.Restore.Length > 0)
        {
            await service.SnapshotAsync(volume, put.Restore, ct).ConfigureAwait(false);
        }
        else
        {
            await service.CheckUpdateAsync(volume, put, ct).ConfigureAwait(false);
        }

        return StartOrDo(operations, request, "Updating storage volume", volume.Url, token => service.UpdateAsync(volume, put, request.Requestor, token));
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var volume = await FindAsync(service, request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(volume.Editable()));
        var put = Patching.Merge(volume.Editable(), await request.ObjectAsync(ct).ConfigureAwait(false));
        return StartOrDo(operations, request, "Updating storage volume", volume.Url, token => service.UpdateAsync(volume, put, request.Requestor, token));
    }

    /// <summary>A new name, pool or project.</summary>
    private async Task<Response> PostAsync(Request request, CancellationToken ct)
    {
        var volume = await FindAsync(service, request, ct).ConfigureAwait(false);
        VolumeService.CheckCustom(volume);
        var post = await request.BodyAsync<StorageVolumePost>(ct).ConfigureAwait(false);
        if (post.Migration)
        {
            return Send(operations, request, service, volume, null, post.VolumeOnly, post.Target);
        }

        var pool = post.Pool.Length > 0 ? post.Pool : volume.Pool;
        var project = post.Project.Length > 0 ? post.Project : request.Project;
        if (project != request.Project)
        {
            request.Check(Entity.OfProject(project), "can_create_storage_volumes");
        }

        if (pool == volume.Pool && await service.OwnerAsync(project, VolumeType.Custom, ct).ConfigureAwait(false) == volume.Project)
        {
            return StartOrDo(operations, request, "Moving storage volume", (volume with { Name = post.Name }).Url, token => service.RenameAsync(volume, post.Name, request.Requestor, token));
        }

        var wanted = new StorageVolumesPost
        {
            Name = post.Name,
            Type = "custom",
            ContentType = volume.Content.Word(),
            Description = volume.Description,
            Config = VolumeService.Copied(volume.Config),
        };
        var target = await PrepareMoveAsync(pool, project, wanted, volume, ct).ConfigureAwait(false);
        return Start(request, "Moving storage volume", target.Url, token => service.MoveAsync(volume, target, request.Requestor, token));
    }

    private async Task<VolumeRecord> PrepareMoveAsync(string pool, string project, StorageVolumesPost wanted, VolumeRecord volume, CancellationToken ct)
    {
        try
        {
            return await service.PrepareAsync(pool, project, wanted, ct, volume).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Status == 403)
        {
            throw ApiException.Forbidden($"Failed checking if volume move allowed: {e.Message}");
        }
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var volume = await FindAsync(service, request, ct).ConfigureAwait(false);
        service.CheckRemovable(volume);
        return StartOrDo(operations, request, "Deleting storage volume", volume.Url, token => service.DeleteAsync(volume, request.Requestor, token));
    }

    private Response Start(Request request, string description, string url, Func<CancellationToken, Task> run) => Start(operations, request, description, url, run);
}
