namespace Lxd.Daemon.Store;

internal static class TxExtensions
{
    public static async ValueTask<T?> FirstAsync<T>(this ITx tx, string sql, Func<IRow, T> map, params object?[] args)
    {
        var rows = await tx.QueryAsync(sql, map, args).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : default;
    }

    /// <summary>The number of the first row's first column, or null without a row.</summary>
    public static async ValueTask<long?> ScalarAsync(this ITx tx, string sql, params object?[] args)
    {
        var rows = await tx.QueryAsync(sql, r => r.IsNull(0) ? (long?)null : r.Long(0), args).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>A table of keys and values as a map; the query's columns are key, value.</summary>
    public static async ValueTask<Dictionary<string, string>> MapAsync(this ITx tx, string sql, params object?[] args)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in await tx.QueryAsync(sql, r => (r.Text(0), r.Text(1)), args).ConfigureAwait(false))
        {
            map[key] = value;
        }

        return map;
    }

    /// <summary>The id of a project; a not-found error where there is none.</summary>
    public static async ValueTask<long> ProjectIdAsync(this ITx tx, string project) =>
        await tx.ScalarAsync("SELECT id FROM projects WHERE name = ?", project).ConfigureAwait(false) ?? throw Lxd.Core.ApiException.NotFound("Project not found");
}
