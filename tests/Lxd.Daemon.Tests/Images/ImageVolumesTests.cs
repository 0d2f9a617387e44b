using Lxd.Daemon.Instances;
using Lxd.Daemon.Instances.Volumes;
using Lxd.Linux.Archives;
using Lxd.Linux.IdMaps;
using Lxd.Storage;

namespace Lxd.Daemon.Tests.Images;

/// <summary>How often an image is unpacked in a directory pool whose files can share their blocks.</summary>
public sealed class ImageVolumesTests
{
    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(8, 1, true)]
    public async Task HoweverManyLaunchesAskForANewImageItIsUnpackedOnce(int launches, int unpacked, bool kept)
    {
        await using var lab = await Lab.StartAsync();
        lab.Pool.Turn = new TaskCompletionSource();
        var all = Enumerable.Range(1, launches).Select(i => lab.LaunchAsync($"c{i}")).ToList();
        lab.Pool.Turn.SetResult();
        await Task.WhenAll(all);
        Assert.Equal((unpacked, launches - 1), (lab.Pool.Created, lab.Pool.Copied - (kept ? 1 : 0)));
        Assert.Equal(kept, lab.ImageIsKept);
        Assert.All(Enumerable.Range(1, launches), i => Assert.True(lab.IsWhole($"c{i}")));
    }

    [Fact]
    public async Task TheSecondInstanceMakesTheVolumeForAllThatFollow()
    {
        await using var lab = await Lab.StartAsync();
        await lab.LaunchAsync("c1");
        await lab.LaunchAsync("c2");
        await lab.LaunchAsync("c3");
        Assert.Equal((2, 2, true), (lab.Pool.Created, lab.Pool.Copied, lab.ImageIsKept));
    }

    [Fact]
    public async Task AnImageThatComesAgainIsNewAgain()
    {
        await using var lab = await Lab.StartAsync();
        await lab.LaunchAsync("c1");
        await lab.Volumes.Images.DeleteAsync(["one"], lab.Fingerprint, default);
        await lab.LaunchAsync("c2");
        Assert.Equal((2, 0, false), (lab.Pool.Created, lab.Pool.Copied, lab.ImageIsKept));
    }

    [Fact]
    public async Task WhereTheFirstLaunchFailsTheOthersDoNot()
    {
        await using var lab = await Lab.StartAsync();
        using var cancel = new CancellationTokenSource();
        lab.Pool.Turn = new TaskCompletionSource();
        var first = lab.LaunchAsync("c1", cancel.Token);
        var second = lab.LaunchAsync("c2");
        await cancel.CancelAsync();
        lab.Pool.Turn.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await second;
        Assert.True(lab.IsWhole("c2"));
        Assert.False(Directory.Exists(lab.PathOf("c1")));
    }

    private sealed class Lab(TestDaemon daemon, InstanceVolumes volumes, CountedPool pool, string fingerprint) : IAsyncDisposable
    {
        public InstanceVolumes Volumes => volumes;

        public CountedPool Pool => pool;

        public string Fingerprint => fingerprint;

        public bool ImageIsKept => Directory.Exists(Path.Combine(daemon.Directory, "storage-pools", "one", "images", fingerprint));

        public static async Task<Lab> StartAsync()
        {
            var daemon = await TestDaemon.StartAsync();
            await daemon.RunAsync("POST", "/1.0/storage-pools", """{"name":"one","driver":"dir"}""");
            var fingerprint = await ImageFile.UploadAsync(daemon, await ImageFile.MakeAsync("one", PackItem.Text("rootfs/etc/hostname", "inside"u8.ToArray())));
            var pool = new CountedPool(await daemon.Daemon.PoolDrivers.OpenAsync("one", default));
            return new Lab(daemon, new InstanceVolumes(pool, new VolumeRows(daemon.Daemon.Databases.Global), daemon.Daemon.Paths, daemon.Daemon.Images.Files), pool, fingerprint);
        }

        public Task LaunchAsync(string name, CancellationToken ct = default) => volumes.CreateFromImageAsync(Instance(name), fingerprint, _ => { }, ct);

        public string PathOf(string name) => volumes.PathOf(Instance(name));

        public bool IsWhole(string name) => File.ReadAllText(Path.Combine(PathOf(name), "rootfs", "etc", "hostname")) == "inside";

        public ValueTask DisposeAsync() => daemon.DisposeAsync();

        private static InstanceRecord Instance(string name) => new()
        {
            Project = "default",
            Name = name,
            ExpandedDevices = new() { ["root"] = new() { ["type"] = "disk", ["path"] = "/", ["pool"] = "one" } },
        };
    }

    /// <summary>A pool that says it clones, and counts what is made in it.</summary>
    private sealed class CountedPool : IInstancePools
    {
        private readonly IStorageDriver _shown;

        public CountedPool(IStorageDriver driver)
        {
            var volumes = Between<IVolumeDriver>.Of(driver.Volumes, async (method, call) =>
            {
                Created += method == nameof(IVolumeDriver.CreateAsync) ? 1 : 0;
                Copied += method == nameof(IVolumeDriver.CopyAsync) ? 1 : 0;
                await (method == nameof(IVolumeDriver.CreateAsync) ? Turn.Task : Task.CompletedTask);
                await call();
            });
            _shown = Between<IStorageDriver>.Of(driver, (_, call) => call(), new() { ["get_CheapCopies"] = true, ["get_Volumes"] = volumes });
        }

        public bool IsOpen(string pool) => true;

        public int Created { get; private set; }

        public int Copied { get; private set; }

        /// <summary>What is unpacked waits for this.</summary>
        public TaskCompletionSource Turn { get; set; } = Passed();

        public Task<IStorageDriver> OpenAsync(string pool, CancellationToken ct) => Task.FromResult(_shown);

        public Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct) => throw new NotSupportedException();

        public Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct) =>
            throw new NotSupportedException();

        private static TaskCompletionSource Passed()
        {
            var passed = new TaskCompletionSource();
            passed.SetResult();
            return passed;
        }
    }
}
