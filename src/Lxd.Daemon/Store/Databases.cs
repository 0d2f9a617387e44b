namespace Lxd.Daemon.Store;

/// <summary>The two databases: the global one, shared by a cluster one day, and the member's own.</summary>
internal sealed class Databases : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
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
        Directory.CreateDirectory(databaseDirectory, Private);
        Directory.CreateDirectory(Path.Combine(databaseDirectory, "global"), Private);
        var local = Open(databaseDirectory, "local.db", "local.db.bak", "local", Migration.Local);
        try
        {
            return new Databases(Open(databaseDirectory, "global/db.bin", "global.bak/db.bin", "global", Migration.Global), local);
        }
        catch
        {
            local.Dispose();
            throw;
        }
    }

    /// <summary>A file <c>patch.NAME.sql</c> beside the databases is an administrator's repair: run once, in one transaction, before anything else.</summary>
    private static SqliteDatabase Open(string directory, string file, string copy, string name, IReadOnlyList<Migration> migrations)
    {
        var database = new SqliteDatabase(Path.Combine(directory, file));
        try
        {
            var patch = Path.Combine(directory, $"patch.{name}.sql");
            if (database.IsBehind(migrations) || File.Exists(patch))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(directory, copy))!, Private);
                database.CopyTo(Path.Combine(directory, copy));
            }

            if (File.Exists(patch))
            {
                database.Patch(File.ReadAllText(patch));
                File.Delete(patch);
            }

            database.Migrate(migrations);
            return database;
        }
        catch (Exception e)
        {
            database.Dispose();
            throw new InvalidOperationException($"Failed to initialize {name} database: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _global.Dispose();
        _local.Dispose();
    }
}
