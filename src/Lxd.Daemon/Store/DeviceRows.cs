using Lxd.Core.Config;

namespace Lxd.Daemon.Store;

using DeviceMap = Dictionary<string, Dictionary<string, string>>;

/// <summary>Devices as rows: a table of names and types and one of their keys, alike for profiles, instances and snapshots.</summary>
/// <param name="Table"><c>profiles_devices</c>; the keys are in <c>profiles_devices_config</c>.</param>
/// <param name="Owner">The column of the owner's id: <c>profile_id</c>.</param>
/// <param name="Device">The column of the device's id in the table of keys: <c>profile_device_id</c>.</param>
internal sealed record DeviceRows(string Table, string Owner, string Device)
{
    /// <summary>All owners' devices, one query for all that match.</summary>
    /// <param name="where">A condition on the owner's id: <c>IN (SELECT id FROM profiles WHERE ...)</c>.</param>
    public async ValueTask<Dictionary<long, DeviceMap>> ReadAsync(ITx tx, string where, params object?[] args)
    {
        var owners = new Dictionary<long, DeviceMap>();
        var rows = await tx.QueryAsync(
            $"SELECT {Table}.{Owner}, {Table}.name, {Table}.type, {Table}_config.key, {Table}_config.value FROM {Table} LEFT JOIN {Table}_config ON {Table}_config.{Device} = {Table}.id WHERE {Table}.{Owner} {where} ORDER BY {Table}.name",
            r => (Owner: r.Long(0), Name: r.Text(1), Type: r.Long(2), Key: r.Text(3), Value: r.Text(4)), args).ConfigureAwait(false);
        foreach (var row in rows)
        {
            if (!owners.TryGetValue(row.Owner, out var devices))
            {
                owners[row.Owner] = devices = [];
            }

            if (!devices.TryGetValue(row.Name, out var device))
            {
                devices[row.Name] = device = new Dictionary<string, string> { ["type"] = DeviceTypes.Name(row.Type) };
            }

            if (row.Key.Length > 0)
            {
                device[row.Key] = row.Value;
            }
        }

        return owners;
    }

    /// <summary>Makes these the owner's devices.</summary>
    public async ValueTask ReplaceAsync(ITx tx, long owner, DeviceMap devices)
    {
        await tx.ExecAsync($"DELETE FROM {Table} WHERE {Owner} = ?", owner).ConfigureAwait(false);
        foreach (var (name, device) in devices)
        {
            var id = (await tx.ExecAsync($"INSERT INTO {Table} ({Owner}, name, type) VALUES (?, ?, ?)", owner, name, DeviceTypes.Code(device.GetValueOrDefault("type", "none"))).ConfigureAwait(false)).LastId;
            foreach (var (key, value) in device.Where(p => p.Key != "type" && p.Value.Length > 0))
            {
                await tx.ExecAsync($"INSERT INTO {Table}_config ({Device}, key, value) VALUES (?, ?, ?)", id, key, value).ConfigureAwait(false);
            }
        }
    }
}
