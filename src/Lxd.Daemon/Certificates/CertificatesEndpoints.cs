using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Identities;

namespace Lxd.Daemon.Certificates;

/// <summary><c>/1.0/certificates</c>.</summary>
internal sealed class CertificatesEndpoints(CertificateService service)
{
    private const string One = "/1.0/certificates/{fingerprint}";

    public void Map(Router router)
    {
        router.Map("GET", "/1.0/certificates", Access.List(EntityKind.Certificate), ListAsync);
        router.Map("POST", "/1.0/certificates", Access.Anyone, AddAsync);
        router.Map("GET", One, new Access(AccessKind.Trusted, EntityKind.Certificate), GetAsync);
        router.Map("PUT", One, Access.Trusted, PutAsync);
        router.Map("PATCH", One, Access.Trusted, PatchAsync);
        router.Map("DELETE", One, Access.Trusted, DeleteAsync);
    }

    private Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = service.List(request).Select(CertificateService.Render).ToList();
        return Task.FromResult(request.Recursion > 0 ? Response.Filtered(all) : Response.Filtered(all.ConvertAll(c => $"/1.0/certificates/{c.Fingerprint}")));
    }

    private async Task<Response> AddAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<CertificatesPost>(ct).ConfigureAwait(false);
        if (post.Token)
        {
            if (post.Name.Length == 0)
            {
                throw ApiException.BadRequest("Client name must not be empty");
            }

            request.Check(Entity.Server, "can_create_identities");
            return Response.Async(service.CreateToken(post, request.Caller));
        }

        var added = await service.AddAsync(request, post, ct).ConfigureAwait(false);
        return Response.Created($"/1.0/certificates/{added.Identifier}");
    }

    private Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var identity = Find(request, "can_view");
        request.Entity = identity.Entity;
        return Task.FromResult(Response.Sync(CertificateService.Render(identity), Etag.Of(CertificateService.Editable(identity))));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var (identity, own) = FindToEdit(request);
        request.CheckEtag(Etag.Of(CertificateService.Editable(identity)));
        await service.UpdateAsync(request, identity, await request.BodyAsync<CertificatePut>(ct).ConfigureAwait(false), own, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var (identity, own) = FindToEdit(request);
        var editable = CertificateService.Editable(identity);
        request.CheckEtag(Etag.Of(editable));
        await service.UpdateAsync(request, identity, Patching.Merge(editable, await request.ObjectAsync(ct).ConfigureAwait(false)), own, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request, Find(request, "can_delete"), ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private IdentityRecord Find(Request request, string entitlement)
    {
        var identity = service.Find(request.Route("fingerprint"));
        if (!request.May(identity.Entity, "can_view"))
        {
            throw ApiException.NotFound("Certificate not found");
        }

        request.Check(identity.Entity, entitlement);
        return identity;
    }

    /// <summary>Its holder may renew a certificate, without a right to edit it.</summary>
    private (IdentityRecord Identity, bool Own) FindToEdit(Request request)
    {
        var identity = Find(request, "can_view");
        var own = request.Caller.Protocol == "tls" && request.Caller.Username == identity.Identifier && !request.May(identity.Entity, "can_edit");
        if (!own)
        {
            request.Check(identity.Entity, "can_edit");
        }

        return (identity, own);
    }
}
