using Lxd.Core.Config;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Storage;

internal sealed partial class VolumeStore
{
    private const string Volumes = "COALESCE((SELECT value FROM projects_config WHERE project_id = p.id AND key = 'features.storage.volumes'), '')";

    private const string Running = "EXISTS (SELECT 1 FROM instances_config ic WHERE ic.instance_id = i.id AND ic.key = 'volatile.last_state.power' AND ic.value = 'RUNNING')";

    private static readonly string[] UserQueries =
    [
        $"SELECT c1.value, c2.value, 'instances', i.id, p.name, i.name, {Running}, {Volumes} FROM instances_devices d {Source("instance")} JOIN instances i ON i.id = d.instance_id JOIN projects p ON p.id = i.project_id",
        // Devices of profiles, where neither the instance nor a later profile has one of the same name.
        $"SELECT c1.value, c2.value, 'instances', i.id, p.name, i.name, {Running}, {Volumes} FROM profiles_devices d {Source("profile")} JOIN instances_profiles ip ON ip.profile_id = d.profile_id JOIN instances i ON i.id = ip.instance_id JOIN projects p ON p.id = i.project_id WHERE NOT EXISTS (SELECT 1 FROM instances_devices o WHERE o.instance_id = i.id AND o.name = d.name) AND NOT EXISTS (SELECT 1 FROM profiles_devices o JOIN instances_profiles op ON op.profile_id = o.profile_id WHERE op.instance_id = i.id AND o.name = d.name AND op.apply_order > ip.apply_order)",
        $"SELECT c1.value, c2.value, 'profiles', 0, p.name, o.name, 0, {Volumes} FROM profiles_devices d {Source("profile")} JOIN profiles o ON o.id = d.profile_id JOIN projects p ON p.id = o.project_id",
    ];

    /// <summary>Who uses a custom volume, each once.</summary>
    public Task<List<VolumeUser>> UsersAsync(VolumeRecord volume, CancellationToken ct) => database.ReadAsync(
        async tx => (await UsersAsync(tx).ConfigureAwait(false))[(volume.Pool, volume.Project, volume.Name)].Distinct().ToList(), ct);

    private static async ValueTask PointUsersAsync(ITx tx, VolumeRecord volume, string pool, string name)
    {
        foreach (var kind in (string[])["instance", "profile"])
        {
            var devices = await tx.QueryAsync(
                $"SELECT d.id FROM {kind}s_devices d {Source(kind)} JOIN {kind}s o ON o.id = d.{kind}_id JOIN projects p ON p.id = o.project_id WHERE c1.value = ? AND c2.value = ? AND CASE WHEN p.name = 'default' OR {Volumes} IN ('true', '1', 'yes', 'on') THEN p.name ELSE 'default' END = ?",
                r => r.Long(0), volume.Pool, volume.Name, volume.Project).ConfigureAwait(false);
            foreach (var device in devices)
            {
                await tx.ExecAsync($"UPDATE {kind}s_devices_config SET value = ? WHERE key = 'pool' AND {kind}_device_id = ?", pool, device).ConfigureAwait(false);
                await tx.ExecAsync($"UPDATE {kind}s_devices_config SET value = ? WHERE key = 'source' AND {kind}_device_id = ?", name, device).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Who uses custom volumes, by pool, owning project and name.</summary>
    private static async ValueTask<ILookup<(string Pool, string Project, string Volume), VolumeUser>> UsersAsync(ITx tx)
    {
        var users = new List<((string, string, string) Key, VolumeUser User)>();
        foreach (var query in UserQueries)
        {
            users.AddRange(await tx.QueryAsync(query, r => ((r.Text(0), Owner(r.Text(4), r.Text(7)), r.Text(1)), new VolumeUser(r.Text(2), r.Long(3), r.Text(4), r.Text(5), r.Long(6) != 0))).ConfigureAwait(false));
        }

        return users.ToLookup(u => u.Key, u => u.User);
    }

    private static string Owner(string project, string feature) => project == "default" || Checks.IsTrue(feature) ? project : "default";

    private static string Source(string kind) =>
        $"JOIN {kind}s_devices_config c1 ON c1.{kind}_device_id = d.id AND c1.key = 'pool' JOIN {kind}s_devices_config c2 ON c2.{kind}_device_id = d.id AND c2.key = 'source'";
}
