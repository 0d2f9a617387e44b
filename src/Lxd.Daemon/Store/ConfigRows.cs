namespace Lxd.Daemon.Store;

/// <summary>A table of keys and values of an owner: <c>profiles_config</c> by <c>profile_id</c>.</summary>
internal sealed record ConfigRows(string Table, string Owner)
{
    /// <summary>All owners' configuration, one query for all that match.</summary>
    /// <param name="where">A condition on the owner's id.</param>
    public async ValueTask<Dictionary<long, Dictionary<string, string>>> ReadAsync(ITx tx, string where, params object?[] args)
    {
        var owners = new Dictionary<long, Dictionary<string, string>>();
        foreach (var (owner, key, value) in await tx.QueryAsync($"SELECT {Owner}, key, value FROM {Table} WHERE {Owner} {where} ORDER BY key", r => (r.Long(0), r.Text(1), r.Text(2)), args).ConfigureAwait(false))
        {
            if (!owners.TryGetValue(owner, out var config))
            {
                owners[owner] = config = [];
            }

            config[key] = value;
        }

        return owners;
    }

    /// <summary>Makes this the owner's configuration; empty values unset.</summary>
    public async ValueTask ReplaceAsync(ITx tx, long owner, IReadOnlyDictionary<string, string> config)
    {
        await tx.ExecAsync($"DELETE FROM {Table} WHERE {Owner} = ?", owner).ConfigureAwait(false);
        foreach (var (key, value) in config.Where(p => p.Value.Length > 0))
        {
            await tx.ExecAsync($"INSERT INTO {Table} ({Owner}, key, value) VALUES (?, ?, ?)", owner, key, value).ConfigureAwait(false);
        }
    }
}
