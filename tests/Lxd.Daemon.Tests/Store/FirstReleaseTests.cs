using System.Text.Json.Nodes;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Store;
using Lxd.Daemon.Tests.Instances;
using Microsoft.Data.Sqlite;

namespace Lxd.Daemon.Tests.Store;

/// <summary>The databases of the first version as they lay on disk, with a row in every table, are kept in <c>Data</c> and never made anew: whatever became of the migrations,
/// a server of then must come up with all it had.</summary>
public sealed class FirstReleaseTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lxdfirst").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, true);
    }

    [Fact]
    public async Task EveryRowIsKept()
    {
        Restore(_directory);
        var before = Rows();
        Assert.True(before.Count >= 85, $"{before.Count} tables");
        Assert.DoesNotContain(0, before.Values);
        using (var databases = Databases.Open(_directory))
        {
            Assert.Equal(Migration.Global.Count, await databases.Global.ReadAsync(tx => tx.ScalarAsync("SELECT MAX(version) FROM schema"), default));
            Assert.Equal(Migration.Local.Count, await databases.Local.ReadAsync(tx => tx.ScalarAsync("SELECT MAX(version) FROM schema"), default));
            Assert.Empty(await databases.Global.ReadAsync(tx => tx.QueryAsync("PRAGMA foreign_key_check", r => r.Text(0)), default));
            Assert.Equal("ok", await databases.Global.ReadAsync(tx => tx.FirstAsync("PRAGMA integrity_check", r => r.Text(0)), default));
        }

        var after = Rows();
        foreach (var (table, rows) in before)
        {
            // A migration may add some.
            Assert.True(after.GetValueOrDefault(table) >= rows, $"{table} had {rows} rows and has {after.GetValueOrDefault(table)}");
        }
    }

    [Fact]
    public async Task AServerOfThenComesUpWithAllItHad()
    {
        await using var daemon = await TestDaemon.StartAsync(
            instances: c => InstancesDomain.Real(c) with { Driver = new FakeDriver(), Networks = new FakeNetworks(), Addresses = new FakeAddresses() },
            prepare: directory =>
            {
                Restore(Path.Combine(directory, "database"));
                // A bridge would be made on this host; who may come in was filled with words that are no certificates.
                Run(Path.Combine(directory, "database", "global", "db.bin"), $"DELETE FROM networks; DELETE FROM identities; UPDATE storage_pools_config SET value = '{directory}/storage-pools/one' WHERE key = 'source'");
                foreach (var volume in (string[])["containers/c1/rootfs", "containers-snapshots/c1/s0/rootfs", "containers/p_c2/rootfs", "custom/default_v", "custom-snapshots/default_v/vs", "images"])
                {
                    Directory.CreateDirectory(Path.Combine(directory, "storage-pools", "one", volume));
                }

                Directory.CreateDirectory(Path.Combine(directory, "images"));
                File.WriteAllText(Path.Combine(directory, "images", new string('a', 64)), "x");
            });
        Assert.Equal("yes", (string)(await daemon.GetAsync("/1.0"))!["config"]!["user.kept"]!);
        Assert.Equal(["default", "p"], Names(await daemon.GetAsync("/1.0/projects?recursion=1")));
        var instance = (await daemon.GetAsync("/1.0/instances/c1"))!;
        Assert.Equal(("b", "1GiB", "v", "Stopped", "first"), ((string)instance["config"]!["user.a"]!, (string)instance["expanded_config"]!["limits.memory"]!, (string)instance["devices"]!["data"]!["source"]!, (string)instance["status"]!, (string)instance["description"]!));
        Assert.Equal(["default", "web"], instance["profiles"]!.AsArray().Select(p => (string)p!));
        Assert.Equal(["s0"], Names(await daemon.GetAsync("/1.0/instances/c1/snapshots?recursion=1")));
        Assert.Equal(["c2"], Names(await daemon.GetAsync("/1.0/instances?project=p&recursion=1")));
        Assert.Equal("y", (string)(await daemon.GetAsync("/1.0/storage-pools/one/volumes/custom/v"))!["config"]!["user.x"]!);
        Assert.Equal(["v/vs"], Names(await daemon.GetAsync("/1.0/storage-pools/one/volumes/custom/v/snapshots?recursion=1")));
        Assert.Equal(new string('a', 64), (string)(await daemon.GetAsync("/1.0/images/aliases/bb"))!["target"]!);
        Assert.Equal(["acl"], Names(await daemon.GetAsync("/1.0/network-acls?recursion=1")));
        Assert.Contains((await daemon.GetAsync("/1.0/warnings?recursion=1"))!.AsArray(), w => (string)w!["last_message"]! == "kept");
        Assert.Equal("", (string)(await daemon.RunAsync("PUT", "/1.0/instances/c1/state", """{"action":"start"}"""))["err"]!);
        Assert.Equal("", (string)(await daemon.RunAsync("POST", "/1.0/instances/c1/snapshots", """{"name":"s1"}"""))["err"]!);
        Assert.Equal("", (string)(await daemon.RunAsync("PUT", "/1.0/instances/c1/state", """{"action":"stop","force":true}"""))["err"]!);
        Assert.Equal("", (string)(await daemon.RunAsync("DELETE", "/1.0/instances/c1"))["err"]!);
    }

    private static IEnumerable<string> Names(JsonNode? list) => list!.AsArray().Select(n => (string)n!["name"]!).Order(StringComparer.Ordinal);

    private static void Restore(string database)
    {
        Directory.CreateDirectory(Path.Combine(database, "global"));
        foreach (var (name, file) in new[] { ("first-global.sql", "global/db.bin"), ("first-local.sql", "local.db") })
        {
            using var text = new StreamReader(typeof(FirstReleaseTests).Assembly.GetManifestResourceStream(name)!);
            Run(Path.Combine(database, file), text.ReadToEnd());
        }
    }

    private static void Run(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>The number of rows of each table of both.</summary>
    private Dictionary<string, long> Rows()
    {
        var rows = new Dictionary<string, long>();
        foreach (var file in (string[])["global/db.bin", "local.db"])
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, file)};Pooling=False");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            var tables = new List<string>();
            using (var reader = command.ExecuteReader())
            {
                while (reader.Read())
                {
                    tables.Add(reader.GetString(0));
                }
            }

            foreach (var table in tables)
            {
                command.CommandText = $"SELECT COUNT(*) FROM {table}";
                rows[$"{file} {table}"] = (long)command.ExecuteScalar()!;
            }
        }

        return rows;
    }
}
