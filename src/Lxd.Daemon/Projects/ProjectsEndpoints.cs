using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Projects;

/// <summary><c>/1.0/projects</c>.</summary>
internal sealed class ProjectsEndpoints(ProjectService service, ProjectQuota quota)
{
    public void Map(Router router)
    {
        router.Map("GET", "/1.0/projects", Access.List(EntityKind.Project), ListAsync);
        router.Map("POST", "/1.0/projects", Access.Server("can_create_projects"), CreateAsync);
        router.Map("GET", "/1.0/projects/{name}", Access.On(EntityKind.Project, "can_view"), GetAsync);
        router.Map("GET", "/1.0/projects/{name}/state", Access.On(EntityKind.Project, "can_view"), async (r, ct) => Response.Sync(await quota.StateAsync((await FindAsync(r, ct).ConfigureAwait(false)).Name, ct).ConfigureAwait(false)));
        router.Map("PUT", "/1.0/projects/{name}", Access.On(EntityKind.Project, "can_edit"), PutAsync);
        router.Map("PATCH", "/1.0/projects/{name}", Access.On(EntityKind.Project, "can_edit"), PatchAsync);
        router.Map("POST", "/1.0/projects/{name}", Access.On(EntityKind.Project, "can_edit"), RenameAsync);
        router.Map("DELETE", "/1.0/projects/{name}", Access.On(EntityKind.Project, "can_delete"), DeleteAsync);
    }

    private static ProjectPut Editable(Project project) => new() { Config = project.Config, Description = project.Description };

    private async Task<Response> ListAsync(Request request, CancellationToken ct)
    {
        var all = (await service.ListAsync(ct).ConfigureAwait(false)).Where(p => request.Caller.MaySee(p.Name)).ToList();
        return request.Recursion > 0 ? Response.Sync(all) : Response.Sync(all.Select(p => Names.Url("default", "1.0", "projects", p.Name)).ToList());
    }

    private async Task<Response> CreateAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ProjectsPost>(ct).ConfigureAwait(false);
        await service.CreateAsync(post, request.Caller, ct).ConfigureAwait(false);
        return Response.Created(Names.Url("default", "1.0", "projects", post.Name));
    }

    private async Task<Response> GetAsync(Request request, CancellationToken ct)
    {
        var project = await FindAsync(request, ct).ConfigureAwait(false);
        return Response.Sync(project, Etag.Of(Editable(project)));
    }

    private async Task<Response> PutAsync(Request request, CancellationToken ct)
    {
        var project = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(project)));
        await service.UpdateAsync(project, await request.BodyAsync<ProjectPut>(ct).ConfigureAwait(false), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> PatchAsync(Request request, CancellationToken ct)
    {
        var project = await FindAsync(request, ct).ConfigureAwait(false);
        request.CheckEtag(Etag.Of(Editable(project)));
        await service.UpdateAsync(project, Patching.Merge(Editable(project), await request.ObjectAsync(ct).ConfigureAwait(false)), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Response> RenameAsync(Request request, CancellationToken ct)
    {
        var post = await request.BodyAsync<ProjectPost>(ct).ConfigureAwait(false);
        await service.RenameAsync(request.Route("name"), post.Name, request.Caller, ct).ConfigureAwait(false);
        return Response.Created(Names.Url("default", "1.0", "projects", post.Name));
    }

    private async Task<Response> DeleteAsync(Request request, CancellationToken ct)
    {
        await service.DeleteAsync(request.Route("name"), Core.Config.Checks.IsTrue(request.Query("force")), request.Caller, ct).ConfigureAwait(false);
        return Response.Empty;
    }

    private async Task<Project> FindAsync(Request request, CancellationToken ct)
    {
        var name = request.Route("name");
        return request.Caller.MaySee(name) ? await service.GetAsync(name, ct).ConfigureAwait(false) : throw ApiException.NotFound("Project not found");
    }
}
