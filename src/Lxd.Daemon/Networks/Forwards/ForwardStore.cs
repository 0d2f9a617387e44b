using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Networks.Forwards;

/// <summary>All SQL of network forwards.</summary>
internal sealed class ForwardStore(IDatabase db)
{
    private static readonly ConfigRows Config = new("networks_forwards_config", "network_forward_id");

    /// <summary>The forwards of a network, in order of their making.</summary>
    public Task<List<NetworkForward>> ListAsync(long network, CancellationToken ct) => db.ReadAsync(async tx =>
    {
        var config = await Config.ReadAsync(tx, "IN (SELECT id FROM networks_forwards WHERE network_id = ?)", network).ConfigureAwait(false);
        return await tx.QueryAsync("SELECT id, listen_address, description, ports FROM networks_forwards WHERE network_id = ? ORDER BY id",
            r => new NetworkForward { ListenAddress = r.Text(1), Description = r.Text(2), Ports = Ports(r.Text(3)), Config = config.GetValueOrDefault(r.Long(0)) ?? [], Location = "none" }, network).ConfigureAwait(false);
    }, ct);

    /// <summary>Whether any network has a forward there.</summary>
    public Task<bool> ExistsAsync(string address, CancellationToken ct) =>
        db.ReadAsync(async tx => await tx.ScalarAsync("SELECT COUNT(*) FROM networks_forwards WHERE listen_address = ?", address).ConfigureAwait(false) > 0, ct);

    /// <summary>Takes the address; whoever comes second gets a conflict.</summary>
    public Task InsertAsync(long network, NetworkForward forward, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        if (await tx.ScalarAsync("SELECT id FROM networks_forwards WHERE listen_address = ?", forward.ListenAddress).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict("Failed creating forward: A forward for that listen address already exists");
        }

        var id = (await tx.ExecAsync("INSERT INTO networks_forwards (network_id, node_id, listen_address, description, ports) SELECT ?, MIN(id), ?, ?, ? FROM nodes",
            network, forward.ListenAddress, forward.Description, Json.Text(forward.Ports)).ConfigureAwait(false)).LastId;
        await Config.ReplaceAsync(tx, id, forward.Config).ConfigureAwait(false);
    }, ct);

    public Task UpdateAsync(long network, NetworkForward forward, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        var id = await tx.ScalarAsync("SELECT id FROM networks_forwards WHERE network_id = ? AND listen_address = ?", network, forward.ListenAddress).ConfigureAwait(false) ?? throw ApiException.NotFound("Network forward not found");
        await tx.ExecAsync("UPDATE networks_forwards SET description = ?, ports = ? WHERE id = ?", forward.Description, Json.Text(forward.Ports), id).ConfigureAwait(false);
        await Config.ReplaceAsync(tx, id, forward.Config).ConfigureAwait(false);
    }, ct);

    public Task DeleteAsync(long network, string address, CancellationToken ct) => db.WriteAsync(async tx =>
    {
        await tx.ExecAsync("DELETE FROM networks_forwards WHERE network_id = ? AND listen_address = ?", network, address).ConfigureAwait(false);
    }, ct);

    private static List<NetworkForwardPort> Ports(string text) => text.Length == 0 || text == "null" ? [] : Json.Parse<List<NetworkForwardPort>>(text);
}
