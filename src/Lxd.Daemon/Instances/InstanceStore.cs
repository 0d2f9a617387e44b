using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances;

/// <summary>The SQL of instances. A list costs the same few queries however long it is.</summary>
internal sealed partial class InstanceStore(IDatabase db)
{
    private const string From = "FROM instances i JOIN projects p ON p.id = i.project_id";
    private static readonly ConfigRows Config = new("instances_config", "instance_id");
    private static readonly DeviceRows Devices = new("instances_devices", "instance_id", "instance_device_id");
    private static readonly ConfigRows ProfileConfig = new("profiles_config", "profile_id");
    private static readonly DeviceRows ProfileDevices = new("profiles_devices", "profile_id", "profile_device_id");
    private static readonly ConfigRows SnapshotConfig = new("instances_snapshots_config", "instance_snapshot_id");
    private static readonly DeviceRows SnapshotDevices = new("instances_snapshots_devices", "instance_snapshot_id", "instance_snapshot_device_id");

    public Task<List<InstanceRecord>> ListAsync(InstanceFilter filter, CancellationToken ct) => db.ReadAsync(tx => ReadAsync(tx, filter), ct);

    public async Task<InstanceRecord?> FindAsync(string project, string name, CancellationToken ct) =>
        (await ListAsync(new InstanceFilter(project, name), ct).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>The instance; a not-found error where there is none.</summary>
    public async Task<InstanceRecord> GetAsync(string project, string name, CancellationToken ct) =>
        await FindAsync(project, name, ct).ConfigureAwait(false) ?? throw ApiException.NotFound("Instance not found");

    public Task<List<(string Project, string Name, string Type)>> NamesAsync(InstanceFilter filter, CancellationToken ct) =>
        db.ReadAsync(tx => tx.QueryAsync($"SELECT p.name, i.name, i.type {From} WHERE {filter.Where} ORDER BY p.id, i.name", r => (r.Text(0), r.Text(1), DatabaseCodes.InstanceType(r.Long(2))), filter.Args), ct);

    /// <summary>Takes the name: the row that lost a race throws conflict. Returns the instance as it stands with its profiles.</summary>
    public Task<InstanceRecord> InsertAsync(InstanceRecord instance, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        var project = await tx.ProjectIdAsync(instance.Project).ConfigureAwait(false);
        long id;
        try
        {
            var inserted = await tx.ExecAsync(
                "INSERT INTO instances (node_id, name, architecture, type, ephemeral, creation_date, stateful, last_use_date, description, project_id) SELECT MIN(id), ?, ?, ?, ?, ?, ?, ?, ?, ? FROM nodes",
                instance.Name, (long)DatabaseCodes.Architecture(instance.Architecture), (long)DatabaseCodes.InstanceType(instance.Type), instance.Ephemeral, instance.CreatedAt, instance.Stateful,
                instance.LastUsedAt, instance.Description, project).ConfigureAwait(false);
            id = inserted.LastId;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Instance \"{instance.Name}\" already exists");
        }

        await Config.ReplaceAsync(tx, id, instance.Config).ConfigureAwait(false);
        await Devices.ReplaceAsync(tx, id, instance.Devices).ConfigureAwait(false);
        await SetProfilesAsync(tx, instance.Project, id, instance.Profiles).ConfigureAwait(false);
        return (await ReadAsync(tx, new InstanceFilter(Id: id)).ConfigureAwait(false))[0];
    }, ct);

    /// <summary>Writes everything a PUT may change; returns the instance anew.</summary>
    public Task<InstanceRecord> UpdateAsync(InstanceRecord instance, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE instances SET architecture = ?, ephemeral = ?, stateful = ?, description = ? WHERE id = ?",
            (long)DatabaseCodes.Architecture(instance.Architecture), instance.Ephemeral, instance.Stateful, instance.Description, instance.Id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, instance.Id, instance.Config).ConfigureAwait(false);
        await Devices.ReplaceAsync(tx, instance.Id, instance.Devices).ConfigureAwait(false);
        await tx.ExecAsync("DELETE FROM instances_profiles WHERE instance_id = ?", instance.Id).ConfigureAwait(false);
        await SetProfilesAsync(tx, instance.Project, instance.Id, instance.Profiles).ConfigureAwait(false);
        return (await ReadAsync(tx, new InstanceFilter(Id: instance.Id)).ConfigureAwait(false))[0];
    }, ct);

    /// <summary>Sets (or with null removes) single keys, mostly volatile ones, and returns the instance anew.</summary>
    public Task<InstanceRecord> SetConfigAsync(long id, IReadOnlyDictionary<string, string?> changes, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        foreach (var (key, value) in changes)
        {
            if (value is null)
            {
                await tx.ExecAsync("DELETE FROM instances_config WHERE instance_id = ? AND key = ?", id, key).ConfigureAwait(false);
            }
            else
            {
                await tx.ExecAsync("INSERT INTO instances_config (instance_id, key, value) VALUES (?, ?, ?) ON CONFLICT (instance_id, key) DO UPDATE SET value = excluded.value", id, key, value).ConfigureAwait(false);
            }
        }

        return (await ReadAsync(tx, new InstanceFilter(Id: id)).ConfigureAwait(false)).FirstOrDefault() ?? throw ApiException.NotFound("Instance not found");
    }, ct);

    public Task RenameAsync(long id, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE instances SET name = ? WHERE id = ?", name, id).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Name \"{name}\" already in use");
        }
    }, ct);

    public Task DeleteAsync(long id, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("DELETE FROM instances WHERE id = ?", id).ConfigureAwait(false); }, ct);

    public Task TouchAsync(long id, DateTime used, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("UPDATE instances SET last_use_date = ? WHERE id = ?", used, id).ConfigureAwait(false); }, ct);

    public Task<HashSet<string>> ProfileNamesAsync(string project, CancellationToken ct) => db.ReadAsync(async tx =>
        (await tx.QueryAsync("SELECT pr.name FROM profiles pr JOIN projects p ON p.id = pr.project_id WHERE p.name = ?", r => r.Text(0), await ProfileProjectAsync(tx, project).ConfigureAwait(false)).ConfigureAwait(false)).ToHashSet(StringComparer.Ordinal), ct);

    /// <summary>The profiles of the names, in order; a not-found error for one that is missing.</summary>
    public Task<List<ProfileRecord>> ProfilesAsync(string project, IReadOnlyList<string> names, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var all = await ReadProfilesAsync(tx, "JOIN projects p ON p.id = pr.project_id WHERE p.name = ?", await ProfileProjectAsync(tx, project).ConfigureAwait(false)).ConfigureAwait(false);
        return names.Select(n => all.Values.FirstOrDefault(p => p.Name == n) ?? throw MissingProfile(n)).ToList();
    }, ct);

    /// <summary>The instances a profile is applied to, by their ids.</summary>
    public Task<List<InstanceRecord>> UsingProfileAsync(string project, string profile, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var ids = await tx.QueryAsync("SELECT ip.instance_id FROM instances_profiles ip JOIN profiles pr ON pr.id = ip.profile_id JOIN projects p ON p.id = pr.project_id WHERE p.name = ? AND pr.name = ?", r => r.Long(0), project, profile).ConfigureAwait(false);
        var result = new List<InstanceRecord>();
        foreach (var id in ids)
        {
            result.AddRange(await ReadAsync(tx, new InstanceFilter(Id: id)).ConfigureAwait(false));
        }

        return result;
    }, ct);

    /// <summary>The configuration of a project, empty for one without any.</summary>
    public Task<Dictionary<string, string>> ProjectConfigAsync(string project, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        await tx.ProjectIdAsync(project).ConfigureAwait(false);
        return await tx.MapAsync("SELECT c.key, c.value FROM projects_config c JOIN projects p ON p.id = c.project_id WHERE p.name = ?", project).ConfigureAwait(false);
    }, ct);

    private static ApiException MissingProfile(string name) => ApiException.BadRequest($"Failed loading profile: Profile \"{name}\" not found");

    /// <summary>The project whose profiles a project uses.</summary>
    private static async ValueTask<string> ProfileProjectAsync(ITx tx, string project)
    {
        var own = await tx.FirstAsync("SELECT c.value FROM projects_config c JOIN projects p ON p.id = c.project_id WHERE p.name = ? AND c.key = 'features.profiles'", r => r.Text(0), project).ConfigureAwait(false);
        return project == "default" || Core.Config.Checks.IsTrue(own) ? project : "default";
    }

    private static async ValueTask SetProfilesAsync(ITx tx, string project, long id, List<string> profiles)
    {
        var owner = await ProfileProjectAsync(tx, project).ConfigureAwait(false);
        for (var i = 0; i < profiles.Count; i++)
        {
            var profile = await tx.ScalarAsync("SELECT pr.id FROM profiles pr JOIN projects p ON p.id = pr.project_id WHERE p.name = ? AND pr.name = ?", owner, profiles[i]).ConfigureAwait(false) ?? throw MissingProfile(profiles[i]);
            try
            {
                await tx.ExecAsync("INSERT INTO instances_profiles (instance_id, profile_id, apply_order) VALUES (?, ?, ?)", id, profile, (long)i + 1).ConfigureAwait(false);
            }
            catch (DuplicateRowException)
            {
                throw ApiException.BadRequest("Duplicate profile found in request");
            }
        }
    }
}
