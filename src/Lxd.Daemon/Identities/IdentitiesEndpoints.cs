using System.Security.Cryptography.X509Certificates;
using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Identities;

/// <summary><c>/1.0/auth/identities</c>: who is known, however they authenticate.</summary>
internal sealed class IdentitiesEndpoints(IdentityService service, IdentityCache cache, BearerTokens bearers)
{
    private const string All = "/1.0/auth/identities";

    public void Map(Router router)
    {
        router.Map("GET", All, Access.List(EntityKind.Identity), (r, _) => Task.FromResult(List(r, 0)));
        router.Map("GET", All + "/current", Access.Trusted, CurrentAsync);
        MapMethod(router, "tls", IdentityType.TlsMethod);
        MapMethod(router, "oidc", IdentityType.OidcMethod);
        MapMethod(router, "bearer", IdentityType.BearerMethod);
        router.Map("POST", All + "/tls", Access.Anyone, CreateTlsAsync);
        router.Map("POST", All + "/bearer", Access.Server("can_create_identities"), CreateBearerAsync);
        router.Map("POST", All + "/bearer/{nameOrIdentifier}/token", Access.Trusted, IssueAsync);
        router.Map("DELETE", All + "/bearer/{nameOrIdentifier}/token", Access.Trusted, RevokeAsync);
    }

    /// <summary>The handlers find the identity by its name first and then check the right on it.</summary>
    private void MapMethod(Router router, string method, int code)
    {
        var all = $"{All}/{method}";
        var one = all + "/{nameOrIdentifier}";
        router.Map("GET", all, Access.List(EntityKind.Identity), (r, _) => Task.FromResult(List(r, code)));
        router.Map("GET", one, new Access(AccessKind.Trusted, EntityKind.Identity), (r, _) =>
        {
            var identity = Find(r, code, "can_view");
            r.Entity = identity.Entity;
            return Task.FromResult(Response.Sync(IdentityService.Render(r, identity), Tag(identity)));
        });
        router.Map("PUT", one, Access.Trusted, (r, ct) => UpdateAsync(r, code, false, ct));
        router.Map("PATCH", one, Access.Trusted, (r, ct) => UpdateAsync(r, code, true, ct));
        router.Map("DELETE", one, Access.Trusted, async (r, ct) =>
        {
            var identity = Managed(Find(r, code, "can_delete"));
            await service.DeleteAsync(r, identity, ct).ConfigureAwait(false);
            return Response.Empty;
        });
    }

    private Response List(Request request, int method)
    {
        var visible = cache.All.Where(i => (method == 0 || i.Type.AuthMethod == method) && request.May(i.Entity, "can_view")).ToList();
        return request.Recursion > 0 ? Response.Filtered(visible.ConvertAll(i => IdentityService.Render(request, i))) : Response.Filtered(visible.ConvertAll(i => i.Url));
    }

    private async Task<Response> CurrentAsync(Request request, CancellationToken ct)
    {
        var caller = request.Caller;
        var identity = caller.Protocol switch
        {
            "tls" => cache.ByFingerprint(caller.Username),
            "oidc" => cache.ByIdentifier(IdentityType.OidcMethod, caller.Username),
            "bearer" => cache.ByIdentifier(IdentityType.BearerMethod, caller.Username),
            _ => null,
        };
        if (identity is null)
        {
            return Response.Sync(new IdentityInfo { AuthenticationMethod = caller.Protocol, Id = caller.Username, Name = caller.Username, ExpiresAt = caller.ExpiresAt });
        }

        var rights = identity.Type.IsFineGrained ? await cache.RightsAsync(identity, caller.ProviderGroups, ct).ConfigureAwait(false) : null;
        var shown = IdentityService.Render(request, identity);
        return Response.Sync(new IdentityInfo
        {
            AuthenticationMethod = shown.AuthenticationMethod,
            Type = shown.Type,
            Id = shown.Id,
            Name = shown.Name,
            Groups = shown.Groups,
            TlsCertificate = shown.TlsCertificate,
            EffectiveGroups = [.. rights?.Groups ?? []],
            EffectivePermissions = rights is null ? [] : Granted(rights),
            ExpiresAt = caller.ExpiresAt,
            FineGrained = identity.Type.IsFineGrained,
        });
    }

    private static List<Permission> Granted(Rights rights) =>
    [
        .. rights.Grants.Select(g => new Permission { EntityType = Entity.Parse(g.Url, "", true)?.Kind.Name ?? "", Url = g.Url, Entitlement = g.Entitlement })
            .OrderBy(p => p.EntityType, StringComparer.Ordinal).ThenBy(p => p.Url, StringComparer.Ordinal).ThenBy(p => p.Entitlement, StringComparer.Ordinal),
    ];

    private async Task<Response> CreateTlsAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<IdentitiesTLSPost>(ct).ConfigureAwait(false);
        var shown = request.Context.Connection.ClientCertificate;
        if (!request.Caller.Trusted)
        {
            if (post.TrustToken.Length == 0)
            {
                throw ApiException.Forbidden();
            }

            var active = await service.ActivateAsync(request, post.TrustToken, shown ?? throw ApiException.BadRequest("No client certificate provided"), ct).ConfigureAwait(false);
            return Response.Created(active.Url);
        }

        request.Check(Entity.Server, "can_create_identities");
        if (post.TrustToken.Length > 0)
        {
            throw ApiException.Conflict("Client is already trusted");
        }

