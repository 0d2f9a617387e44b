using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceStore
{
    private static async ValueTask<List<InstanceRecord>> ReadAsync(ITx tx, InstanceFilter filter)
    {
        var (where, args) = (filter.Where, filter.Args);
        var rows = await tx.QueryAsync(
            $"SELECT i.id, i.project_id, p.name, i.name, i.type, i.architecture, i.ephemeral, i.stateful, i.creation_date, i.last_use_date, i.description {From} WHERE {where} ORDER BY p.id, i.name",
            r => new InstanceRecord
            {
                Id = r.Long(0),
                ProjectId = r.Long(1),
                Project = r.Text(2),
                Name = r.Text(3),
                Type = DatabaseCodes.InstanceType(r.Long(4)),
                Architecture = DatabaseCodes.Architecture(r.Long(5)),
                Ephemeral = r.Long(6) != 0,
                Stateful = r.Long(7) != 0,
                CreatedAt = r.Time(8),
                LastUsedAt = r.Time(9),
                Description = r.Text(10),
            }, args).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return rows;
        }

        var ids = $"IN (SELECT i.id {From} WHERE {where})";
        var config = await Config.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var devices = await Devices.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var used = await tx.QueryAsync($"SELECT ip.instance_id, ip.profile_id FROM instances_profiles ip JOIN instances i ON i.id = ip.instance_id JOIN projects p ON p.id = i.project_id WHERE {where} ORDER BY ip.instance_id, ip.apply_order", r => (Instance: r.Long(0), Profile: r.Long(1)), args).ConfigureAwait(false);
        var profiles = rows.Count == 1
            ? await ReadProfilesAsync(tx, "WHERE pr.id IN (SELECT profile_id FROM instances_profiles WHERE instance_id = ?)", rows[0].Id).ConfigureAwait(false)
            : await ReadProfilesAsync(tx, "").ConfigureAwait(false);
        var byInstance = used.ToLookup(u => u.Instance, u => profiles[u.Profile]);
        return rows.ConvertAll(row =>
        {
            var own = config.GetValueOrDefault(row.Id) ?? [];
            var ownDevices = devices.GetValueOrDefault(row.Id) ?? [];
            var applied = byInstance[row.Id].ToList();
            return row with
            {
                Config = own,
                Devices = ownDevices,
                Profiles = applied.ConvertAll(p => p.Name),
                ExpandedConfig = Expansion.Config(own, applied),
                ExpandedDevices = Expansion.Devices(ownDevices, applied),
            };
        });
    }

    private static async ValueTask<Dictionary<long, ProfileRecord>> ReadProfilesAsync(ITx tx, string where, params object?[] args)
    {
        var names = await tx.QueryAsync($"SELECT pr.id, pr.name, pr.description FROM profiles pr {where}", r => (Id: r.Long(0), Name: r.Text(1), Description: r.Text(2)), args).ConfigureAwait(false);
        var ids = $"IN (SELECT pr.id FROM profiles pr {where})";
        var config = await ProfileConfig.ReadAsync(tx, ids, args).ConfigureAwait(false);
        var devices = await ProfileDevices.ReadAsync(tx, ids, args).ConfigureAwait(false);
        return names.ToDictionary(n => n.Id, n => new ProfileRecord(n.Id, n.Name, config.GetValueOrDefault(n.Id) ?? [], devices.GetValueOrDefault(n.Id) ?? []) { Description = n.Description });
    }
}
