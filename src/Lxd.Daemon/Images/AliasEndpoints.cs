using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Images;

/// <summary><c>/1.0/images/aliases</c>.</summary>
internal sealed class AliasEndpoints(ImageService service, AliasStore aliases, EventHub events)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/images/aliases", Access.List(EntityKind.ImageAlias), ListAsync);
        router.Map("POST", "/1.0/images/aliases", Access.InProject("can_create_image_aliases"), CreateAsync);
        router.Map("GET", "/1.0/images/aliases/{name}", Access.Shows(EntityKind.ImageAlias), GetAsync);
        router.Map("PUT", "/1.0/images/aliases/{name}", Access.On(EntityKind.ImageAlias, "can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/images/aliases/{name}", Access.On(EntityKind.ImageAlias, "can_edit"), PatchAsync);
        router.Map("POST", "/1.0/images/aliases/{name}", Access.On(EntityKind.ImageAlias, "can_edit"), RenameAsync);
        router.Map("DELETE", "/1.0/images/aliases/{name}", Access.On(EntityKind.ImageAlias, "can_delete"), DeleteAsync);
    }

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var project = await service.ProjectAsync(request.Project, ct).ConfigureAwait(false);
        var all = await aliases.ListAsync(project, ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.Select(a => Url(request.Project, a.Name)).ToList());
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ImageAliasesPost>(ct).ConfigureAwait(false);
        if (post.Name.Length == 0 || post.Target.Length == 0)
        {
            throw ApiException.BadRequest("name and target are required");
        }

        var image = await service.GetAsync(request.Project, post.Target, ct, FingerprintPrefix.Of(request)).ConfigureAwait(false);
        await aliases.AddAsync(image.Project, post.Name, post.Description, image.Fingerprint, ct).ConfigureAwait(false);
        Tell("image-alias-created", request, post.Name);
        return Response.Created(Url(request.Project, post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        if (request.Caller.MaySee(request.Project))
        {
            var own = await FindAsync(request, ct).ConfigureAwait(false);
            request.Entity = Entity.Of(EntityKind.ImageAlias, await service.ProjectAsync(request.Project, ct).ConfigureAwait(false), own.Name);
            if (request.May(request.Entity.Value, "can_view"))
            {
                return Response.Sync(own, Etag.Of(Editable(own)));
            }
        }

        var alias = request.Project != "default" ? null : (await aliases.ListAsync("default", ct).ConfigureAwait(false)).Find(a => a.Name == request.Route("name"));
        return alias is not null && (await service.GetAsync("default", alias.Target, ct).ConfigureAwait(false)).Public ? Response.Sync(alias, Etag.Of(Editable(alias))) : throw ApiException.NotFound();
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var alias = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(alias)));
        var put = await request.BodyAsync<ImageAliasesEntryPut>(ct).ConfigureAwait(false);
        return put.Target.Length > 0 ? await ChangeAsync(request, put, ct).ConfigureAwait(false) : throw ApiException.BadRequest("The target field is required");
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var alias = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(alias)));
        return await ChangeAsync(request, Patching.Merge(Editable(alias), await request.ObjectAsync(ct).ConfigureAwait(false)), ct).ConfigureAwait(false);
    }

    private async Task<Response> ChangeAsync(Request request, ImageAliasesEntryPut put, CancellationToken ct)
    {
        var image = await service.GetAsync(request.Project, put.Target, ct, FingerprintPrefix.Of(request)).ConfigureAwait(false);
        await aliases.UpdateAsync(image.Project, request.Route("name"), put.Description, image.Fingerprint, ct).ConfigureAwait(false);
        Tell("image-alias-updated", request, request.Route("name"));
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ImageAliasesEntryPost>(ct).ConfigureAwait(false);
        await FindAsync(request, ct).ConfigureAwait(false);
        if (post.Name.Length == 0)
        {
            throw ApiException.BadRequest("The alias name cannot be empty");
        }

        await aliases.RenameAsync(await service.ProjectAsync(request.Project, ct).ConfigureAwait(false), request.Route("name"), post.Name, ct).ConfigureAwait(false);
        Tell("image-alias-renamed", request, post.Name);
        return Response.Created(Url(request.Project, post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await FindAsync(request, ct).ConfigureAwait(false);
        await aliases.DeleteAsync(await service.ProjectAsync(request.Project, ct).ConfigureAwait(false), request.Route("name"), ct).ConfigureAwait(false);
        Tell("image-alias-deleted", request, request.Route("name"));
        return Response.Empty;
    }

    private async Task<ImageAliasesEntry> FindAsync(Request request, CancellationToken ct) =>
        await aliases.GetAsync(await service.ProjectAsync(request.Project, ct).ConfigureAwait(false), request.Route("name"), ct).ConfigureAwait(false);

    private static ImageAliasesEntryPut Editable(ImageAliasesEntry alias) => new() { Description = alias.Description, Target = alias.Target };

    private static string Url(string project, string name) => Names.Url(project, "1.0", "images", "aliases", name);

    private void Tell(string action, Request request, string name) => events.Lifecycle(action, request.Project, Url("default", name), request.Requestor, name: name);
}