        if (post.Token)
        {
            if (post.Certificate.Length > 0)
            {
                throw ApiException.BadRequest("Can't use certificate if token is requested");
            }

            return Response.Created($"{All}/tls", await service.CreatePendingAsync(request, post, ct).ConfigureAwait(false));
        }

        using var certificate = post.Certificate.Length > 0 ? CertificateFiles.Read(post.Certificate)
            : IsInitialUi(request) && shown is not null ? X509CertificateLoader.LoadCertificate(shown.RawData)
            : throw ApiException.BadRequest("Must provide a certificate");
        return Response.Created((await service.CreateTlsAsync(request, post, certificate, ct).ConfigureAwait(false)).Url);
    }

    private async Task<Response> CreateBearerAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<IdentitiesBearerPost>(ct).ConfigureAwait(false);
        var type = IdentityType.Find(post.Type) ?? throw ApiException.BadRequest($"Invalid bearer identity type \"{post.Type}\"");
        if (type == IdentityType.InitialUi)
        {
            // It is an administrator: only one on the host makes it.
            if (request.Caller.Protocol != "unix")
            {
                throw ApiException.Forbidden();
            }

            if (post.Groups.Count > 0)
            {
                throw ApiException.BadRequest($"Identities of type \"{type.Name}\" cannot be in groups");
            }
        }
        else if (type.AuthMethod != IdentityType.BearerMethod)
        {
            throw ApiException.BadRequest($"Invalid bearer identity type \"{post.Type}\"");
        }

        return Response.Created((await service.CreateBearerAsync(request, post.Name, type, post.Groups, ct).ConfigureAwait(false)).Url);
    }

    private async Task<Response> IssueAsync(Request request, CancellationToken ct)
    {
        var identity = Find(request, IdentityType.BearerMethod, "can_edit");
        var post = await request.BodyAsync<IdentityBearerTokenPost>(ct).ConfigureAwait(false);
        if (identity.Type == IdentityType.InitialUi && request.Caller.Protocol != "unix")
        {
            throw ApiException.Forbidden();
        }

        var (token, _) = await bearers.IssueAsync(request, identity, post.Expiry, ct).ConfigureAwait(false);
        return Response.Sync(new IdentityBearerToken { Token = token });
    }

    private async Task<Response> RevokeAsync(Request request, CancellationToken ct)
    {
        await bearers.RevokeAsync(request, Find(request, IdentityType.BearerMethod, "can_edit"), ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>Groups, and the certificate of a TLS client. A client may change its own certificate, nothing else of itself.</summary>
    private async Task<Response> UpdateAsync(Request request, int method, bool patch, CancellationToken ct)
    {
        var identity = service.Find(request, method, request.Route("nameOrIdentifier"));
        var self = method == IdentityType.TlsMethod && request.Caller.Protocol == "tls" && request.Caller.Username == identity.Identifier && !request.May(identity.Entity, "can_edit");
        if (!self)
        {
            request.Check(identity.Entity, "can_edit");
        }

        Managed(identity);
        request.CheckEtag(Tag(identity));
        var put = await request.BodyAsync<IdentityPut>(ct).ConfigureAwait(false);
        if (put.TlsCertificate.Length > 0 && put.TlsCertificate.Trim() != identity.Pem.Trim() && identity.Type != IdentityType.Tls && identity.Type != IdentityType.ClusterLink)
        {
            throw ApiException.BadRequest($"Cannot update certificate for identities of type \"{identity.Type.Name}\"");
        }

        if (identity.Type == IdentityType.InitialUi)
        {
            throw ApiException.BadRequest($"Identities of type \"{identity.Type.Name}\" cannot be modified");
        }

        var groups = patch ? [.. identity.Groups.Union(put.Groups)] : put.Groups;
        if (!identity.Groups.ToHashSet().SetEquals(groups))
        {
            CheckGroups(request, identity, groups, self);
        }

        using var certificate = put.TlsCertificate.Length > 0 && put.TlsCertificate.Trim() != identity.Pem.Trim() ? CertificateFiles.Read(put.TlsCertificate) : null;
        await service.UpdateAsync(request, identity, groups, certificate, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    /// <summary>Who changes the groups of an identity sees all that it is in and will be in: he would else take or give what he knows nothing of.</summary>
    private static void CheckGroups(Request request, IdentityRecord identity, IReadOnlyList<string> groups, bool self)
    {
        if (self || identity.Groups.Any(g => !request.May(Entity.Of(EntityKind.Group, "", g), "can_view")))
        {
            throw ApiException.Forbidden();
        }

        var hidden = groups.Where(g => !request.May(Entity.Of(EntityKind.Group, "", g), "can_view")).ToList();
        if (hidden.Count > 0)
        {
            throw ApiException.NotFound($"One or more groups were not found: {string.Join(", ", hidden.Select(h => $"\"{h}\""))}");
        }
    }

    private bool IsInitialUi(Request request) => request.Caller.Protocol == "bearer" && cache.ByIdentifier(IdentityType.BearerMethod, request.Caller.Username)?.Type == IdentityType.InitialUi;

    private IdentityRecord Find(Request request, int method, string entitlement)
    {
        var identity = service.Find(request, method, request.Route("nameOrIdentifier"));
        request.Check(identity.Entity, entitlement);
        return identity;
    }

    private static IdentityRecord Managed(IdentityRecord identity) =>
        identity.Type.IsCertificate ? throw ApiException.BadRequest($"Identities of type \"{identity.Type.Name}\" cannot be modified via this API") : identity;

    private static string Tag(IdentityRecord identity) => Etag.Of(new IdentityPut { Groups = [.. identity.Groups], TlsCertificate = identity.Pem });
}
