using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>The first of the profiles that the project does not have; null where it has all.</summary>
    private async Task<string?> MissingProfileAsync(string project, IReadOnlyList<string> names, CancellationToken ct)
    {
        var known = await with.Store.ProfileNamesAsync(project, ct).ConfigureAwait(false);
        return names.FirstOrDefault(n => !known.Contains(n));
    }

    /// <summary>Throws for what no instance may ever be, or none of the profile's project.</summary>
    public async Task CheckProfileAllowedAsync(string project, Profile wanted, CancellationToken ct)
    {
        InstanceConfig.Validate(wanted.Config, profile: true);
        var owner = wanted.Project.Length > 0 ? wanted.Project : project;
        ProjectRestrictions.Check(
            new InstanceRecord { Project = owner, Name = wanted.Name, Type = "profile", Config = wanted.Config, ExpandedConfig = wanted.Config, ExpandedDevices = wanted.Devices },
            await with.Store.ProjectConfigAsync(owner, ct).ConfigureAwait(false));
    }

    /// <summary>Throws where the instances of a profile could not go on with its new content.</summary>
    /// <returns>What brings the change to them once the profile is kept. An instance that fails then does not stop the others, and the profile stays.</returns>
    public async Task<Func<CancellationToken, Task>> CheckProfileAsync(string project, Profile profile, ProfilePut put, CancellationToken ct)
    {
        var changes = await WithProfileAsync(project, profile, put, ct).ConfigureAwait(false);
        foreach (var users in changes.GroupBy(c => c.After.Project))
        {
            await with.Quota.CheckInstancesAsync(users.Key, users.Select(u => u.After.Share), ct).ConfigureAwait(false);
        }

        foreach (var (before, after) in changes)
        {
            ProjectRestrictions.Check(after, await with.Store.ProjectConfigAsync(after.Project, ct).ConfigureAwait(false));
            if (!before.Devices.Values.Any(InstanceRecord.IsRoot) && (after.RootDisk() is not { } root || root.Value.GetValueOrDefault("pool") != before.RootDisk()?.Value.GetValueOrDefault("pool")))
            {
                throw ApiException.BadRequest("At least one instance relies on this profile's root disk device");
            }
        }

        return token => ApplyProfileAsync(changes, token);
    }

    private async Task ApplyProfileAsync(List<(InstanceRecord Before, InstanceRecord After)> changes, CancellationToken ct)
    {
        var failures = new List<string>();
        foreach (var (before, after) in changes)
        {
            try
            {
                using var lease = await with.Locks.WaitAsync(before.Id, "update", ct).ConfigureAwait(false);
                var now = await ReloadAsync(after, ct).ConfigureAwait(false);
                await CheckAsync(now, ct).ConfigureAwait(false);
                await ApplyAsync(before with { Config = now.Config }, now, ct).ConfigureAwait(false);
            }
            catch (ApiException e)
            {
                failures.Add($"\n - Project: {before.Project}, Instance: {before.Name}: {e.Message}");
            }
        }

        if (failures.Count > 0)
        {
            throw ApiException.Internal($"The following instances failed to update (profile change still saved):{string.Concat(failures)}");
        }
    }

    private async Task<List<(InstanceRecord Before, InstanceRecord After)>> WithProfileAsync(string project, Profile profile, ProfilePut put, CancellationToken ct)
    {
        var result = new List<(InstanceRecord, InstanceRecord)>();
        foreach (var before in await with.Store.UsingProfileAsync(profile.Project.Length > 0 ? profile.Project : project, profile.Name, ct).ConfigureAwait(false))
        {
            var profiles = await with.Store.ProfilesAsync(before.Project, before.Profiles, ct).ConfigureAwait(false);
            var changed = profiles.ConvertAll(p => p.Name == profile.Name ? p with { Config = put.Config, Devices = put.Devices } : p);
            result.Add((before, before with { ExpandedConfig = Expansion.Config(before.Config, changed), ExpandedDevices = Expansion.Devices(before.Devices, changed) }));
        }

        return result;
    }
}
