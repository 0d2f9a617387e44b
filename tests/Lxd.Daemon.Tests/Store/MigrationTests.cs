using Lxd.Daemon.Store;

namespace Lxd.Daemon.Tests.Store;

/// <summary>A database of the first version with rows in it goes through every later migration; what each does to them is told here.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string _directory = System.IO.Directory.CreateTempSubdirectory("lxddb").FullName;

    public void Dispose() => System.IO.Directory.Delete(_directory, true);

    [Fact]
    public async Task TheFirstVersionOpensWithACopyKept()
    {
        System.IO.Directory.CreateDirectory(Path.Combine(_directory, "global"));
        using (var first = new SqliteDatabase(Path.Combine(_directory, "global", "db.bin")))
        {
            first.Migrate([Migration.Global[0]]);
            await first.WriteAsync(async tx =>
            {
                await tx.ExecAsync("INSERT INTO config (key, value) VALUES ('user.kept', 'yes')");
                await tx.ExecAsync("INSERT INTO images (fingerprint, filename, size, architecture, upload_date, project_id) VALUES ('abc', 'f', 1, 2, '2026-01-01T00:00:00Z', 1)");
            }, default);
        }

        using var databases = Databases.Open(_directory);
        Assert.Equal("yes", await databases.Global.ReadAsync(tx => tx.FirstAsync("SELECT value FROM config WHERE key = 'user.kept'", r => r.Text(0)), default));
        Assert.Equal(Migration.Global.Count, await databases.Global.ReadAsync(tx => tx.ScalarAsync("SELECT MAX(version) FROM schema"), default));
        Assert.True(File.Exists(Path.Combine(_directory, "global.bak", "db.bin")));
        // Version 2: an image that named no profiles has the default one.
        Assert.Equal(["default"], await databases.Global.ReadAsync(tx => tx.QueryAsync("SELECT p.name FROM images_profiles ip JOIN profiles p ON p.id = ip.profile_id", r => r.Text(0)), default));
    }
}
