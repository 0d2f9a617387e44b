using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Profiles;

/// <summary><c>/1.0/profiles</c>.</summary>
internal sealed class ProfilesEndpoints(ProfileService service, OperationService operations)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/profiles", Access.List(EntityKind.Profile), ListAsync);
        router.Map("POST", "/1.0/profiles", Access.InProject("can_create_profiles"), CreateAsync);
        router.Map("GET", "/1.0/profiles/{name}", Access.On(EntityKind.Profile, "can_view"), GetAsync);
        router.Map("PUT", "/1.0/profiles/{name}", Access.On(EntityKind.Profile, "can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/profiles/{name}", Access.On(EntityKind.Profile, "can_edit"), PatchAsync);
        router.Map("POST", "/1.0/profiles/{name}", Access.On(EntityKind.Profile, "can_edit"), RenameAsync);
        router.Map("DELETE", "/1.0/profiles/{name}", Access.On(EntityKind.Profile, "can_delete"), DeleteAsync);
    }

    public static ProfilePut Editable(Profile profile) => new() { Config = profile.Config, Description = profile.Description, Devices = profile.Devices };

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = request.AllProjects
            ? (await service.ListAllAsync(ct).ConfigureAwait(false)).Where(p => request.Caller.MaySee(p.Project)).ToList()
            : await service.ListAsync(request.Project, ct).ConfigureAwait(false);
        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.Select(p => Names.Url(request.AllProjects ? p.Project : request.Project, "1.0", "profiles", p.Name)).ToList());
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ProfilesPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(request.Project, post, request.Caller, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "profiles", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var profile = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(profile, Etag.Of(Editable(profile)));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var profile = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(profile)));
        return await UpdateAsync(request, profile, await request.BodyAsync<ProfilePut>(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var profile = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(profile)));
        return await UpdateAsync(request, profile, Patching.Merge(Editable(profile), await request.ObjectAsync(ct).ConfigureAwait(false)), ct).ConfigureAwait(false);
    }

    private Task<Response> UpdateAsync(Request request, Profile profile, ProfilePut put, CancellationToken ct) =>
        Response.DoneAsync(request, operations.Start(new OperationSpec("Updating profile", request.Project, (_, token) => service.UpdateAsync(request.Project, profile, put, request.Caller, token))
        {
            Requestor = request.Requestor,
            Resources = new() { ["profiles"] = [Names.Url(request.Project, "1.0", "profiles", profile.Name)] },
        }), ct);

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ProfilePost>(ct).ConfigureAwait(false);
        await service.RenameAsync(request.Project, request.Route("name"), post.Name, request.Caller, ct).ConfigureAwait(false);
        return Response.Created(Names.Url(request.Project, "1.0", "profiles", post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request.Project, request.Route("name"), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private Task<Profile> FindAsync(Request request, CancellationToken ct) => service.GetAsync(request.Project, request.Route("name"), ct);
}
