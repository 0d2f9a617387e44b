using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Networks.Zones;

/// <summary><c>/1.0/network-zones</c>.</summary>
internal sealed class ZonesEndpoints(ZoneService service)
{
    private const string All = "/1.0/network-zones";
    private const string One = All + "/{zone}";
    private const string Records = One + "/records";
    private const string Record = Records + "/{name}";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.List(EntityKind.NetworkZone), ListAsync);
        router.Map("POST", All, Access.InProject("can_create_network_zones"), CreateAsync);
        router.Map("GET", One, Access.On(EntityKind.NetworkZone, "can_view"), GetAsync);
        router.Map("PUT", One, Access.On(EntityKind.NetworkZone, "can_edit"), PutAsync);
        router.Map("PATCH", One, Access.On(EntityKind.NetworkZone, "can_edit"), PatchAsync);
        router.Map("DELETE", One, Access.On(EntityKind.NetworkZone, "can_delete"), DeleteAsync);
        router.Map("GET", Records, Access.On(EntityKind.NetworkZone, "can_view"), RecordsAsync);
        router.Map("POST", Records, Access.On(EntityKind.NetworkZone, "can_edit"), AddRecordAsync);
        router.Map("GET", Record, Access.On(EntityKind.NetworkZone, "can_view"), RecordAsync);
        router.Map("PUT", Record, Access.On(EntityKind.NetworkZone, "can_edit"), PutRecordAsync);
        router.Map("PATCH", Record, Access.On(EntityKind.NetworkZone, "can_edit"), PatchRecordAsync);
        router.Map("DELETE", Record, Access.On(EntityKind.NetworkZone, "can_edit"), DeleteRecordAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = request.AllProjects ? (await service.ListAllAsync(ct).ConfigureAwait(false)).FindAll(z => request.Caller.MaySee(z.Project)) : await service.ListAsync(request.Project, ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.ConvertAll(z => Names.Url(request.AllProjects ? z.Project : request.Project, "1.0", "network-zones", z.Name)));
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkZonesPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(request.Project, post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "network-zones", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var zone = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(zone, Etag.Of(Editable(zone)));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(Etag.Of(Editable(await FindAsync(request, ct).ConfigureAwait(false))));
        await service.UpdateAsync(request.Project, request.Route("zone"), await request.BodyAsync<NetworkZonePut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var present = Editable(await FindAsync(request, ct).ConfigureAwait(false));
        request.CheckEtag(Etag.Of(present));
        await service.UpdateAsync(request.Project, request.Route("zone"), Patching.Merge(present, await request.ObjectAsync(ct).ConfigureAwait(false)), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request.Project, request.Route("zone"), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RecordsAsync(Request request, CancellationToken ct)
    {
        var records = await service.RecordsAsync(request.Project, request.Route("zone"), ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(records) : Response.Sync(records.ConvertAll(r => Url(request, r.Name)));
    }

    private async Task<Response> AddRecordAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<NetworkZoneRecordsPost>(ct).ConfigureAwait(false);
        await service.AddRecordAsync(request.Project, request.Route("zone"), post, request.Requestor, ct).ConfigureAwait(false);
        return Response.Created(Url(request, post.Name));
    }

    private async Task<Response> RecordAsync(Request request, CancellationToken ct)
    {
        var record = await FindRecordAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(record, Etag.Of(Editable(record)));
    }

    private async Task<Response> PutRecordAsync(Request request, CancellationToken ct)
    {
        request.CheckEtag(Etag.Of(Editable(await FindRecordAsync(request, ct).ConfigureAwait(false))));
        await service.UpdateRecordAsync(request.Project, request.Route("zone"), request.Route("name"), await request.BodyAsync<NetworkZoneRecordPut>(ct).ConfigureAwait(false), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchRecordAsync(Request request, CancellationToken ct)
    {
        var present = Editable(await FindRecordAsync(request, ct).ConfigureAwait(false));
        request.CheckEtag(Etag.Of(present));
        await service.UpdateRecordAsync(request.Project, request.Route("zone"), request.Route("name"), Patching.Merge(present, await request.ObjectAsync(ct).ConfigureAwait(false)), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteRecordAsync(Request request, CancellationToken ct)
    {
        await service.DeleteRecordAsync(request.Project, request.Route("zone"), request.Route("name"), request.Requestor, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private Task<NetworkZone> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("zone"), ct);

    private Task<NetworkZoneRecord> FindRecordAsync(Request request, CancellationToken ct) => service.RecordAsync(request.Project, request.Route("zone"), request.Route("name"), ct);

    private static NetworkZonePut Editable(NetworkZone zone) => new() { Config = zone.Config, Description = zone.Description };

    private static NetworkZoneRecordPut Editable(NetworkZoneRecord record) => new() { Config = record.Config, Description = record.Description, Entries = record.Entries };

    private static string Url(Request request, string name) => Names.Url(request.Project, "1.0", "network-zones", request.Route("zone"), "records", name);
}
