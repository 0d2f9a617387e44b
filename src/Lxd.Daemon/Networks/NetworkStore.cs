using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Networks;

/// <summary>All SQL of networks.</summary>
internal sealed class NetworkStore(IDatabase db)
{
    private const int Created = 1;
    private static readonly string[] Types = ["bridge", "macvlan", "sriov", "ovn", "physical"];
    private static readonly ConfigRows Config = new("networks_config", "network_id");

    public static int TypeCode(string type) => Array.IndexOf(Types, type) is >= 0 and var code ? code : throw ApiException.BadRequest($"Unsupported network type \"{type}\"");

    /// <summary>The networks of a project, or of all for null.</summary>
    public Task<List<NetworkRecord>> ListAsync(string? project, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var rows = await tx.QueryAsync("SELECT n.id, p.name, n.name, n.type, n.description FROM networks n JOIN projects p ON p.id = n.project_id ORDER BY p.name, n.name", r => (Id: r.Long(0), Project: r.Text(1), Name: r.Text(2), Type: r.Long(3), Description: r.Text(4))).ConfigureAwait(false);
        var config = await Config.ReadAsync(tx, "> 0").ConfigureAwait(false);
        var used = await UsersAsync(tx).ConfigureAwait(false);
        return rows.Where(r => project is null || r.Project == project)
            .Select(r => new NetworkRecord(r.Id, r.Project, r.Name, Types[r.Type], r.Description, config.GetValueOrDefault(r.Id) ?? []) { UsedBy = [.. used[r.Name].Distinct()] }).ToList();
    }, ct);

    /// <summary>Takes the name; whoever comes second gets a conflict.</summary>
    public Task<long> InsertAsync(NetworkRecord network, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            var id = (await tx.ExecAsync("INSERT INTO networks (project_id, name, description, state, type) VALUES (?, ?, ?, ?, ?)", await tx.ProjectIdAsync(network.Project).ConfigureAwait(false), network.Name, network.Description, (long)Created, (long)TypeCode(network.Type)).ConfigureAwait(false)).LastId;
            await Config.ReplaceAsync(tx, id, network.Config).ConfigureAwait(false);
            await tx.ExecAsync("INSERT INTO networks_nodes (network_id, node_id, state) SELECT ?, MIN(id), ? FROM nodes", id, (long)Created).ConfigureAwait(false);
            return id;
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict("The network already exists");
        }
    }, ct);

    public Task UpdateAsync(long id, string description, IReadOnlyDictionary<string, string> config, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("UPDATE networks SET description = ? WHERE id = ?", description, id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, id, config).ConfigureAwait(false);
    }, ct);

    public Task RenameAsync(long id, string name, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        try
        {
            await tx.ExecAsync("UPDATE networks SET name = ? WHERE id = ?", name, id).ConfigureAwait(false);
        }
        catch (DuplicateRowException)
        {
            throw ApiException.Conflict($"Network \"{name}\" already exists");
        }
    }, ct);

    public Task DeleteAsync(long id, CancellationToken ct) => db.WriteAsync(async tx => { await tx.ExecAsync("DELETE FROM networks WHERE id = ?", id).ConfigureAwait(false); }, ct);

    /// <summary>The NICs of instances on a network, those that come from profiles included.</summary>
    public async Task<List<NetworkNic>> NicsAsync(string network, CancellationToken ct)
    {
        var instances = await new Instances.InstanceStore(db).ListAsync(new Instances.InstanceFilter(), ct).ConfigureAwait(false);
        return [.. from instance in instances
            from device in instance.ExpandedDevices
            where device.Value.GetValueOrDefault("type") == "nic" && (device.Value.GetValueOrDefault("network") == network || device.Value.GetValueOrDefault("parent") == network && device.Value.GetValueOrDefault("nictype") == "bridged")
            select Nic(instance, device.Key, device.Value)];
    }

    /// <summary>A NIC with its static addresses, or those it was given for as long as it runs.</summary>
    public static NetworkNic Nic(Instances.InstanceRecord instance, string name, IReadOnlyDictionary<string, string> device)
    {
        var given = instance.Config.GetValueOrDefault($"volatile.{name}.last_state.ip_addresses", "").Split(',');
        return new NetworkNic(instance.Project, instance.Name, name, device.GetValueOrDefault("hwaddr", instance.Config.GetValueOrDefault($"volatile.{name}.hwaddr", "")), Address("ipv4.address", false), Address("ipv6.address", true)) { InstanceId = instance.Id };

        string Address(string key, bool six) => device.GetValueOrDefault(key, "") is { Length: > 0 } own ? own == "none" ? "" : own : given.FirstOrDefault(a => a.Contains(':') == six && a.Length > 0) ?? "";
    }

    private static async ValueTask<ILookup<string, string>> UsersAsync(ITx tx)
    {
        var profiles = await tx.QueryAsync("SELECT c.value, p.name, pr.name FROM profiles_devices_config c JOIN profiles_devices d ON d.id = c.profile_device_id JOIN profiles pr ON pr.id = d.profile_id JOIN projects p ON p.id = pr.project_id WHERE c.key IN ('network', 'parent')", r => (Network: r.Text(0), Url: Names.Url(r.Text(1), "1.0", "profiles", r.Text(2)))).ConfigureAwait(false);
        var own = await tx.QueryAsync("SELECT c.value, p.name, i.name FROM instances_devices_config c JOIN instances_devices d ON d.id = c.instance_device_id JOIN instances i ON i.id = d.instance_id JOIN projects p ON p.id = i.project_id WHERE c.key IN ('network', 'parent')", r => (Network: r.Text(0), Url: Names.Url(r.Text(1), "1.0", "instances", r.Text(2)))).ConfigureAwait(false);
        var through = await tx.QueryAsync("SELECT c.value, p.name, i.name FROM profiles_devices_config c JOIN profiles_devices d ON d.id = c.profile_device_id JOIN instances_profiles ip ON ip.profile_id = d.profile_id JOIN instances i ON i.id = ip.instance_id JOIN projects p ON p.id = i.project_id WHERE c.key IN ('network', 'parent')", r => (Network: r.Text(0), Url: Names.Url(r.Text(1), "1.0", "instances", r.Text(2)))).ConfigureAwait(false);
        return profiles.Concat(own).Concat(through).ToLookup(u => u.Network, u => u.Url);
    }
}
