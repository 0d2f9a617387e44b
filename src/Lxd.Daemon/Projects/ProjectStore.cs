using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Projects;

/// <summary>All SQL of projects.</summary>
internal sealed class ProjectStore(IDatabase database)
{
    private static readonly ConfigRows Config = new("projects_config", "project_id");

    /// <summary>What stands in a project, as URL pieces: kind, name, and of a volume its pool and type. Volumes of images are not in it: those belong to the pool.</summary>
    private const string UsedBy = """
        SELECT project_id, 'instances', name, '', '' FROM instances
        UNION ALL SELECT project_id, 'profiles', name, '', '' FROM profiles
        UNION ALL SELECT project_id, 'images', fingerprint, '', '' FROM images
        UNION ALL SELECT project_id, 'networks', name, '', '' FROM networks
        UNION ALL SELECT project_id, 'network-acls', name, '', '' FROM networks_acls
        UNION ALL SELECT project_id, 'network-zones', name, '', '' FROM networks_zones
        UNION ALL SELECT v.project_id, 'storage-pools', v.name, storage_pools.name, CASE v.type WHEN 0 THEN 'container' WHEN 2 THEN 'custom' ELSE 'virtual-machine' END
            FROM storage_volumes v JOIN storage_pools ON storage_pools.id = v.storage_pool_id WHERE v.type <> 1
        """;

    public Task<List<Project>> ListAsync(CancellationToken ct) => database.ReadAsync(async tx =>
    {
        var rows = await tx.QueryAsync("SELECT id, name, description FROM projects ORDER BY name", r => (Id: r.Long(0), Name: r.Text(1), Description: r.Text(2))).ConfigureAwait(false);
        var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
        var users = (await tx.QueryAsync(UsedBy, r => (Project: r.Long(0), Kind: r.Text(1), Name: r.Text(2), Pool: r.Text(3), Type: r.Text(4))).ConfigureAwait(false)).ToLookup(u => u.Project);
        return rows.Select(r => new Project
        {
            Name = r.Name,
            Description = r.Description,
            Config = config.GetValueOrDefault(r.Id) ?? [],
            UsedBy = [.. users[r.Id].Select(u => u.Pool.Length > 0 ? Names.Url(r.Name, "1.0", "storage-pools", u.Pool, "volumes", u.Type, u.Name) : Names.Url(r.Name, "1.0", u.Kind, u.Name))],
        }).ToList();
    }, ct);

    private static readonly DeviceRows ProfileDevices = new("profiles_devices", "profile_id", "profile_device_id");

    public Task CreateAsync(ProjectsPost post, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO projects (name, description) VALUES (?, ?)", post.Name, post.Description).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, post.Config).ConfigureAwait(false);
            if (Core.Config.Checks.IsTrue(post.Config.GetValueOrDefault("features.profiles")))
            {
                var profile = (await tx.ExecAsync("INSERT INTO profiles (name, description, project_id) VALUES ('default', ?, ?)", $"Default LXD profile for project {post.Name}", id).ConfigureAwait(false)).LastId;
                await ProfileDevices.ReplaceAsync(tx, profile, DefaultDevices(post)).ConfigureAwait(false);
            }
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Project \"{post.Name}\" already exists");
        }
    }, ct);

    /// <summary>The devices of a new project's default profile: its disk and its network, where they are wished for. Whether they exist is seen when an instance uses them.</summary>
    private static Dictionary<string, Dictionary<string, string>> DefaultDevices(ProjectsPost post)
    {
        var devices = new Dictionary<string, Dictionary<string, string>>();
        if (post.Storage.Length > 0)
        {
            devices["root"] = new() { ["type"] = "disk", ["path"] = "/", ["pool"] = post.Storage };
        }

        if (post.Network.Length > 0)
        {
            devices["eth0"] = new() { ["type"] = "nic", ["name"] = "eth0", ["network"] = post.Network };
        }

        return devices;
    }

    public Task UpdateAsync(string name, ProjectPut put, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        var id = await tx.ProjectIdAsync(name).ConfigureAwait(false);
        await tx.ExecAsync("UPDATE projects SET description = ? WHERE id = ?", put.Description, id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, id, put.Config).ConfigureAwait(false);
        if (Core.Config.Checks.IsTrue(put.Config.GetValueOrDefault("features.profiles")) && await tx.ScalarAsync("SELECT COUNT(*) FROM profiles WHERE project_id = ?", id).ConfigureAwait(false) == 0)
        {
            await tx.ExecAsync("INSERT INTO profiles (name, description, project_id) VALUES ('default', ?, ?)", $"Default LXD profile for project {name}", id).ConfigureAwait(false);
        }
    }, ct);

    public Task RenameAsync(string name, string next, CancellationToken ct) => database.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE projects SET name = ? WHERE id = ?", next, await tx.ProjectIdAsync(name).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"A project named \"{next}\" already exists");
        }
    }, ct);

    public Task DeleteAsync(string name, CancellationToken ct) => database.WriteAsync(async tx =>
        await tx.ExecAsync("DELETE FROM projects WHERE id = ?", await tx.ProjectIdAsync(name).ConfigureAwait(false)).ConfigureAwait(false), ct);
}
