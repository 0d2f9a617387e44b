using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;

namespace Lxd.Daemon.Projects;

/// <summary>Projects: which features are a project's own, and what it is limited to.</summary>
internal sealed class ProjectService(ProjectStore store, ProjectUsageStore usage, EventHub events)
{
    private static readonly string[] Features = ["features.images", "features.networks", "features.networks.zones", "features.profiles", "features.storage.buckets", "features.storage.volumes"];

    /// <summary>Features a new project has unless it says otherwise.</summary>
    private static readonly string[] OnByDefault = ["features.images", "features.profiles", "features.storage.buckets", "features.storage.volumes"];
    private volatile IReadOnlyDictionary<string, Project>? _cache;

    /// <summary>Undoes what other domains keep for a project before it goes (cached images); set by them.</summary>
    public List<Func<string, CancellationToken, Task>> BeforeDelete { get; } = [];

    /// <summary>Throws where what stands in a project could not be with its new configuration; set by the higher domains.</summary>
    public List<Func<string, IReadOnlyDictionary<string, string>, CancellationToken, Task>> BeforeUpdate { get; } = [];

    /// <summary>What others keep for a project follows it to its new name (the first is the old one).</summary>
    public Func<string, string, CancellationToken, Task> Renamed { get; set; } = (_, _, _) => Task.CompletedTask;

    /// <summary>What others keep for a project goes with it.</summary>
    public Func<string, CancellationToken, Task> Deleted { get; set; } = (_, _) => Task.CompletedTask;

    public Task<List<Project>> ListAsync(CancellationToken ct) => store.ListAsync(ct);

    public async Task<Project> GetAsync(string name, CancellationToken ct) =>
        (await store.ListAsync(ct).ConfigureAwait(false)).Find(p => p.Name == name) ?? throw ApiException.NotFound("Project not found");

    /// <summary>The project itself where it has the feature, else <c>default</c>: where its images, profiles, ... are. A not-found error for an unknown project.</summary>
    public async Task<string> EffectiveAsync(string project, string feature, CancellationToken ct) =>
        project == "default" || Checks.IsTrue((await ConfigAsync(project, ct).ConfigureAwait(false)).GetValueOrDefault(feature)) ? project : "default";

    /// <summary>A project's configuration, from memory.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ConfigAsync(string project, CancellationToken ct)
    {
        var cache = _cache;
        if (cache is null)
        {
            _cache = cache = (await store.ListAsync(ct).ConfigureAwait(false)).ToDictionary(p => p.Name);
        }

        return cache.TryGetValue(project, out var found) ? found.Config : throw ApiException.NotFound("Project not found");
    }

    public async Task CreateAsync(ProjectsPost post, Caller caller, CancellationToken ct)
    {
        CheckName(post.Name);
        var config = new Dictionary<string, string>(post.Config);
        foreach (var feature in OnByDefault)
        {
            config.TryAdd(feature, "true");
        }

        Validate(config);
        if (post.Network.Length > 0 && Checks.IsTrue(config.GetValueOrDefault("features.networks")))
        {
            throw ApiException.BadRequest("A network cannot be set where the project has networks of its own (features.networks)");
        }

        await store.CreateAsync(post with { Config = config }, ct).ConfigureAwait(false);
        _cache = null;
        events.Lifecycle("project-created", post.Name, Names.Url("default", "1.0", "projects", post.Name), caller.Requestor(), name: post.Name);
    }

    public async Task UpdateAsync(Project project, ProjectPut put, Caller caller, CancellationToken ct)
    {
        Validate(put.Config);
        var changed = Features.Where(f => Checks.IsTrue(project.Config.GetValueOrDefault(f)) != Checks.IsTrue(put.Config.GetValueOrDefault(f))).ToList();
        if (changed.Count > 0 && project.Name == "default")
        {
            throw ApiException.BadRequest("You can't change the features of the default project");
        }

        // What there is uses no zones of its own yet, so that one may be had later.
        if (changed.Find(f => f != "features.networks.zones" || !Checks.IsTrue(put.Config.GetValueOrDefault(f))) is { } kept && !IsEmpty(project))
        {
            throw ApiException.BadRequest($"Project feature \"{kept}\" cannot be changed on non-empty projects");
        }

        if (ProjectLimits.Any(put.Config))
        {
            ProjectLimits.Check(project.Name, put.Config, await usage.ReadAsync(project.Name, ct).ConfigureAwait(false));
        }

        foreach (var check in BeforeUpdate)
        {
            await check(project.Name, put.Config, ct).ConfigureAwait(false);
        }

        await store.UpdateAsync(project.Name, put, ct).ConfigureAwait(false);
        _cache = null;
        events.Lifecycle("project-updated", project.Name, Names.Url("default", "1.0", "projects", project.Name), caller.Requestor(), name: project.Name);
    }

