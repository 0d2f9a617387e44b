using System.Text.Json.Nodes;
using Lxd.Core.Api;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Storage.Snapshots;

namespace Lxd.Daemon.Instances.Snapshots;

/// <summary><c>/1.0/instances/NAME/snapshots</c>.</summary>
internal sealed class SnapshotsEndpoints(InstanceStore store, InstanceService instances, SnapshotService service, OperationService operations)
{
    private const string All = "/1.0/instances/{name}/snapshots";
    private const string One = All + "/{snapshot}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.Instance("can_view"), ListAsync);
        router.Map("POST", All, Access.Instance("can_manage_snapshots"), CreateAsync);
        router.Map("GET", One, Access.Instance("can_view"), GetAsync);
        router.Map("PUT", One, Access.Instance("can_manage_snapshots"), PutAsync);
        router.Map("PATCH", One, Access.Instance("can_manage_snapshots"), PutAsync);
        router.Map("POST", One, Access.Instance("can_manage_snapshots"), RenameAsync);
        router.Map("DELETE", One, Access.Instance("can_manage_snapshots"), DeleteAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var snapshots = await store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false);
        return request.Recursion == 0
            ? Response.Sync(snapshots.ConvertAll(s => InstanceUrls.Of(request, request.Project, instance.Name, "snapshots", s.Name)))
            : Response.Sync(snapshots.ConvertAll(s => InstanceViews.Render(instance, s, -1)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var post = Json.Parse<InstanceSnapshotsPost>(body);
        if (post.Stateful)
        {
            throw ApiException.BadRequest(instance.IsContainer ? "Stateful snapshots are not supported for containers" : "Unable to create a stateful snapshot. The instance isn't running");
        }

        await service.CheckModeAsync(instance, post.DiskVolumesMode, ct).ConfigureAwait(false);
        var name = await service.NameAsync(instance, post.Name, ct).ConfigureAwait(false);
        var (requestor, project) = (request.Requestor, request.Project);
        return InstanceUrls.Run(operations, request, "Snapshotting instance", [instance.Name], (progress, token) =>
        {
            progress.AddResource("instances_snapshots", Names.Url(project, "1.0", "instances", instance.Name, "snapshots", name));
            return service.CreateAsync(instance, name, post.ExpiresAt, post.DiskVolumesMode, requestor, token);
        });
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var (instance, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(InstanceViews.Render(instance, snapshot, -1), Tag(snapshot));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var (instance, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Tag(snapshot));
        var body = await request.ObjectAsync(ct).ConfigureAwait(false);
        var put = Json.Parse<InstanceSnapshotPut>(body);
        if (request.Method == "PATCH" && body["expires_at"] is null)
        {
            put = put with { ExpiresAt = snapshot.ExpiresAt };
        }

        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Updating snapshot", [instance.Name], (_, token) => service.UpdateAsync(instance, snapshot, put.ExpiresAt, requestor, token));
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var (instance, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        var post = await request.BodyAsync<InstanceSnapshotPost>(ct).ConfigureAwait(false);
        if (post.Migration)
        {
            return InstanceSending.Start(operations, request, instances, instance, snapshot, new InstancePost { Live = post.Live, Target = post.Target });
        }

        SnapshotNames.Check(post.Name);
        if ((await store.SnapshotsAsync(instance.Id, ct).ConfigureAwait(false)).Exists(s => s.Name == post.Name))
        {
            throw ApiException.Conflict($"Name \"{instance.Name}/{post.Name}\" already in use");
        }

        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, "Renaming snapshot", [instance.Name], (_, token) => service.RenameAsync(instance, snapshot, post.Name, requestor, token));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var (instance, snapshot) = await FindAsync(request, ct).ConfigureAwait(false);
        var (requestor, mode) = (request.Requestor, request.Query("disk-volumes"));
        await service.CheckModeAsync(instance, mode, ct).ConfigureAwait(false);
        return InstanceUrls.Run(operations, request, "Deleting snapshot", [instance.Name], (_, token) => service.DeleteAsync(instance, snapshot, mode, requestor, token));
    }

    private async Task<(InstanceRecord Instance, SnapshotRecord Snapshot)> FindAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        return (instance, await store.SnapshotAsync(instance.Id, request.Route("snapshot"), ct).ConfigureAwait(false));
    }

    private static string Tag(SnapshotRecord snapshot) => Etag.Of(new JsonObject { ["expires_at"] = snapshot.ExpiresAt.ToString() });
}
