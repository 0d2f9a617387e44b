using Lxd.Linux.Btrfs;

namespace Lxd.Storage.Tests;

public sealed class BtrfsTests() : Conformance("btrfs")
{
    [Fact]
    public Task NestedSubvolumesGoAlong() => WithPool(async pool =>
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        var path = pool.Driver.Volumes.MountPath(volume);
        Directory.CreateDirectory(Path.Combine(path, "deep", "er"));
        Subvolumes.Create(Path.Combine(path, "deep", "er", "inner"));
        File.WriteAllText(Path.Combine(path, "deep", "er", "inner", "x"), "y");
        Subvolumes.Create(Path.Combine(path, "deep", "er", "inner", "most"));
        Subvolumes.SetReadOnly(Path.Combine(path, "deep", "er", "inner", "most"), true);
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s"), default);
        var saved = Path.Combine(pool.Driver.Volumes.MountPath(volume.Snapshot("s")), "deep", "er", "inner");
        Assert.Equal("y", File.ReadAllText(Path.Combine(saved, "x")));
        Assert.True(Subvolumes.IsSubvolume(Path.Combine(saved, "most")));
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(saved, "most", "x"), "z"));
        File.WriteAllText(Path.Combine(path, "deep", "er", "inner", "x"), "z");
        await pool.Driver.Snapshots.RestoreAsync(volume.Snapshot("s"), default);
        Assert.Equal("y", File.ReadAllText(Path.Combine(path, "deep", "er", "inner", "x")));
        File.WriteAllText(Path.Combine(path, "deep", "er", "inner", "x"), "writable");
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(path, "deep", "er", "inner", "most", "x"), "z"));
        await pool.Driver.Snapshots.DeleteAsync(volume.Snapshot("s"), default);
        await pool.Driver.Volumes.DeleteAsync(volume, default);
        Assert.Empty(pool.Names("custom"));
    });

    [Fact]
    public Task VolumesGoThroughStreams() => WithPool(async pool =>
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        var path = pool.Driver.Volumes.MountPath(volume);
        Subvolumes.Create(Path.Combine(path, "inner"));
        File.WriteAllText(Path.Combine(path, "inner", "x"), "old");
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s"), default);
        File.WriteAllText(Path.Combine(path, "inner", "x"), "new");
        var copy = pool.Volume("w");
        VolumeRef? parent = null;
        foreach (var one in (VolumeRef[])[volume.Snapshot("s"), volume])
        {
            await using var still = await pool.Driver.Streams!.HoldAsync(one, null, default);
            var before = parent;
            await pool.Driver.Streams.ReceiveAsync(one.IsSnapshot ? copy.Snapshot("s") : copy, 0, still.Parts, (part, output, ct) => still.SendAsync(part, before, output, ct), _ => { }, default);
            parent = one;
        }

        var target = pool.Driver.Volumes.MountPath(copy);
        Assert.Equal("new", File.ReadAllText(Path.Combine(target, "inner", "x")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(pool.Driver.Volumes.MountPath(copy.Snapshot("s")), "inner", "x")));
        File.WriteAllText(Path.Combine(target, "inner", "x"), "writable");
        // The snapshot itself cannot be written to; what is nested in it keeps the flag it had.
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(pool.Driver.Volumes.MountPath(copy.Snapshot("s")), "z"), "z"));
        Assert.Equal(["v", "w"], pool.Names("custom").Order());
        await Assert.ThrowsAnyAsync<Exception>(() => pool.Driver.Streams!.ReceiveAsync(pool.Volume("bad"), 0, [new StreamPart("/", "", false, "")], (_, output, ct) => output.WriteAsync("no stream"u8.ToArray(), ct).AsTask(), _ => { }, default));
        Assert.Equal(["v", "w"], pool.Names("custom").Order());
        Assert.Throws<Lxd.Core.ApiException>(() => new StreamPart("/../x", "", false, "").Checked());
    });

    [Fact]
    public Task ALimitHolds() => WithPool(async pool =>
    {
        var volume = pool.Volume("v");
        await pool.Driver.Volumes.CreateAsync(volume, 20 << 20, null, default);
        Assert.Equal(20 << 20, pool.Driver.Volumes.Usage(volume).TotalBytes);
        var file = Path.Combine(pool.Driver.Volumes.MountPath(volume), "big");
        Assert.ThrowsAny<IOException>(() =>
        {
            using var stream = File.Create(file);
            for (var i = 0; i < 60; i++)
            {
                stream.Write(new byte[1 << 20]);
                stream.Flush(flushToDisk: true);
            }
        });
        await pool.Driver.Volumes.ResizeAsync(volume, 0, default);
        Assert.Equal(0, pool.Driver.Volumes.Usage(volume).TotalBytes);
    });

    [Fact]
    public Task ALoopFileGrows() => WithPool(async pool =>
    {
        var before = pool.Driver.Usage().TotalBytes;
        await pool.Driver.UpdateAsync(new Dictionary<string, string>(pool.Driver.Pool.Config) { ["size"] = "400MiB" }, default);
        Assert.True(pool.Driver.Usage().TotalBytes > before);
    });

    [Fact]
    public Task APoolMayBeASubvolumeOfAnother() => WithPool(async outer =>
    {
        var source = Path.Combine(outer.Spec.MountPath, "custom", "inner");
        await WithPool(
            async pool =>
            {
                await pool.MakeVolumeAsync("v", "one");
                await pool.Driver.Snapshots.CreateAsync(pool.Volume("v/s"), default);
                await pool.Driver.DeleteAsync(default);
            },
            new() { ["source"] = source });
        Assert.Empty(outer.Names("custom"));
    });
}
