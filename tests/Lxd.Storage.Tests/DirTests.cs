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
}
