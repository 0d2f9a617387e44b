using Lxd.Daemon.Store;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceStore
{
    /// <summary>The instances of any project that have this name, or a NIC with one of these hardware or static addresses; cheap however many there are.</summary>
    public Task<List<InstanceRecord>> ClaimingAsync(string name, IReadOnlyList<string> addresses, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var marks = string.Join(", ", addresses.Select(_ => "?"));
        object?[] values = [.. addresses.Select(a => (object?)a.ToLowerInvariant())];
        var ids = await tx.QueryAsync(
            $"""
             SELECT id FROM instances WHERE name = ?
             UNION SELECT instance_id FROM instances_config WHERE key LIKE 'volatile.%.hwaddr' AND LOWER(value) IN ({marks})
             UNION SELECT d.instance_id FROM instances_devices_config c JOIN instances_devices d ON d.id = c.instance_device_id WHERE c.key IN ('hwaddr', 'ipv4.address', 'ipv6.address') AND LOWER(c.value) IN ({marks})
             UNION SELECT ip.instance_id FROM profiles_devices_config c JOIN profiles_devices d ON d.id = c.profile_device_id JOIN instances_profiles ip ON ip.profile_id = d.profile_id WHERE c.key IN ('hwaddr', 'ipv4.address', 'ipv6.address') AND LOWER(c.value) IN ({marks})
             """,
            r => r.Long(0), [name, .. values, .. values, .. values]).ConfigureAwait(false);
        var found = new List<InstanceRecord>();
        foreach (var id in ids)
        {
            found.AddRange(await ReadAsync(tx, new InstanceFilter(Id: id)).ConfigureAwait(false));
        }

        return found;
    }, ct);

    /// <summary>The names that the host's ends of all NICs have, on record.</summary>
    public Task<List<string>> HostNamesAsync(CancellationToken ct) => db.ReadAsync(tx => tx.QueryAsync("SELECT value FROM instances_config WHERE key LIKE 'volatile.%.host_name'", r => r.Text(0)), ct);
}
