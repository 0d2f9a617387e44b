namespace Lxd.Daemon.Store;

/// <summary>The two databases: the global one, shared by a cluster one day, and the member's own.</summary>
internal sealed class Databases : IDisposable
{
    private readonly SqliteDatabase _global;
    private readonly SqliteDatabase _local;

    private Databases(SqliteDatabase global, SqliteDatabase local)
    {
        _global = global;
        _local = local;
    }

    public IDatabase Global => _global;

    public IDatabase Local => _local;

    /// <summary>Opens or creates both files under <c>LXD_DIR/database</c> and brings them up to date.</summary>
    public static Databases Open(string databaseDirectory)
    {
        Directory.CreateDirectory(databaseDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(Path.Combine(databaseDirectory, "global"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var local = new SqliteDatabase(Path.Combine(databaseDirectory, "local.db"));
        local.Migrate(Migration.Local);
        var global = new SqliteDatabase(Path.Combine(databaseDirectory, "global", "db.bin"));
        global.Migrate(Migration.Global);
        return new Databases(global, local);
    }

    public void Dispose()
    {
        _global.Dispose();
        _local.Dispose();
    }
}
