using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Server;

/// <summary><c>/1.0</c>.</summary>
internal sealed class ServerEndpoints(ServerService service)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0", Access.Shows(EntityKind.Server), GetAsync);
        router.Map("PUT", "/1.0", Access.Server("can_edit"), PutAsync);
        router.Map("PATCH", "/1.0", Access.Server("can_edit"), PatchAsync);
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (!request.Caller.Trusted || request.Caller.MetricsOnly)
        {
            return Response.Sync(service.Untrusted(request));
        }

        request.Entity = Entity.Server;
        return Response.Sync(await service.GetAsync(request, ct).ConfigureAwait(false), Etag.Of(service.Visible()));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(Etag.Of(service.Visible()));
        await service.ReplaceAsync((await request.BodyAsync<ServerPut>(ct).ConfigureAwait(false)).Config, request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(Etag.Of(service.Visible()));
        await service.PatchAsync((await request.BodyAsync<ServerPut>(ct).ConfigureAwait(false)).Config, request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }
}
