using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;

namespace Lxd.Daemon.Storage;

/// <summary><c>/1.0/storage-pools</c>.</summary>
internal sealed class PoolsEndpoints(PoolService service, OperationService operations, ProjectService projects)
{
    private const string One = "/1.0/storage-pools/{pool}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/storage-pools", Access.List(EntityKind.StoragePool), ListAsync);
        router.Map("POST", "/1.0/storage-pools", Access.Server("can_create_storage_pools"), CreateAsync);
        router.Map("GET", One, Access.On(EntityKind.StoragePool, "can_view"), GetAsync);
        router.Map("PUT", One, Access.On(EntityKind.StoragePool, "can_edit"), PutAsync);
        router.Map("PATCH", One, Access.On(EntityKind.StoragePool, "can_edit"), PatchAsync);
        router.Map("DELETE", One, Access.On(EntityKind.StoragePool, "can_delete"), DeleteAsync);
        router.Map("GET", One + "/resources", Access.Server("can_view_resources"), async (request, ct) => Response.Sync(await service.ResourcesAsync(request.Route("pool"), ct).ConfigureAwait(false)));
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var pools = await service.ListAsync(ct).ConfigureAwait(false);
        if (!request.AllProjects)
        {
            // A pool the project may have nothing of is not there for it.
            var config = await projects.ConfigAsync(request.Project, ct).ConfigureAwait(false);
            pools.RemoveAll(p => config.GetValueOrDefault(ProjectLimits.PoolPrefix + p.Name) == "0");
        }

        return request.Recursion > 0 ? Response.Sync(pools.ConvertAll(p => View(request, p))) : Response.Sync(pools.ConvertAll(p => p.Url));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var pool = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(View(request, pool), Etag.Of(pool.Editable()));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<StoragePoolsPost>(ct).ConfigureAwait(false);
        PoolService.CheckNew(post);
        if ((await service.ListAsync(ct).ConfigureAwait(false)).Exists(p => p.Name == post.Name))
        {
            throw ApiException.Conflict($"Storage pool \"{post.Name}\" already exists");
        }

        return await DoAsync(request, "Creating storage pool", post.Name, token => service.CreateAsync(post, request.Requestor, token), ct).ConfigureAwait(false);
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var pool = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(pool.Editable()));
        var put = await request.BodyAsync<StoragePoolPut>(ct).ConfigureAwait(false);
        return await DoAsync(request, "Updating storage pool", pool.Name, token => service.UpdateAsync(pool, put, request.Requestor, token), ct).ConfigureAwait(false);
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var pool = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(pool.Editable()));
        var put = Patching.Merge(pool.Editable(), await request.ObjectAsync(ct).ConfigureAwait(false));
        return await DoAsync(request, "Updating storage pool", pool.Name, token => service.UpdateAsync(pool, put, request.Requestor, token), ct).ConfigureAwait(false);
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        var pool = await FindAsync(request, ct).ConfigureAwait(false);
        PoolService.CheckUnused(pool);
        return await DoAsync(request, "Deleting storage pool", pool.Name, token => service.DeleteAsync(pool, request.Requestor, token), ct).ConfigureAwait(false);
    }

    private Task<Response> DoAsync(Request request, string description, string pool, Func<CancellationToken, Task> run, CancellationToken ct) =>
        Response.DoneAsync(request, operations.Start(new OperationSpec(description, "default", (_, token) => run(token))
        {
            Requestor = request.Requestor,
            Resources = new() { ["storage_pools"] = [Names.Url("default", "1.0", "storage-pools", pool)] },
        }), ct);

    private Task<PoolRecord> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Route("pool"), ct);

    /// <summary>Who may not edit a pool does not see where it lies.</summary>
    private StoragePool View(Request request, PoolRecord pool)
    {
        var api = service.ToApi(pool);
        return request.May(Entity.Of(EntityKind.StoragePool, "", pool.Name), "can_edit") ? api : api with { Config = null! };
    }
}
