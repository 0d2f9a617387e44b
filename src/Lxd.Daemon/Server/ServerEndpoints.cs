using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Server;

/// <summary><c>/</c> and <c>/1.0</c>.</summary>
internal sealed class ServerEndpoints(ServerService service, ServerConfig config)
{
    public void Map(Router router)
    {
        router.Map("GET", "/", Access.Anyone, (_, _) => Task.FromResult(Response.Sync(new List<string> { "/1.0" })));
        router.Map("GET", "/1.0", Access.Anyone, GetAsync);
        router.Map("PUT", "/1.0", Access.Admin, PutAsync);
        router.Map("PATCH", "/1.0", Access.Admin, PatchAsync);
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (!request.Caller.Trusted)
        {
            return Response.Sync(ServerService.Untrusted(request.Caller, config));
        }

        return Response.Sync(await service.GetAsync(request.Caller, request.Project, ct).ConfigureAwait(false), Etag.Of(service.Visible()));
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
