using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Warnings;

/// <summary><c>/1.0/warnings</c>.</summary>
internal sealed class WarningsEndpoints(WarningService service)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/warnings", Access.Server("can_view_warnings"), ListAsync);
        router.Map("GET", "/1.0/warnings/{uuid}", Access.Server("can_view_warnings"), GetAsync);
        router.Map("PUT", "/1.0/warnings/{uuid}", Access.Server("can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/warnings/{uuid}", Access.Server("can_edit"), PutAsync);
        router.Map("DELETE", "/1.0/warnings/{uuid}", Access.Server("can_edit"), DeleteAsync);
    }

    private static string EtagOf(Warning warning) => Etag.Of(new WarningPut { Status = warning.Status });

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var filter = Filter.Parse(request.Filter);
        var found = (await service.ListAsync(request.Query("project"), ct).ConfigureAwait(false)).Where(w => filter.IsEmpty || filter.Matches(Json.Node(w))).ToList();
        // LXD has no list where there is nothing to name.
        return request.Recursion == 0 && found.Count == 0 ? Response.Sync(null) : request.Recursion > 0 ? Response.Sync(found) : Response.Sync(found.Select(w => Names.Url("default", "1.0", "warnings", w.Uuid)).ToList());
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var warning = await service.GetAsync(request.Route("uuid"), ct).ConfigureAwait(false);
        return Response.Sync(warning, EtagOf(warning));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(EtagOf(await service.GetAsync(request.Route("uuid"), ct).ConfigureAwait(false)));
        await service.SetStatusAsync(request.Route("uuid"), (await request.BodyAsync<WarningPut>(ct).ConfigureAwait(false)).Status, request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request.Route("uuid"), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }
}
