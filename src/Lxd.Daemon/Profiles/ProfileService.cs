using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Daemon.Events;
using Lxd.Daemon.Http;
using Lxd.Daemon.Projects;

namespace Lxd.Daemon.Profiles;

/// <summary>Profiles: configuration and devices that instances share.</summary>
internal sealed class ProfileService(ProfileStore store, ProjectService projects, EventHub events)
{
    /// <summary>Throws where the instances that use a profile cannot go on with its new content; what it returns brings the change to them once it is kept. Set by the instances domain.</summary>
    public Func<string, Profile, ProfilePut, CancellationToken, Task<Func<CancellationToken, Task>>> BeforeUpdate { get; set; } = (_, _, _, _) => Task.FromResult<Func<CancellationToken, Task>>(_ => Task.CompletedTask);

    /// <summary>Throws for the first thing in a profile (as it shall be) that no instance could have, or none of its project; set by the instances domain.</summary>
    public Func<string, Profile, CancellationToken, Task> Check { get; set; } = (_, _, _) => Task.CompletedTask;

    public async Task<List<Profile>> ListAsync(string project, CancellationToken ct) =>
        await store.ListAsync(await projects.EffectiveAsync(project, "features.profiles", ct).ConfigureAwait(false), ct).ConfigureAwait(false);

    public Task<List<Profile>> ListAllAsync(CancellationToken ct) => store.ListAsync(null, ct);

    public async Task<Profile> GetAsync(string project, string name, CancellationToken ct) =>
        (await ListAsync(project, ct).ConfigureAwait(false)).Find(p => p.Name == name) ?? throw ApiException.NotFound("Profile not found");

    /// <summary>The profiles of these names in their order; a not-found error for the first unknown one.</summary>
    public async Task<List<Profile>> ManyAsync(string project, IEnumerable<string> names, CancellationToken ct)
    {
        var all = (await ListAsync(project, ct).ConfigureAwait(false)).ToDictionary(p => p.Name);
        return [.. names.Select(n => all.GetValueOrDefault(n) ?? throw ApiException.NotFound($"Requested profile \"{n}\" doesn't exist"))];
    }

    public async Task CreateAsync(string project, ProfilesPost post, Caller caller, CancellationToken ct)
    {
        CheckName(post.Name);
        Validate(post.Config, post.Devices);
        var owner = await projects.EffectiveAsync(project, "features.profiles", ct).ConfigureAwait(false);
        await Check(project, new Profile { Project = owner, Name = post.Name, Config = post.Config, Devices = post.Devices }, ct).ConfigureAwait(false);
        await store.CreateAsync(owner, post, ct).ConfigureAwait(false);
        events.Lifecycle("profile-created", project, Url(post.Name), caller.Requestor(), name: post.Name);
    }

    public async Task UpdateAsync(string project, Profile profile, ProfilePut put, Caller caller, CancellationToken ct)
    {
        Validate(put.Config, put.Devices);
        await Check(project, new Profile { Project = profile.Project, Name = profile.Name, Config = put.Config, Devices = put.Devices }, ct).ConfigureAwait(false);
        var bring = await BeforeUpdate(project, profile, put, ct).ConfigureAwait(false);
        await store.UpdateAsync(profile.Project, profile.Name, put, ct).ConfigureAwait(false);
        events.Lifecycle("profile-updated", project, Url(profile.Name), caller.Requestor(), name: profile.Name);
        await bring(ct).ConfigureAwait(false);
    }

    public async Task RenameAsync(string project, string name, string next, Caller caller, CancellationToken ct)
    {
        if (name == "default")
        {
            throw ApiException.Forbidden("The \"default\" profile cannot be renamed");
        }

        CheckName(next);
        await store.RenameAsync(await projects.EffectiveAsync(project, "features.profiles", ct).ConfigureAwait(false), name, next, ct).ConfigureAwait(false);
        events.Lifecycle("profile-renamed", project, Url(next), caller.Requestor(), new() { ["old_name"] = name }, next);
    }

    public async Task DeleteAsync(string project, string name, Caller caller, CancellationToken ct)
    {
        if (name == "default")
        {
            throw ApiException.Forbidden("The \"default\" profile cannot be deleted");
        }

        await store.DeleteAsync(await projects.EffectiveAsync(project, "features.profiles", ct).ConfigureAwait(false), name, ct).ConfigureAwait(false);
        events.Lifecycle("profile-deleted", project, Url(name), caller.Requestor(), name: name);
    }

    private static string Url(string name) => Names.Url("default", "1.0", "profiles", name);

    private static void CheckName(string name)
    {
        if (name.Length == 0)
        {
            throw ApiException.BadRequest("No name provided");
        }

        if (name.Contains('/'))
        {
            throw ApiException.BadRequest("Profile names may not contain slashes");
        }

        Names.CheckPathSegment(name, "profile");
    }

    private static void Validate(Dictionary<string, string> config, Dictionary<string, Dictionary<string, string>> devices)
    {
        if (config.Keys.FirstOrDefault(k => k.StartsWith("volatile.", StringComparison.Ordinal)) is { } own)
        {
            throw ApiException.BadRequest($"Volatile keys can only be set on instances: {own}");
        }

        if (config.Keys.FirstOrDefault(k => k.StartsWith("image.", StringComparison.Ordinal)) is not null)
        {
            throw ApiException.BadRequest("Image keys can only be set on instances");
        }

        InstanceKeys.Schema.Validate(config);
        DeviceTypes.Validate(devices);
    }
}
