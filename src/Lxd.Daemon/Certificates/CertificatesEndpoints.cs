using System.Text.Json.Nodes;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Certificates;

/// <summary><c>/1.0/certificates</c>.</summary>
internal sealed class CertificatesEndpoints(CertificateService service)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/certificates", Access.Trusted, ListAsync);
        router.Map("POST", "/1.0/certificates", Access.Anyone, AddAsync);
        router.Map("GET", "/1.0/certificates/{fingerprint}", Access.Trusted, GetAsync);
        router.Map("PUT", "/1.0/certificates/{fingerprint}", Access.Trusted, PutAsync);
        router.Map("PATCH", "/1.0/certificates/{fingerprint}", Access.Trusted, PatchAsync);
        router.Map("DELETE", "/1.0/certificates/{fingerprint}", Access.Trusted, DeleteAsync);
    }

    private Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = service.List(request.Caller).ToList();
        return Task.FromResult(request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.Select(c => $"/1.0/certificates/{c.Fingerprint}").ToList()));
    }

    private async Task<Response> AddAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<CertificatesPost>(ct).ConfigureAwait(false);
        if (post.Token)
        {
            return request.Caller.IsAdmin ? Response.Async(service.CreateToken(post, request.Caller)) : throw ApiException.Forbidden();
        }

        var added = await service.AddAsync(post, request.Caller, request.Context.Connection.ClientCertificate, ct).ConfigureAwait(false);
        return Response.Created($"/1.0/certificates/{added.Fingerprint}");
    }

    private Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var identity = Visible(request);
        return Task.FromResult(Response.Sync(CertificateService.Render(identity), Etag.Of(CertificateService.Editable(identity))));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var identity = Visible(request);
        request.CheckEtag(Etag.Of(CertificateService.Editable(identity)));
        await service.UpdateAsync(identity, await request.BodyAsync<CertificatePut>(ct).ConfigureAwait(false), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var identity = Visible(request);
        var editable = CertificateService.Editable(identity);
        request.CheckEtag(Etag.Of(editable));
        var merged = (JsonObject)Json.Node(editable)!;
        foreach (var (key, value) in await request.ObjectAsync(ct).ConfigureAwait(false))
        {
            merged[key] = value?.DeepClone();
        }

        await service.UpdateAsync(identity, Json.Parse<CertificatePut>(merged), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(Visible(request), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private TlsIdentity Visible(Request request)
    {
        var identity = service.Find(request.Route("fingerprint"));
        return request.Caller.IsAdmin || identity.Fingerprint == request.Caller.Username ? identity : throw ApiException.NotFound("Certificate not found");
    }
}
