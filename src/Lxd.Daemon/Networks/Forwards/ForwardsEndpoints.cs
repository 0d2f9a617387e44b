using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Networks.Forwards;

/// <summary><c>/1.0/networks/NAME/forwards</c>.</summary>
internal sealed class ForwardsEndpoints(ForwardService service, NetworkService networks)
{
    private const string All = "/1.0/networks/{name}/forwards";
    private const string One = All + "/{address}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.Network("can_view"), ListAsync);
        router.Map("POST", All, Access.Network("can_edit"), CreateAsync);
        router.Map("GET", One, Access.Network("can_view"), GetAsync);
        router.Map("PUT", One, Access.Network("can_edit"), PutAsync);
        router.Map("PATCH", One, Access.Network("can_edit"), PatchAsync);
        router.Map("DELETE", One, Access.Network("can_edit"), DeleteAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var forwards = await service.ListAsync(await NetworkAsync(request, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(forwards) : Response.Sync(forwards.ConvertAll(f => Url(request, f.ListenAddress)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkForwardsPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(await NetworkAsync(request, ct).ConfigureAwait(false), post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Url(request, post.ListenAddress));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var forward = await service.GetAsync(await NetworkAsync(request, ct).ConfigureAwait(false), request.Route("address"), ct).ConfigureAwait(false);
        return Response.Sync(forward, Etag.Of(Editable(forward)));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var network = await NetworkAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(await service.GetAsync(network, request.Route("address"), ct).ConfigureAwait(false))));
        await service.UpdateAsync(network, request.Route("address"), await request.BodyAsync<NetworkForwardPut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var network = await NetworkAsync(request, ct).ConfigureAwait(false);
        var present = Editable(await service.GetAsync(network, request.Route("address"), ct).ConfigureAwait(false));
        request.CheckEtag(Etag.Of(present));
        await service.UpdateAsync(network, request.Route("address"), Patching.Merge(present, await request.ObjectAsync(ct).ConfigureAwait(false)), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(await NetworkAsync(request, ct).ConfigureAwait(false), request.Route("address"), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private Task<NetworkRecord> NetworkAsync(Request request, CancellationToken ct) => networks.GetAsync(request.Project, request.Route("name"), ct);

    private static NetworkForwardPut Editable(NetworkForward forward) => new() { Config = forward.Config, Description = forward.Description, Ports = forward.Ports };

    private static string Url(Request request, string address) => Names.Url(request.Project, "1.0", "networks", request.Route("name"), "forwards", address);
}
