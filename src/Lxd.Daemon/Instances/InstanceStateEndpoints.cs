using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

/// <summary><c>/1.0/instances/NAME/state</c>.</summary>
internal sealed class InstanceStateEndpoints(InstanceStore store, InstanceService service, InstanceStateService states, OperationService operations)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/instances/{name}/state", Access.Instance("can_view"), GetAsync);
        router.Map("PUT", "/1.0/instances/{name}/state", Access.Instance("can_update_state"), PutAsync);
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct) =>
        Response.Sync(await states.ReadAsync(await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false), null, ct).ConfigureAwait(false));

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var instance = await InstanceUrls.FindAsync(store, request, ct).ConfigureAwait(false);
        var action = InstanceAction.Parse(await request.BodyAsync<InstanceStatePut>(ct).ConfigureAwait(false));
        var requestor = request.Requestor;
        return InstanceUrls.Run(operations, request, action.Description, [instance.Name], (_, token) => action.RunAsync(service, instance, requestor, token));
    }
}
