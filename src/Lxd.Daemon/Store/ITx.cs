namespace Lxd.Daemon.Store;

/// <summary>One transaction. The SQL obeys what SQLite and dqlite both understand: no RETURNING, at most 255 parameters (<c>?</c>),
/// values null, integer, double, text or blob.</summary>
internal interface ITx
{
    /// <summary>Runs a statement that changes rows.</summary>
    /// <exception cref="DuplicateRowException">A UNIQUE constraint is violated: somebody else took the name.</exception>
    ValueTask<Changed> ExecAsync(string sql, params object?[] args);

    ValueTask<List<T>> QueryAsync<T>(string sql, Func<IRow, T> map, params object?[] args);
}

/// <param name="LastId">The rowid of the last inserted row.</param>
/// <param name="Rows">How many rows the statement changed.</param>
internal readonly record struct Changed(long LastId, long Rows);

/// <summary>The current row of a query, by column number.</summary>
internal interface IRow
{
    int Count { get; }
    string Column(int index);
    bool IsNull(int index);

    /// <summary>The text, empty for NULL.</summary>
    string Text(int index);

    /// <summary>The number, 0 for NULL.</summary>
    long Long(int index);

    /// <summary>An RFC 3339 text as time, unset for NULL or empty.</summary>
    DateTime Time(int index);

    object? Value(int index);
}

/// <summary>A UNIQUE constraint refused a row.</summary>
internal sealed class DuplicateRowException(string message, Exception cause) : Exception(message, cause);
