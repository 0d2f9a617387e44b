using Lxd.Core.Api;

namespace Lxd.Daemon.Projects;

/// <summary>Asks before anything is made or grows whether its project allows it. Reads the database only for projects that have limits.</summary>
internal sealed class ProjectQuota(ProjectUsageStore store, ProjectService projects)
{
    /// <summary>Throws where the project would have more than it may with the instances as they shall be.</summary>
    /// <param name="replaces">An instance that goes for them; empty for none.</param>
    public Task CheckInstancesAsync(string project, IEnumerable<InstanceShare> wanted, CancellationToken ct, string replaces = "") =>
        CheckAsync(project, usage => wanted.Aggregate(usage with { Instances = [.. usage.Instances.Where(i => i.Name != replaces)] }, (u, i) => u.With(i)), ct);

    public Task CheckVolumeAsync(string project, VolumeShare wanted, CancellationToken ct) => CheckAsync(project, usage => usage.With(wanted), ct);

    /// <summary>A move within a project counts once.</summary>
    public Task CheckVolumeMoveAsync(string project, string fromPool, string fromName, VolumeShare wanted, CancellationToken ct) =>
        CheckAsync(project, usage => usage.Without(fromPool, fromName).With(wanted), ct);

    public Task CheckImageAsync(string project, long bytes, CancellationToken ct) => CheckAsync(project, usage => usage with { ImageBytes = usage.ImageBytes + bytes }, ct);

    public Task CheckNetworkAsync(string project, CancellationToken ct) => CheckAsync(project, usage => usage with { Networks = usage.Networks + 1 }, ct);

    public async Task<ProjectState> StateAsync(string project, CancellationToken ct) =>
        ProjectLimits.State(await projects.ConfigAsync(project, ct).ConfigureAwait(false), await store.ReadAsync(project, ct).ConfigureAwait(false));

    private async Task CheckAsync(string project, Func<ProjectUsage, ProjectUsage> change, CancellationToken ct)
    {
        var config = await projects.ConfigAsync(project, ct).ConfigureAwait(false);
        if (ProjectLimits.Any(config))
        {
            ProjectLimits.Check(project, config, change(await store.ReadAsync(project, ct).ConfigureAwait(false)));
        }
    }
}
