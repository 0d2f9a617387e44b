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
}
