namespace Lxd.Daemon.Store;

/// <summary>A database with one writer. Closures may run again after a lost race, so they do nothing but SQL.</summary>
internal interface IDatabase
{
    /// <summary>Another number after every write: what was read at the same number is still true.</summary>
    long Generation { get; }

    /// <summary>A consistent read.</summary>
    Task<T> ReadAsync<T>(Func<ITx, ValueTask<T>> work, CancellationToken ct);

    /// <summary>A write transaction: everything the closure did or nothing.</summary>
    Task<T> WriteAsync<T>(Func<ITx, ValueTask<T>> work, CancellationToken ct);

    Task WriteAsync(Func<ITx, ValueTask> work, CancellationToken ct);

    /// <summary>Everything that was committed is in the database file itself afterwards.</summary>
    Task SyncAsync(CancellationToken ct);

    /// <summary>Statements as an administrator types them (<c>lxd sql</c>); <c>.dump</c> and <c>.schema</c> included.</summary>
    Task<string> DumpAsync(bool schemaOnly, CancellationToken ct);
}
