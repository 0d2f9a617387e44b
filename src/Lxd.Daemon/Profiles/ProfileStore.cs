using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Profiles;

/// <summary>All SQL of profiles. A project without profiles of its own uses those of the default project: callers pass the effective project.</summary>
internal sealed class ProfileStore(IDatabase database)
{
    private static readonly ConfigRows Config = new("profiles_config", "profile_id");
    private static readonly DeviceRows Devices = new("profiles_devices", "profile_id", "profile_device_id");

    /// <summary>The profiles of one project, or of all for null.</summary>
    public Task<List<Profile>> ListAsync(string? project, CancellationToken ct) => database.ReadAsync(tx => ListAsync(tx, project), ct);

    /// <summary>Within a transaction, for who needs profiles among other rows.</summary>
    public static async ValueTask<List<Profile>> ListAsync(ITx tx, string? project)
    {
        var where = project is null ? "" : "WHERE projects.name = ?";
        object?[] args = project is null ? [] : [project];
        var rows = await tx.QueryAsync($"SELECT profiles.id, profiles.name, profiles.description, projects.name FROM profiles JOIN projects ON projects.id = profiles.project_id {where} ORDER BY projects.name, profiles.name", r => (Id: r.Long(0), Name: r.Text(1), Description: r.Text(2), Project: r.Text(3)), args).ConfigureAwait(false);
        var ids = project is null ? "> 0" : "IN (SELECT profiles.id FROM profiles JOIN projects ON projects.id = profiles.project_id WHERE projects.name = ?)";
        var config = await Config.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var devices = await Devices.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var users = (await tx.QueryAsync("SELECT instances_profiles.profile_id, instances.name, projects.name FROM instances_profiles JOIN instances ON instances.id = instances_profiles.instance_id JOIN projects ON projects.id = instances.project_id ORDER BY instances.name", r => (Profile: r.Long(0), Url: Names.Url(r.Text(2), "1.0", "instances", r.Text(1)))).ConfigureAwait(false)).ToLookup(u => u.Profile, u => u.Url);
        return [.. rows.Select(r => new Profile
        {
            Name = r.Name,
            Description = r.Description,
            Project = r.Project,
            Config = config.GetValueOrDefault(r.Id) ?? [],
            Devices = devices.GetValueOrDefault(r.Id) ?? [],
            UsedBy = [.. users[r.Id]],
        })];
    }

    public Task CreateAsync(string project, ProfilesPost post, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO profiles (name, description, project_id) VALUES (?, ?, ?)", post.Name, post.Description, await tx.ProjectIdAsync(project).ConfigureAwait(false)).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, post.Config).ConfigureAwait(false);
            await Devices.ReplaceAsync(tx, id, post.Devices).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Error inserting \"{post.Name}\" into database: The profile already exists");
        }
    }, ct);

    public Task UpdateAsync(string project, string name, ProfilePut put, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await IdAsync(tx, project, name).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE profiles SET description = ? WHERE id = ?", put.Description, id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, id, put.Config).ConfigureAwait(false);
        await Devices.ReplaceAsync(tx, id, put.Devices).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(string project, string name, string next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE profiles SET name = ? WHERE id = ?", next, await IdAsync(tx, project, name).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Name \"{next}\" already in use");
        }
    }, ct);

    public Task DeleteAsync(string project, string name, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await IdAsync(tx, project, name).ConfigureAwait(false);
        if (await tx.ScalarAsync("SELECT COUNT(*) FROM instances_profiles WHERE profile_id = ?", id).ConfigureAwait(false) > 0)
        {
            throw ApiException.BadRequest("Profile is currently in use");
        }

        await tx.ExecAsync("DELETE FROM profiles WHERE id = ?", id).ConfigureAwait(false);
    }, ct);

    private static async ValueTask<long> IdAsync(ITx tx, string project, string name) =>
        await tx.ScalarAsync("SELECT profiles.id FROM profiles JOIN projects ON projects.id = profiles.project_id WHERE projects.name = ? AND profiles.name = ?", project, name).ConfigureAwait(false) ?? throw ApiException.NotFound("Profile not found");
}
