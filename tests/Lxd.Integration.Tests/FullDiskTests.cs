using Lxd.Integration.Tests.Lab;

namespace Lxd.Integration.Tests;

/// <summary>The disk under the database is full: changes are refused in plain words, what is there stays, and all works again when there is room, without a restart.</summary>
public sealed class FullDiskTests
{
    private const string Big = "head -c 262144 /dev/zero | tr '\\0' a | lxc config set c1";

    [Fact]
    public async Task AFullDiskUnderTheDatabase()
    {
        await using var server = new LabServer("full-disk");
        var sh = server.Shell;
        var database = Path.Combine(server.Dir, "database", "global");
        await sh.RunAsync($"mkdir -p {database} && mount -t tmpfs -o size=16M tmpfs {database} && fallocate -l 2M {database}/other");
        await server.StartAsync();
        await sh.RunAsync("lxd init --auto --storage-backend dir && lxc init --empty c1");
        await sh.FailsAsync($"for i in $(seq 60); do {Big} user.big$i - || exit 1; done", "database or disk is full");
        var kept = await sh.RunAsync("lxc config show c1 | sha256sum");

        // The last byte of it too: readers go on.
        await sh.RunAsync($"head -c 16M /dev/zero >{database}/rest 2>/dev/null || true");
        await sh.FailsAsync($"{Big} user.more -", "database or disk is full");
        await sh.FailsAsync($"{Big} user.more -", "database or disk is full");
        Assert.Equal(kept, await sh.RunAsync("lxc config show c1 | sha256sum"));
        Assert.Equal("c1\n", await sh.RunAsync("lxc list -f csv -c n"));

        await sh.RunAsync($"rm {database}/rest {database}/other");
        await sh.RunAsync($"{Big} user.more -");
        await sh.RunAsync("lxc delete c1");
        Assert.Equal("", await sh.RunAsync("lxc list -f csv"));
        Assert.Contains("ok", await sh.RunAsync("lxd sql global 'PRAGMA integrity_check'"));
    }
}
