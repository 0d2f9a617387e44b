using Lxd.Core;
using Lxd.Daemon.Store;

namespace Lxd.Daemon.Tests.Store;

public sealed class DatabaseTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("lxddb").FullName;

    public void Dispose() => System.IO.Directory.Delete(_directory, true);

    [Fact]
    public async Task AFreshDatabaseHasTheDefaultProjectAndOpensAgain()
    {
        for (var round = 0; round < 2; round++)
        {
            using var databases = Databases.Open(_directory);
            Assert.Equal(["default"], await databases.Global.ReadAsync(tx => tx.QueryAsync("SELECT name FROM projects", r => r.Text(0)), default));
        }
    }

    [Fact]
    public async Task AFailedTransactionLeavesNothing()
    {
        using var databases = Databases.Open(_directory);
        await Assert.ThrowsAsync<DuplicateRowException>(() => databases.Global.WriteAsync(async tx =>
        {
            await tx.ExecAsync("INSERT INTO config (key, value) VALUES (?, ?)", "a?b", "1");
            await tx.ExecAsync("INSERT INTO config (key, value) VALUES (?, ?)", "a?b", "2");
        }, default));
        Assert.Equal(0, await databases.Global.ReadAsync(tx => tx.ScalarAsync("SELECT COUNT(*) FROM config"), default));
    }

    [Fact]
    public async Task AQuestionMarkInALiteralIsNoParameter()
    {
        using var databases = Databases.Open(_directory);
        Assert.Equal("?", await databases.Global.ReadAsync(tx => tx.FirstAsync("SELECT '?' WHERE ? = 1", r => r.Text(0), 1L), default));
    }

    [Fact]
    public async Task TheDumpHoldsSchemaAndRows()
    {
        using var databases = Databases.Open(_directory);
        await databases.Global.WriteAsync(async tx => await tx.ExecAsync("INSERT INTO config (key, value) VALUES ('k', ?)", "it's"), default);
        var dump = await databases.Global.DumpAsync(false, default);
        Assert.Contains("CREATE TABLE instances", dump);
        Assert.Contains("'it''s'", dump);
    }

    [Fact]
    public async Task TheLastOfTheDiskIsKeptForSmallChanges()
    {
        long free = SqliteDatabase.Reserve;
        using var database = new SqliteDatabase(Path.Combine(_directory, "db"), () => free);
        await database.WriteAsync(async tx => await tx.ExecAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"), default);
        await InsertAsync(database, 1 << 20);
        free--;
        Assert.Equal("database or disk is full", (await Assert.ThrowsAsync<ApiException>(() => InsertAsync(database, 1 << 20))).Message);
        await InsertAsync(database, 1000);
        Assert.Equal(2, await database.ReadAsync(tx => tx.ScalarAsync("SELECT COUNT(*) FROM t"), default));
        await database.WriteAsync(async tx => await tx.ExecAsync("DELETE FROM t WHERE id = 1"), default);
        // What was removed makes room in the database itself.
        await InsertAsync(database, 1 << 19);
    }

    /// <summary>SQLite refuses what does not fit; the next write begins anew.</summary>
    [Fact]
    public async Task AFullDatabaseIsToldInItsWordsAndWorksAgain()
    {
        using var database = new SqliteDatabase(Path.Combine(_directory, "db"));
        await database.WriteAsync(async tx => await tx.ExecAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)"), default);
        await database.WriteAsync(async tx => await tx.QueryAsync("PRAGMA max_page_count = 20", r => r.Long(0)), default);
        var refused = await Assert.ThrowsAsync<ApiException>(() => InsertAsync(database, 1 << 20));
        Assert.Equal((500, "database or disk is full"), (refused.Status, refused.Message));
        await database.WriteAsync(async tx => await tx.QueryAsync("PRAGMA max_page_count = 2000", r => r.Long(0)), default);
        await InsertAsync(database, 1 << 20);
    }

    private static Task InsertAsync(SqliteDatabase database, int size) => database.WriteAsync(async tx => await tx.ExecAsync("INSERT INTO t (text) VALUES (?)", new string('x', size)), default);
}
