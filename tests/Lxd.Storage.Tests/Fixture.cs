using System.Diagnostics;
using Lxd.Linux.Disks;

namespace Lxd.Storage.Tests;

/// <summary>A pool of one driver in a directory of its own; everything is gone afterwards.</summary>
public sealed class Fixture : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("lxd_pool_");

    private Fixture(string driver, Dictionary<string, string> config)
    {
        Spec = new PoolSpec("one", Path.Combine(_root.FullName, "storage-pools", "one"), Path.Combine(_root.FullName, "disks"), config);
        Driver = StorageDrivers.Get(driver).Open(Spec);
    }

    public PoolSpec Spec { get; }

    public IStorageDriver Driver { get; private set; }

    public string Root => _root.FullName;

    /// <summary>Null, with the reason printed, where this host cannot.</summary>
    public static async Task<Fixture?> MakeAsync(string driver, Dictionary<string, string>? config = null)
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine($"skipped {driver}: needs root");
            return null;
        }

        if (driver == "btrfs" && (!StorageDrivers.Get(driver).Available || !File.Exists("/dev/loop-control")))
        {
            Console.WriteLine("skipped btrfs: no mkfs.btrfs, btrfs module or loop devices on this host");
            return null;
        }

        config ??= driver == "btrfs" ? new() { ["size"] = "300MiB" } : [];
        var fixture = new Fixture(driver, config);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(fixture.Spec.MountPath)!);
            fixture.Remember(await fixture.Driver.CreateAsync(default));
            return fixture;
        }
        catch (LinuxError e) when (e.Errno is LinuxError.Perm or LinuxError.NoEntry or LinuxError.NoDevice)
        {
            Console.WriteLine($"skipped {driver}: {e.Message}");
            await fixture.DisposeAsync();
            return null;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the pool anew with the configuration its creation gave, as a daemon does at start.</summary>
    public void Remember(IReadOnlyDictionary<string, string> config) => Driver = Driver.Factory.Open(Spec with { Config = config });

    public VolumeRef Volume(string name, ContentType content = ContentType.Filesystem) => new(VolumeType.Custom, name, content);

    public async Task<VolumeRef> MakeVolumeAsync(string name, string text)
    {
        var volume = Volume(name);
        await Driver.Volumes.CreateAsync(volume, 0, (place, ct) => File.WriteAllTextAsync(Path.Combine(place.Directory, "f"), text, ct), default);
        return volume;
    }

    public string Read(VolumeRef volume) => File.ReadAllText(Path.Combine(Driver.Volumes.MountPath(volume), "f"));

    public void Write(VolumeRef volume, string text) => File.WriteAllText(Path.Combine(Driver.Volumes.MountPath(volume), "f"), text);

    /// <summary>Everything below a folder of the pool, temporary names included.</summary>
    public string[] Names(string folder) => [.. Directory.EnumerateFileSystemEntries(Path.Combine(Spec.MountPath, folder)).Select(p => Path.GetFileName(p)).Order()];

    public static string Shell(string line)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-ec", line]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"'{line}' failed: {text}");
        return text.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await Driver.UnmountAsync(default);
        TreeDelete.Delete(_root.FullName, default);
    }
}
