using Lxd.Daemon.Store;

namespace Lxd.Daemon.Projects;

/// <summary>Reads what a project's instances, volumes, networks and images take of its allowance.</summary>
internal sealed class ProjectUsageStore(IDatabase database)
{
    private const string Instances = """
        SELECT i.name, i.type, {0}, {1}, {2},
            IFNULL((SELECT d.id FROM instances_devices d JOIN instances_devices_config c ON c.instance_device_id = d.id WHERE d.instance_id = i.id AND c.key = 'path' AND c.value = '/'), 0),
            IFNULL((SELECT d.id FROM instances_profiles ip JOIN profiles_devices d ON d.profile_id = ip.profile_id JOIN profiles_devices_config c ON c.profile_device_id = d.id
                WHERE ip.instance_id = i.id AND c.key = 'path' AND c.value = '/' ORDER BY ip.apply_order DESC LIMIT 1), 0)
        FROM instances i JOIN projects p ON p.id = i.project_id WHERE p.name = ?
        """;

    public Task<ProjectUsage> ReadAsync(string project, CancellationToken ct) => database.ReadAsync(
        async tx =>
        {
            var sql = Instances.Replace("{0}", Expanded("limits.cpu"), StringComparison.Ordinal).Replace("{1}", Expanded("limits.memory"), StringComparison.Ordinal).Replace("{2}", Expanded("limits.processes"), StringComparison.Ordinal);
            var rows = await tx.QueryAsync(sql, r => (Name: r.Text(0), Type: r.Long(1), Cpu: r.Text(2), Memory: r.Text(3), Processes: r.Text(4), Own: r.Long(5), Inherited: r.Long(6)), project).ConfigureAwait(false);
            var own = await DisksAsync(tx, "instance").ConfigureAwait(false);
            var inherited = await DisksAsync(tx, "profile").ConfigureAwait(false);
            var instances = rows.ConvertAll(r =>
            {
                var disk = (r.Own != 0 ? own.GetValueOrDefault(r.Own) : inherited.GetValueOrDefault(r.Inherited)) ?? [];
                return new InstanceShare(r.Name, r.Type == 0 ? "container" : "virtual-machine", r.Cpu, r.Memory, r.Processes, disk.GetValueOrDefault("pool", ""), disk.GetValueOrDefault("size", ""));
            });
            var volumes = await tx.QueryAsync(
                "SELECT sp.name, v.name, (SELECT c.value FROM storage_volumes_config c WHERE c.storage_volume_id = v.id AND c.key = 'size') FROM storage_volumes v JOIN storage_pools sp ON sp.id = v.storage_pool_id JOIN projects p ON p.id = v.project_id WHERE v.type = 2 AND p.name = ?",
                r => new VolumeShare(r.Text(0), r.Text(1), r.Text(2)), project).ConfigureAwait(false);
            var networks = await tx.ScalarAsync("SELECT COUNT(*) FROM networks n JOIN projects p ON p.id = n.project_id WHERE p.name = ?", project).ConfigureAwait(false) ?? 0;
            var images = await tx.ScalarAsync("SELECT IFNULL(SUM(i.size), 0) FROM images i JOIN projects p ON p.id = i.project_id WHERE p.name = ?", project).ConfigureAwait(false) ?? 0;
            return new ProjectUsage(instances, volumes, networks, images);
        },
        ct);

    /// <summary>A key's value of the instance <c>i</c>, or of the last of its profiles that has it.</summary>
    private static string Expanded(string key) =>
        $"IFNULL((SELECT c.value FROM instances_config c WHERE c.instance_id = i.id AND c.key = '{key}'), (SELECT c.value FROM instances_profiles ip JOIN profiles_config c ON c.profile_id = ip.profile_id WHERE ip.instance_id = i.id AND c.key = '{key}' ORDER BY ip.apply_order DESC LIMIT 1))";

    /// <summary>Pool and size of every disk of instances or profiles, by the device's id.</summary>
    private static async ValueTask<Dictionary<long, Dictionary<string, string>>> DisksAsync(ITx tx, string owner)
    {
        var result = new Dictionary<long, Dictionary<string, string>>();
        foreach (var (id, key, value) in await tx.QueryAsync($"SELECT {owner}_device_id, key, value FROM {owner}s_devices_config WHERE key IN ('pool', 'size')", r => (r.Long(0), r.Text(1), r.Text(2))).ConfigureAwait(false))
        {
            if (!result.TryGetValue(id, out var disk))
            {
                result[id] = disk = [];
            }

            disk[key] = value;
        }

        return result;
    }
}
