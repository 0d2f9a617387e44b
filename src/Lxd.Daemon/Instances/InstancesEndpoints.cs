using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Instances.Snapshots;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Transfers;

namespace Lxd.Daemon.Instances;

/// <summary><c>/1.0/instances</c> and one instance.</summary>
internal sealed class InstancesEndpoints(InstanceStore store, InstanceService service, SnapshotService snapshots, InstanceListEndpoints lists, OperationService operations)
{
    public void Map(Router router)
    {
        router.Map("POST", "/1.0/instances", Access.InProject("can_create_instances"), CreateAsync);
        router.Map("GET", "/1.0/instances/{name}", Access.Instance("can_view"), GetAsync);
        router.Map("PUT", "/1.0/instances/{name}", Access.Instance("can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/instances/{name}", Access.Instance("can_edit"), PatchAsync);
        router.Map("POST", "/1.0/instances/{name}", Access.Instance("can_edit"), RenameAsync);
        router.Map("DELETE", "/1.0/instances/{name}", Access.Instance("can_delete"), DeleteAsync);
        router.Map("POST", "/1.0/instances/{name}/rebuild", Access.Instance("can_edit"), RebuildAsync);
    }

    /// <summary>Makes instances from a tarball (<c>application/octet-stream</c>); set by the backups domain.</summary>
    public Func<Request, CancellationToken, Task<Response>>? Import { get; set; }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        if (request.Header("Content-Type").StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) && Import is not null)
        {
            return await Import(request, ct).ConfigureAwait(false);
        }

        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var post = Json.Parse<InstancesPost>(body);
        var ownProfiles = body["profiles"] is JsonArray;
        if (post.Source.Type == "copy")
        {
            var from = post.Source.Project.Length > 0 ? post.Source.Project : request.Project;
            request.CheckSource(from, Entity.Instance(from, Names.SplitSnapshot(post.Source.Source).Parent));
        }

        else if (post.Source.Type == "image" && post.Source.Project.Length > 0)
        {
            // The image of another project is for those who see that project.
            request.Caller.CheckProject(post.Source.Project);
        }

        if (InstanceUrls.Type(request) is { } type)
        {
            post = post with { Type = type };
        }

        var requestor = request.Requestor;
        if (post.Source.Type == "migration")
        {
            return await ReceiveAsync(request, post, ownProfiles, ct).ConfigureAwait(false);
        }

        var plan = await service.PlanAsync(request.Project, post, ownProfiles ? post.Profiles : null, ct).ConfigureAwait(false);
        return InstanceUrls.Run(operations, request, "Creating instance", [plan.Name], post.Source.Type switch
        {
            "image" => (progress, token) => service.CreateFromImageAsync(plan, post.Source, ownProfiles, post.Start, requestor, progress, token),
            "none" => (_, token) => service.CreateEmptyAsync(plan, post.Start, requestor, token),
            _ => (_, token) => service.CopyAsync(plan, post, ownProfiles, requestor, token),
        }, both: true);
    }

    /// <summary>From another server: this one connects to it (<c>pull</c>), or is connected to.</summary>
    private async Task<Response> ReceiveAsync(Request request, InstancesPost post, bool ownProfiles, CancellationToken ct)
    {
        await service.CheckMigrationAsync(request.Project, post.Source.Mode, post.Source.Live, ct).ConfigureAwait(false);
        if (post.Source.Refresh && await store.FindAsync(request.Project, post.Name, ct).ConfigureAwait(false) is { } existing)
        {
            request.Check(Entity.Instance(existing.Project, existing.Name), "can_edit");
        }

        var plan = await service.PlanAsync(request.Project, post, ownProfiles ? post.Profiles : null, ct).ConfigureAwait(false);
        InstanceService.CheckMigratable(plan);
        var requestor = request.Requestor;
        var link = post.Source.Mode == "pull" ? new MigrationLink(post.Source.Operation, post.Source.Certificate, post.Source.Secrets) : new MigrationLink();
        return Response.Async(operations.Start(link.Attach(InstanceUrls.Spec(request, "Creating instance", [plan.Name], (progress, token) => service.ReceiveAsync(plan, post, link, requestor, progress, token), both: true))));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return request.Recursion > 0
            ? Response.Sync(await lists.OneAsync(instance, request.Fields, ct).ConfigureAwait(false), Tag(instance))
            : Response.Sync(InstanceViews.Render(instance, service.Status(instance)), Tag(instance));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(instance));
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var put = Json.Parse<InstancePut>(body);
        var requestor = request.Requestor;
        if (put.Restore.Length > 0)
        {
            await store.SnapshotAsync(instance.Id, put.Restore[(put.Restore.LastIndexOf('/') + 1)..], ct).ConfigureAwait(false);
            await snapshots.CheckModeAsync(instance, put.RestoreDiskVolumesMode, ct).ConfigureAwait(false);
            return InstanceUrls.Run(operations, request, "Restoring snapshot", [instance.Name], (_, token) => snapshots.RestoreAsync(instance, put, requestor, token));
        }

        if (body["profiles"] is null)
        {
            put = put with { Profiles = ["default"] };
        }

        return InstanceUrls.Run(operations, request, "Updating instance", [instance.Name], (_, token) => service.UpdateAsync(instance, _ => put, requestor, token));
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(instance));
        var patch = await request.ObjectAsync(ct).ConfigureAwait(false);
        await service.UpdateAsync(instance, now => Patching.Merge(InstanceService.Editable(now), patch), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var post = Json.Parse<InstancePost>(body);
        var ownProfiles = body.Any(p => p.Key.Equals("profiles", StringComparison.OrdinalIgnoreCase) && p.Value is not null);
        var requestor = request.Requestor;
        if (post.Project.Length > 0)
        {
            request.Check(Entity.OfProject(post.Project), "can_create_instances");
        }

        var moves = post.Pool.Length > 0 || post.Project.Length > 0 && post.Project != instance.Project;
        if (post.Migration && !moves)
        {
            return InstanceSending.Start(operations, request, service, instance, null, post);
        }

        if (moves)
        {
            return InstanceUrls.Run(operations, request, "Migrating instance", [instance.Name], (_, token) => service.MoveAsync(instance, post, ownProfiles, requestor, token));
        }

        Names.CheckInstance(post.Name);
        if (await store.FindAsync(request.Project, post.Name, ct).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict($"Name \"{post.Name}\" already in use");
        }

        return InstanceUrls.Run(operations, request, "Renaming instance", [instance.Name], (_, token) => service.RenameAsync(instance, post.Name, requestor, token));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var force = Core.Config.Checks.IsTrue(request.Query("force"));
        if (!force && service.IsRunning(instance))
        {
            throw ApiException.BadRequest("Instance is running");
        }

        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Deleting instance", [instance.Name], (_, token) => service.DeleteAsync(instance, force, requestor, token));
    }

    private async Task<Response> RebuildAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<InstanceRebuildPost>(ct).ConfigureAwait(false);
        if (service.IsRunning(instance))
        {
            throw ApiException.BadRequest("Instance must be stopped to be rebuilt");
        }

        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Rebuilding instance", [instance.Name], (progress, token) => service.RebuildAsync(instance, post.Source, requestor, progress, token));
    }

    private static string Tag(InstanceRecord instance) => Etag.Of(InstanceService.Editable(instance));
}
