using Lxd.Core;
using Lxd.Linux.Mounts;

namespace Lxd.Storage.Tests;

public sealed class DirTests() : Conformance("dir")
{
    [Fact]
    public Task ASourceElsewhereIsShownInThePool()
    {
        var elsewhere = Directory.CreateTempSubdirectory("lxd_source_").FullName;
        return WithPool(
            async pool =>
            {
                Assert.True(HostMounts.IsMountPoint(pool.Spec.MountPath));
                await pool.MakeVolumeAsync("v", "one");
                Assert.Equal("one", File.ReadAllText(Path.Combine(elsewhere, "custom", "v", "f")));
                await pool.Driver.DeleteAsync(default);
                Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
                Directory.Delete(elsewhere);
            },
            new() { ["source"] = elsewhere });
    }

    [Fact]
    public async Task ASourceThatIsMissingOrFullIsRefused()
    {
        var full = Directory.CreateTempSubdirectory("lxd_source_").FullName;
        File.WriteAllText(Path.Combine(full, "kept"), "");
        await Assert.ThrowsAsync<ApiException>(() => WithPool(_ => Task.CompletedTask, new() { ["source"] = "/nowhere/at/all" }));
        await Assert.ThrowsAsync<ApiException>(() => WithPool(_ => Task.CompletedTask, new() { ["source"] = full }));
        Assert.True(File.Exists(Path.Combine(full, "kept")));
        Directory.Delete(full, recursive: true);
    }

    [Fact]
    public async Task ARestoreLeavesWhatIsTheSame()
    {
        if (!File.Exists("/usr/sbin/mkfs.xfs") || !File.Exists("/usr/bin/setfattr") || !File.Exists("/dev/loop-control") || Environment.UserName != "root")
        {
            Console.WriteLine("skipped: needs root, loop devices, mkfs.xfs and setfattr");
            return;
        }

        var root = Directory.CreateTempSubdirectory("lxd_xfs_").FullName;
        Fixture.Shell($"truncate -s 400M {root}/disk && mkfs.xfs -q {root}/disk && mkdir {root}/m && mount -o loop {root}/disk {root}/m && mkdir {root}/m/pool");
        try
        {
            await WithPool(RestoreAsync, new() { ["source"] = root + "/m/pool" });
        }
        finally
        {
            Fixture.Shell($"umount {root}/m && rm -r {root}");
        }
    }

    private static async Task RestoreAsync(Fixture pool)
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        var path = pool.Driver.Volumes.MountPath(volume);
        Fixture.Shell($"cd {path} && mkdir d && for n in same forged mode owner attribute gone link; do echo first > d/$n; done && : > d/empty && ln d/link d/link2 && touch -d @1000000000 d/*");
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s"), default);
        const string List = "find . -printf '%p %y %m %U %G %s %T@ %n\n' | LC_ALL=C sort; getfattr -dR . 2>/dev/null; cat d/*";
        var before = Fixture.Shell($"cd {path} && {List}");
        var kept = Fixture.Shell($"cd {path} && stat -c %i d/same d/empty");

        // A file that was changed and given its old size and times is not the one of the snapshot.
        Fixture.Shell($"cd {path}/d && echo forge > forged && touch -d @1000000000 forged && chmod 600 mode && chown 7 owner && setfattr -n user.x -v y attribute && rm gone && echo new > new && rm link2");
        await pool.Driver.Snapshots.RestoreAsync(volume.Snapshot("s"), default);
        Assert.Equal(before, Fixture.Shell($"cd {path} && {List}"));
        Assert.Equal(kept, Fixture.Shell($"cd {path} && stat -c %i d/same d/empty"));

        // The instance and its snapshot still have nothing in common.
        Fixture.Shell($"echo later > {path}/d/same");
        Assert.Equal("first", Fixture.Shell($"cat {pool.Driver.Volumes.MountPath(volume.Snapshot("s"))}/d/same"));
        Assert.Equal(["v"], pool.Names("custom"));
    }
}
