using Lxd.Core;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Storage;

/// <summary><c>/1.0/storage-pools/POOL/buckets</c>. Buckets are made by storage that serves objects itself; pools of local drivers have none.</summary>
internal sealed class BucketsEndpoints(PoolService pools)
{
    private const string All = "/1.0/storage-pools/{pool}/buckets";
    private const string One = All + "/{bucket}";
    private const string Keys = One + "/keys";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.List(EntityKind.StorageBucket), ListAsync);
        router.Map("POST", All, Access.InProject("can_create_storage_buckets"), CreateAsync);
        foreach (var (method, path) in ((string, string)[])
            [("GET", One), ("PUT", One), ("PATCH", One), ("DELETE", One), ("GET", Keys), ("POST", Keys), ("GET", Keys + "/{key}"), ("PUT", Keys + "/{key}"), ("DELETE", Keys + "/{key}")])
        {
            router.Map(method, path, Access.On(EntityKind.StorageBucket, method == "GET" ? "can_view" : method == "DELETE" && path == One ? "can_delete" : "can_edit"), MissingAsync);
        }
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        await pools.GetAsync(request.Route("pool"), ct).ConfigureAwait(false);
        return Response.Sync(new List<string>());
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var pool = await pools.GetAsync(request.Route("pool"), ct).ConfigureAwait(false);
        throw ApiException.BadRequest($"Storage pool driver \"{pool.Driver}\" does not support buckets");
    }

    private async Task<Response> MissingAsync(Request request, CancellationToken ct)
    {
        await pools.GetAsync(request.Route("pool"), ct).ConfigureAwait(false);
        throw ApiException.NotFound("Storage bucket not found");
    }
}