    public async Task RenameAsync(string name, string next, Caller caller, CancellationToken ct)
    {
        if (name == "default")
        {
            throw ApiException.Forbidden("The 'default' project cannot be renamed");
        }

        CheckName(next);
        if (!IsEmpty(await GetAsync(name, ct).ConfigureAwait(false)))
        {
            throw ApiException.BadRequest("Only empty projects can be renamed");
        }

        await store.RenameAsync(name, next, ct).ConfigureAwait(false);
        _cache = null;
        await Renamed(name, next, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("project-renamed", next, Names.Url("default", "1.0", "projects", next), caller.Requestor(), new() { ["old_name"] = name }, next);
    }

    /// <summary>Removes everything of a kind that stands in a project, from the highest domain to the lowest; set by them.</summary>
    public List<Func<string, Caller, CancellationToken, Task>> Empty { get; } = [];

    /// <param name="force">With everything in it.</param>
    public async Task DeleteAsync(string name, bool force, Caller caller, CancellationToken ct)
    {
        if (name == "default")
        {
            throw ApiException.Forbidden("The 'default' project cannot be deleted");
        }

        await GetAsync(name, ct).ConfigureAwait(false);
        foreach (var empty in force ? Empty : [])
        {
            await empty(name, caller, ct).ConfigureAwait(false);
        }

        foreach (var clean in BeforeDelete)
        {
            await clean(name, ct).ConfigureAwait(false);
        }

        if (!IsEmpty(await GetAsync(name, ct).ConfigureAwait(false)))
        {
            throw ApiException.BadRequest("Only empty projects can be removed.");
        }

        await store.DeleteAsync(name, ct).ConfigureAwait(false);
        _cache = null;
        await Deleted(name, CancellationToken.None).ConfigureAwait(false);
        events.Lifecycle("project-deleted", name, Names.Url("default", "1.0", "projects", name), caller.Requestor(), name: name);
    }

    /// <summary>Nothing but its own default profile stands in it.</summary>
    private static bool IsEmpty(Project project) => project.UsedBy.All(u => u.StartsWith("/1.0/profiles/default", StringComparison.Ordinal));

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("No name provided");
        }

        foreach (var rune in name.EnumerateRunes())
        {
            if (!rune.IsAscii)
            {
                throw ApiException.BadRequest($"Name contains non-ASCII character '{rune}'");
            }
        }

        foreach (var (found, words) in ((string, string)[])[("/", "slashes"), (" ", "spaces"), ("_", "underscores"), ("'", "quotes"), ("\"", "quotes")])
        {
            if (name.Contains(found, StringComparison.Ordinal))
            {
                throw ApiException.BadRequest($"Project names may not contain {words}");
            }
        }

        if (name == "*")
        {
            throw ApiException.BadRequest("Reserved project name");
        }

        if (name.Length > 63 || name is "." or ".." || name.Any(char.IsControl))
        {
            throw ApiException.BadRequest($"Invalid project name \"{name}\"");
        }
    }

    private static void Validate(Dictionary<string, string> config)
    {
        ProjectKeys.Schema.Validate(config, "Invalid project configuration key");
        foreach (var (key, value) in config.Where(c => c.Key.StartsWith("limits.", StringComparison.Ordinal) && c.Value.Length > 0 && !c.Key.StartsWith("limits.networks.", StringComparison.Ordinal)))
        {
            ProjectLimits.CheckValue(key, value);
        }

        if (Checks.IsTrue(config.GetValueOrDefault("features.images")) is false && config.Keys.Any(k => k.StartsWith("images.", StringComparison.Ordinal)))
        {
            throw ApiException.BadRequest("Image keys need features.images");
        }
    }
}
