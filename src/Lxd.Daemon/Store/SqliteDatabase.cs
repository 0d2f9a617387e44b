using System.Globalization;
using System.Text;
using Lxd.Core;
using Microsoft.Data.Sqlite;

namespace Lxd.Daemon.Store;

/// <summary>SQLite behind one writer and a pool of WAL readers. The provider is synchronous underneath, so closures run on the caller's thread.</summary>
internal sealed class SqliteDatabase : IDatabase, IDisposable
{
    /// <summary>SQLITE_DBCONFIG_DQS_DML of sqlite3.h.</summary>
    private const int DoubleQuotedText = 1013;

    /// <summary>SQLITE_FULL and SQLITE_IOERR_SHMSIZE of sqlite3.h: no room for the database or its log, or for the index of the log.</summary>
    private const int Full = 13;
    private const int IndexFull = 10 | 19 << 8;

    /// <summary>The last bytes of the disk are kept for removing things and for noting what happens: what makes the database grow by more than that is refused while less is free.</summary>
    internal const long Reserve = 2 << 20;
    private const long SmallGrowth = 64 << 10;
    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _writeLock = new(1, 1);
    private readonly System.Collections.Concurrent.ConcurrentBag<SqliteConnection> _readers = [];
    private readonly Func<long> _free;
    private long _generation;

    /// <summary>A write found the disk full. SQLite takes what is in the log into the database after a commit only, and none may succeed before that: there would be no end to it.</summary>
    private bool _stuck;

    public SqliteDatabase(string path)
        : this(path, () => FreeAt(path))
    {
    }

