using Lxd.Core;
using Lxd.Daemon.Events;

namespace Lxd.Daemon.Http;

/// <summary>Decides whether a caller may do what a request asks, and tells the security events where not.</summary>
internal sealed class Gate(SecurityEvents security)
{
    /// <summary>Where the things of a feature are that a project has: itself or <c>default</c>; set by the projects.</summary>
    public Func<string, string, CancellationToken, Task<string>> EffectiveProject { get; set; } = (project, _, _) => Task.FromResult(project);

    /// <summary>Whether everybody may read metrics; set from the configuration.</summary>
    public Func<bool> MetricsForAll { get; set; } = () => false;

    public async ValueTask CheckAsync(Access access, Request request, CancellationToken ct)
    {
        var caller = request.Caller;
        if (access.Kind == AccessKind.Anyone || (access.Kind == AccessKind.Metrics && MetricsForAll()))
        {
            return;
        }

        if (access.Kind == AccessKind.Local)
        {
            Require(caller.Protocol is "unix" or "cluster");
            return;
        }

        if (!caller.Trusted)
        {
            security.NotTrusted(request);
            throw ApiException.Forbidden();
        }

        switch (access.Kind)
        {
            case AccessKind.Metrics:
                // Of which projects is for the handler to see.
                Require(request.Query("project") is not { Length: > 0 } named || MayReadMetrics(caller, named));
                return;
            case AccessKind.Trusted:
                Require(!caller.MetricsOnly);
                return;
            case AccessKind.Admin:
                Check(request, Entity.Server, "admin", caller.IsAdmin);
                return;
            case AccessKind.Project:
                CheckWholeProject(request);
                return;
            case AccessKind.List:
                CheckList(access, request);
                return;
            case AccessKind.Server or AccessKind.InProject:
                var owner = access.Kind == AccessKind.Server ? Entity.Server : Entity.OfProject(request.Project);
                Check(request, owner, access.Entitlement, caller.May(owner, access.Entitlement));
                return;
            default:
                await CheckEntityAsync(access, request, ct).ConfigureAwait(false);
                return;
        }
    }

    /// <summary>Throws what a caller is told who may not do this: that there is no such thing where he may not see it, else that it is forbidden.</summary>
    public void Check(Request request, Entity entity, string entitlement, bool allowed)
    {
        if (allowed)
        {
            return;
        }

        security.Denied(request, entitlement, entity);
        throw request.Caller.Rights is null || entity.Kind == EntityKind.Server || request.Caller.May(entity, "can_view") ? ApiException.Forbidden() : ApiException.NotFound();
    }

    /// <summary>The project that the request's things of this kind are in.</summary>
    /// <param name="volumeType">For volumes: those of instances are always in the request's project.</param>
    public async ValueTask<string> ProjectOfAsync(Request request, EntityKind kind, string volumeType, CancellationToken ct) =>
        kind.Feature.Length == 0 || (kind == EntityKind.StorageVolume && volumeType != "custom") ? request.Project : await EffectiveProject(request.Project, kind.Feature, ct).ConfigureAwait(false);

    /// <summary>Whether a caller may read the metrics of a project.</summary>
    public static bool MayReadMetrics(Caller caller, string project) => caller.MetricsOnly ? caller.Projects?.Contains(project) ?? true
        : caller.May(Entity.Server, "can_view_metrics") || caller.May(Entity.OfProject(project), "can_view_metrics");

    /// <summary>Whether a caller may read those of the server itself.</summary>
    public static bool MayReadServerMetrics(Caller caller) => caller.MetricsOnly ? caller.Projects is null : caller.May(Entity.Server, "can_view_metrics");

    private static void Require(bool allowed)
    {
        if (!allowed)
        {
            throw ApiException.Forbidden();
        }
    }

    private void CheckWholeProject(Request request)
    {
        var caller = request.Caller;
        if (request.AllProjects)
        {
            Require(!caller.MetricsOnly && (caller.Rights is null || caller.IsAdmin));
            return;
        }

        var entitlement = request.Method is "GET" or "HEAD" ? "viewer" : "operator";
        var project = Entity.OfProject(request.Project);
        Check(request, project, entitlement, caller.May(project, entitlement));
    }

    private void CheckList(Access access, Request request)
    {
        var caller = request.Caller;
        Require(!caller.MetricsOnly);
        if (!access.Entity!.InProject)
        {
            return;
        }

        if (request.AllProjects)
        {
            // A restricted certificate is told to name its project.
            Require(caller.Projects is null);
            return;
        }

        Check(request, Entity.OfProject(request.Project), "can_view", caller.MaySee(request.Project));
    }

    private async ValueTask CheckEntityAsync(Access access, Request request, CancellationToken ct)
    {
        var caller = request.Caller;
        var kind = access.Entity!;
        var named = Entity.Parse(request.EscapedPath, request.Project) is { } parsed && parsed.Kind == kind ? parsed : throw new InvalidOperationException($"{request.Path} does not begin with the path of a {kind}");
        if (caller.Rights is null)
        {
            // What a project borrows of the default one is reached through the project.
            Check(request, named, access.Entitlement, caller.May(named, access.Entitlement));
            return;
        }

        var entity = kind.InProject ? Entity.Of(kind, await ProjectOfAsync(request, kind, kind == EntityKind.StorageVolume ? named.Names[1] : "", ct).ConfigureAwait(false), named.Names) : named;
        request.Entity = entity;
        Check(request, entity, access.Entitlement, caller.May(entity, access.Entitlement) || (kind == EntityKind.Network && access.Entitlement == "can_view" && caller.May(Entity.Server, "can_view_unmanaged_networks")));
    }
}
