using Lxd.Core;
using Lxd.Linux.Disks;

namespace Lxd.Storage.Tests;

/// <summary>What every driver does; a driver's tests are this class with its name.</summary>
public abstract class Conformance(string driver)
{
    [Fact]
    public Task APoolHasItsFoldersAndGoesWithoutTrace() => WithPool(async pool =>
    {
        Assert.Equal(["containers", "containers-snapshots", "custom", "custom-snapshots", "images", "virtual-machines", "virtual-machines-snapshots"], pool.Names(""));
        await pool.MakeVolumeAsync("v", "one");
        await pool.Driver.Snapshots.CreateAsync(pool.Volume("v/s"), default);
        await pool.Driver.DeleteAsync(default);
        Assert.False(Directory.Exists(pool.Spec.MountPath));
        Assert.False(File.Exists(Path.Combine(pool.Spec.DisksPath, "one.img")));
    });

    [Fact]
    public Task APoolComesBackAfterUnmount() => WithPool(async pool =>
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        await pool.Driver.UnmountAsync(default);
        await pool.Driver.MountAsync(default);
        await pool.Driver.MountAsync(default);
        Assert.Equal("one", pool.Read(volume));
        var usage = pool.Driver.Usage();
        Assert.InRange(usage.UsedBytes, 1, usage.TotalBytes);
    });

    [Fact]
    public Task WhatFailsLeavesNothing() => WithPool(async pool =>
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.Driver.Volumes.CreateAsync(
            pool.Volume("v"),
            0,
            (place, _) =>
            {
                File.WriteAllText(Path.Combine(place.Directory, "half"), "");
                throw new InvalidOperationException();
            },
            default));
        Assert.Empty(pool.Names("custom"));
        await Assert.ThrowsAsync<ApiException>(() => pool.Driver.Snapshots.CreateAsync(pool.Volume("none/s"), default));
        Assert.Empty(pool.Names("custom-snapshots"));
        await pool.MakeVolumeAsync("v", "one");
        await Assert.ThrowsAsync<ApiException>(() => pool.MakeVolumeAsync("v", "two"));
        Assert.Equal(["v"], pool.Names("custom"));
    });

    [Fact]
    public Task CopiesAreWholeAndOfTheirOwn() => WithPool(async pool =>
    {
        var source = await pool.MakeVolumeAsync("v", "one");
        var path = pool.Driver.Volumes.MountPath(source);
        Fixture.Shell($"cd {path} && mkdir d && echo x > d/x && ln d/x hard && ln -s d soft && mkfifo pipe && chown 1000:1001 d/x && chmod 4755 d/x && mknod null c 1 3 && truncate -s 20M holes");
        Fixture.Shell($"cd {path} && setfattr -n user.a -v b d/x && setfacl -m u:1000:rwx d 2>/dev/null || true");
        var target = pool.Volume("w");
        await pool.Driver.Volumes.CopyAsync(source, target, 0, default);
        const string List = "find . -printf '%p %y %m %U %G %s %T@ %l %n\\n' | LC_ALL=C sort";
        var copy = pool.Driver.Volumes.MountPath(target);
        var listed = Fixture.Shell($"cd {path} && {List}");
        Assert.Equal(listed.Split('\n')[1..], Fixture.Shell($"cd {copy} && {List}").Split('\n')[1..]);
        Assert.Equal(Fixture.Shell($"cd {path} && getfattr -d d/x 2>/dev/null; true"), Fixture.Shell($"cd {copy} && getfattr -d d/x 2>/dev/null; true"));
        Assert.InRange(DiskFile.Sizes(Path.Combine(copy, "holes")).Stored, 0, 1 << 20);
        pool.Write(target, "two");
        Assert.Equal("one", pool.Read(source));
    });

    [Fact]
    public Task SnapshotsKeepAndRestore() => WithPool(async pool =>
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s1"), default);
        pool.Write(volume, "two");
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s2"), default);
        pool.Write(volume, "three");
        Assert.Equal("one", pool.Read(volume.Snapshot("s1")));
        await pool.Driver.Snapshots.RestoreAsync(volume.Snapshot("s1"), default);
        Assert.Equal("one", pool.Read(volume));
        pool.Write(volume, "four");
        Assert.Equal("one", pool.Read(volume.Snapshot("s1")));
        await pool.Driver.Volumes.CopyAsync(volume.Snapshot("s2"), pool.Volume("w"), 0, default);
        Assert.Equal("two", pool.Read(pool.Volume("w")));
        await pool.Driver.Snapshots.CreateFromAsync(pool.Volume("w/s1"), volume.Snapshot("s1"), default);
        Assert.Equal("one", pool.Read(pool.Volume("w/s1")));
        await pool.Driver.Snapshots.CreateFilledAsync(pool.Volume("w/filled"), (place, ct) => File.WriteAllTextAsync(Path.Combine(place.Directory, "f"), "filled", ct), default);
        await pool.Driver.Snapshots.RenameAsync(pool.Volume("w/filled"), "renamed", default);
        Assert.Equal("filled", pool.Read(pool.Volume("w/renamed")));
        await pool.Driver.Volumes.RefreshAsync(volume, pool.Volume("w"), default);
        Assert.Equal("four", pool.Read(pool.Volume("w")));
        await pool.Driver.Snapshots.DeleteAsync(pool.Volume("w/s1"), default);
        await pool.Driver.Snapshots.DeleteAsync(pool.Volume("w/s1"), default);
        await pool.Driver.Snapshots.DeleteAsync(pool.Volume("w/renamed"), default);
        await pool.Driver.Volumes.DeleteAsync(pool.Volume("w"), default);
        await pool.Driver.Volumes.DeleteAsync(pool.Volume("w"), default);
        Assert.Equal(["v"], pool.Names("custom"));
        Assert.Equal(["v"], pool.Names("custom-snapshots"));
    });

    [Fact]
    public Task RenamingTakesTheSnapshotsAlong() => WithPool(async pool =>
    {
        var volume = await pool.MakeVolumeAsync("v", "one");
        await pool.Driver.Snapshots.CreateAsync(volume.Snapshot("s"), default);
        await pool.Driver.Volumes.RenameAsync(volume, "w", default);
        Assert.False(pool.Driver.Volumes.Exists(volume));
        Assert.False(pool.Driver.Volumes.Exists(volume.Snapshot("s")));
        Assert.Equal("one", pool.Read(pool.Volume("w/s")));
        await pool.MakeVolumeAsync("v", "other");
        await Assert.ThrowsAsync<LinuxError>(() => pool.Driver.Volumes.RenameAsync(pool.Volume("w"), "v", default));
        Assert.Equal("one", pool.Read(pool.Volume("w")));
        Assert.Equal("one", pool.Read(pool.Volume("w/s")));
    });

    [Fact]
    public Task BlockVolumesAreDisksOfTheSizeAsked() => WithPool(async pool =>
    {
        var volume = pool.Volume("b", ContentType.Block);
        await pool.Driver.Volumes.CreateAsync(volume, 10_000_000, null, default);
        Assert.Equal(10_002_432, new FileInfo(pool.Driver.Volumes.DiskPath(volume)).Length);
        await pool.Driver.Volumes.ResizeAsync(volume, 20 << 20, default);
        Assert.Equal(20 << 20, pool.Driver.Volumes.Usage(volume).TotalBytes);
        await Assert.ThrowsAsync<ApiException>(() => pool.Driver.Volumes.ResizeAsync(volume, 1 << 20, default));
        await pool.Driver.Volumes.CopyAsync(volume, pool.Volume("c", ContentType.Block), 0, default);
        Assert.Equal(20 << 20, new FileInfo(pool.Driver.Volumes.DiskPath(pool.Volume("c", ContentType.Block))).Length);
    });

    [Fact]
    public Task ADiskThatIsGivenNoSizeIsAsLargeAsWhatFillsIt() => WithPool(async pool =>
    {
        await pool.Driver.Volumes.CreateAsync(pool.Volume("filled", ContentType.Block), 0, (place, ct) => File.WriteAllBytesAsync(place.Disk, new byte[16384], ct), default);
        Assert.Equal(16384, pool.Driver.Volumes.Usage(pool.Volume("filled", ContentType.Block)).TotalBytes);
        await pool.Driver.Volumes.CreateAsync(pool.Volume("empty", ContentType.Block), 0, null, default);
        Assert.Equal(VolumeSize.DefaultDisk, pool.Driver.Volumes.Usage(pool.Volume("empty", ContentType.Block)).TotalBytes);
    });

    [Fact]
    public Task AVirtualMachineHasADiskWithFilesBesideIt() => WithPool(async pool =>
    {
        var machine = new VolumeRef(VolumeType.VirtualMachine, "v", ContentType.Block);
        var volumes = pool.Driver.Volumes;
        await volumes.CreateAsync(machine, new VolumeSize(1 << 20, 1 << 20), FillAsync, default);
        Assert.Equal("100", Fixture.Shell($"stat -c %a {volumes.MountPath(machine)}"));
        Assert.Equal("600", Fixture.Shell($"stat -c %a {volumes.DiskPath(machine)}"));
        Assert.Equal(1 << 20, volumes.Usage(machine).TotalBytes);
        Assert.Contains(machine, volumes.List());
        await pool.Driver.Snapshots.CreateAsync(machine.Snapshot("s"), default);
        await File.WriteAllTextAsync(volumes.DiskPath(machine), "changed");
        await pool.Driver.Snapshots.RestoreAsync(machine.Snapshot("s"), default);
        Assert.StartsWith("disk", await File.ReadAllTextAsync(volumes.DiskPath(machine)), StringComparison.Ordinal);
        var copy = machine with { Name = "w" };
        await volumes.CopyAsync(machine.Snapshot("s"), copy, 2 << 20, default);
        Assert.Equal((2 << 20, "about"), ((int)volumes.Usage(copy).TotalBytes, File.ReadAllText(Path.Combine(volumes.MountPath(copy), "metadata.yaml"))));
        await Assert.ThrowsAsync<ApiException>(() => volumes.CopyAsync(copy, machine with { Name = "x" }, 1 << 20, default));
        await Assert.ThrowsAsync<ApiException>(() => volumes.ResizeAsync(copy, 1 << 20, default));
        Assert.Equal(["v", "w"], pool.Names("virtual-machines"));

        static async Task FillAsync(VolumePlace place, CancellationToken ct)
        {
            await File.WriteAllTextAsync(Path.Combine(place.Directory, "metadata.yaml"), "about", ct);
            await File.WriteAllTextAsync(place.Disk, "disk", ct);
            File.SetUnixFileMode(place.Disk, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    });

    [Fact]
    public Task ALinkInPlaceOfADiskIsNotFollowed() => WithPool(async pool =>
    {
        var volume = pool.Volume("v", ContentType.Block);
        var outside = Path.Combine(pool.Spec.MountPath, "outside");
        await File.WriteAllTextAsync(outside, "x");
        await Assert.ThrowsAsync<ApiException>(() => pool.Driver.Volumes.CreateAsync(volume, 1 << 20, (place, _) => Task.FromResult(File.CreateSymbolicLink(place.Disk, outside)), default));
        await pool.Driver.Volumes.CreateAsync(volume, 1 << 20, null, default);
        var disk = pool.Driver.Volumes.DiskPath(volume);
        File.Delete(disk);
        File.CreateSymbolicLink(disk, outside);
        Assert.Throws<ApiException>(() => pool.Driver.Volumes.DiskPath(volume));
        await Assert.ThrowsAsync<ApiException>(() => pool.Driver.Volumes.ResizeAsync(volume, 2 << 20, default));
        Assert.Equal(1, new FileInfo(outside).Length);
        File.Delete(outside);
    });

    [Fact]
    public Task LeftoversOfADeadProcessGoAtTheNextMount() => WithPool(async pool =>
    {
        Directory.CreateDirectory(Path.Combine(pool.Spec.MountPath, "images", ".lxd-tmp-0123456789ab-7", "rootfs"));
        await pool.Driver.MountAsync(default);
        Assert.Empty(pool.Names("images"));
    });

    [Fact]
    public Task AnInstancesVolumeIsClosedToOthers() => WithPool(async pool =>
    {
        var image = new VolumeRef(VolumeType.Image, "fp");
        await pool.Driver.Volumes.CreateAsync(image, 0, (place, _) => Task.FromResult(Directory.CreateDirectory(Path.Combine(place.Directory, "rootfs"))), default);
        var container = new VolumeRef(VolumeType.Container, "c");
        await pool.Driver.Volumes.CopyAsync(image, container, 0, default);
        Assert.Equal("100", Fixture.Shell($"stat -c %a {pool.Driver.Volumes.MountPath(container)}"));
        Assert.True(Directory.Exists(Path.Combine(pool.Driver.Volumes.MountPath(container), "rootfs")));
    });

    protected async Task WithPool(Func<Fixture, Task> test, Dictionary<string, string>? config = null)
    {
        if (await Fixture.MakeAsync(driver, config) is { } pool)
        {
            await using (pool)
            {
                await test(pool);
            }
        }
    }
}