    /// <param name="free">Tells how many bytes the disk has left.</param>
    internal SqliteDatabase(string path, Func<long> free)
    {
        Path = path;
        _free = free;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 30 }.ToString();
        _writer = Open();
        Pragma(_writer, "PRAGMA journal_mode = WAL");
    }

    public string Path { get; }

    public long Generation => Interlocked.Read(ref _generation);

    public async Task<T> ReadAsync<T>(Func<ITx, ValueTask<T>> work, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (!_readers.TryTake(out var connection))
        {
            connection = Open();
        }

        var transaction = connection.BeginTransaction(deferred: true);
        try
        {
            var result = await work(new SqliteTx(connection, transaction)).ConfigureAwait(false);
            transaction.Commit();
            return result;
        }
        finally
        {
            transaction.Dispose();
            _readers.Add(connection);
        }
    }

    public async Task<T> WriteAsync<T>(Func<ITx, ValueTask<T>> work, CancellationToken ct)
    {
        await _writeLock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            MakeRoom();
            using var transaction = _writer.BeginTransaction(deferred: false);
            long? size = _free() < Reserve ? Size(transaction) : null;
            var result = await work(new SqliteTx(_writer, transaction)).ConfigureAwait(false);
            if (size is { } before && Size(transaction) - before > SmallGrowth)
            {
                throw NoSpace(null);
            }

            transaction.Commit();
            Interlocked.Increment(ref _generation);
            return result;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == Full || e.SqliteExtendedErrorCode == IndexFull)
        {
            _stuck = true;
            throw NoSpace(e);
        }
        finally
        {
            _writeLock.Release();
        }
    }

    public Task WriteAsync(Func<ITx, ValueTask> work, CancellationToken ct) =>
        WriteAsync<bool>(async tx =>
        {
            await work(tx).ConfigureAwait(false);
            return true;
        }, ct);

    private static long FreeAt(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (IOException)
        {
            // Moved or unmounted under us: what is open can be written to.
            return long.MaxValue;
        }
    }

    private static ApiException NoSpace(Exception? cause) => new(500, "database or disk is full", cause);

    /// <summary>After the disk was full: what is committed goes from the log into the database, and the log's space is free again.</summary>
    private void MakeRoom()
    {
        if (!_stuck)
        {
            return;
        }

        try
        {
            using var command = _writer.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            _stuck = Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) != 0;
        }
        catch (SqliteException)
        {
            // Still no room. The log may have enough for what comes, and is tried again before the next.
        }
    }

    private long Size(SqliteTransaction transaction)
    {
        using var command = _writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Whether migrations would change a database that exists already.</summary>
    public bool IsBehind(IReadOnlyList<Migration> migrations) => Version() is > 0 and var version && version < migrations.Count;

    /// <summary>A copy of everything that is committed; one that is there is replaced.</summary>
    public void CopyTo(string path)
    {
        File.Delete(path);
        using var copy = _writer.CreateCommand();
        copy.CommandText = "VACUUM INTO $copy";
        copy.Parameters.AddWithValue("$copy", path);
        copy.ExecuteNonQuery();
    }

    /// <summary>Runs statements in one transaction.</summary>
    public void Patch(string sql)
    {
        using var transaction = _writer.BeginTransaction(deferred: false);
        using var command = _writer.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Brings the schema up to date, each migration in its own transaction.</summary>
    public void Migrate(IReadOnlyList<Migration> migrations)
    {
        var current = Version();
        if (current > migrations.Count)
        {
            throw new InvalidOperationException($"The database {Path} has schema version {current}, newer than this program's {migrations.Count}");
        }

        for (var version = current + 1; version <= migrations.Count; version++)
        {
            using var transaction = _writer.BeginTransaction(deferred: false);
            using var command = _writer.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = migrations[version - 1].Sql();
            command.ExecuteNonQuery();
            command.CommandText = "INSERT INTO schema (version, updated_at) VALUES ($version, strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))";
            command.Parameters.AddWithValue("$version", version);
            command.ExecuteNonQuery();
            transaction.Commit();
        }
    }

    public async Task SyncAsync(CancellationToken ct)
    {
        await _writeLock.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            Pragma(_writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        finally
        {
            _writeLock.Release();
        }
    }

    public Task<string> DumpAsync(bool schemaOnly, CancellationToken ct) =>
        ReadAsync(async tx =>
        {
            var text = new StringBuilder("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
            var objects = await tx.QueryAsync("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid", r => (Type: r.Text(0), Name: r.Text(1), Sql: r.Text(2))).ConfigureAwait(false);
            foreach (var (type, name, sql) in objects)
            {
                text.Append(sql).Append(";\n");
                if (type != "table" || schemaOnly)
                {
                    continue;
                }

                foreach (var row in await tx.QueryAsync($"SELECT * FROM \"{name}\"", r => string.Join(',', Enumerable.Range(0, r.Count).Select(i => Literal(r.Value(i))))).ConfigureAwait(false))
                {
                    text.Append(CultureInfo.InvariantCulture, $"INSERT INTO {name} VALUES({row});\n");
                }
            }

            return text.Append("COMMIT;\n").ToString();
        }, ct);

    public void Dispose()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        Pragma(_writer, "PRAGMA wal_checkpoint(TRUNCATE)");
        _writer.Dispose();
        _writeLock.Dispose();
    }

    private static string Literal(object? value) => value switch
    {
        null or DBNull => "NULL",
        string text => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'",
        byte[] blob => "X'" + Convert.ToHexString(blob) + "'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "NULL",
    };

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        // Text in double quotes, as dqlite and what people type into `lxd sql` have it.
        SQLitePCL.raw.sqlite3_db_config(connection.Handle, DoubleQuotedText, 1, out _);
        Pragma(connection, "PRAGMA foreign_keys = ON");
        Pragma(connection, "PRAGMA synchronous = FULL");
        Pragma(connection, "PRAGMA busy_timeout = 30000");
        return connection;
    }

    private static void Pragma(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private int Version()
    {
        using var command = _writer.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema'";
        if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0)
        {
            return 0;
        }

        command.CommandText = "SELECT IFNULL(MAX(version), 0) FROM schema";
        return Convert.ToInt32(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
