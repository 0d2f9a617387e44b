using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Instances.Devices;
using Lxd.Daemon.Instances.Devices.Nics;
using Lxd.Linux.IdMaps;
using Lxd.Network.Nics;

namespace Lxd.Daemon.Tests.Instances;

/// <summary>Volumes that are plain directories.</summary>
internal sealed class FakeVolumes(string root) : IInstanceVolumes
{
    /// <summary>Fails the next copies with this message.</summary>
    public string? FailCopy { get; set; }

    public Task CheckPoolAsync(string pool, CancellationToken ct) => Missing.Contains(pool) ? throw ApiException.Unavailable($"Storage pool \"{pool}\" unavailable on this server") : pool == "default" || pool == "second" ? Task.CompletedTask : throw ApiException.NotFound("Storage pool not found");

    /// <summary>Pools that are not there.</summary>
    public HashSet<string> Missing { get; } = [];

    public bool IsThere(InstanceRecord instance) => !Missing.Contains(instance.Pool);

    public Task CreateFromImageAsync(InstanceRecord instance, string fingerprint, Action<string> progress, CancellationToken ct) => Make(PathOf(instance));

    public Task CreateEmptyAsync(InstanceRecord instance, CancellationToken ct) => Make(PathOf(instance));

    public Task CopyAsync(InstanceRecord source, string? snapshot, InstanceRecord target, CancellationToken ct) =>
        FailCopy is { } message ? throw ApiException.Internal(message) : Copy(PathOf(source, snapshot), PathOf(target));

    public Task CopySnapshotAsync(InstanceRecord source, string snapshot, InstanceRecord target, CancellationToken ct) => Copy(PathOf(source, snapshot), PathOf(target, snapshot));

    public Task<Lxd.Storage.IStorageDriver> DriverAsync(string pool, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> HoldsStillAsync(InstanceRecord instance, CancellationToken ct) => Task.FromResult(false);

    public Lxd.Storage.VolumeRef RefOf(InstanceRecord instance) => new(Lxd.Storage.VolumeType.Container, instance.DiskName);

    public Task ImportAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, Func<Lxd.Storage.IStorageDriver, Lxd.Storage.VolumeRef, Lxd.Storage.VolumeSize, CancellationToken, Task> make, CancellationToken ct) => throw new NotSupportedException();

    public Task RecoverAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct) => throw new NotSupportedException();

    public Task RecordSnapshotsAsync(InstanceRecord instance, BackupVolume? described, IReadOnlyList<SnapshotRecord> snapshots, CancellationToken ct) => Task.CompletedTask;

    public Task ForgetAsync(InstanceRecord instance, CancellationToken ct) => throw new NotSupportedException();

    public Task RefreshAsync(InstanceRecord source, InstanceRecord target, CancellationToken ct) => Copy(PathOf(source), PathOf(target));

    public Task RebuildAsync(InstanceRecord instance, string? fingerprint, Action<string> progress, CancellationToken ct) => Task.CompletedTask;

    public Task RenameAsync(InstanceRecord instance, InstanceRecord renamed, CancellationToken ct)
    {
        Directory.Move(PathOf(instance), PathOf(renamed));
        return Task.CompletedTask;
    }

    public Task DeleteAsync(InstanceRecord instance, CancellationToken ct) => Remove(PathOf(instance));

    public Task SnapshotAsync(InstanceRecord instance, SnapshotRecord snapshot, CancellationToken ct) => Copy(PathOf(instance), PathOf(instance, snapshot.Name));

    public Task RestoreAsync(InstanceRecord instance, string snapshot, CancellationToken ct) => Copy(PathOf(instance, snapshot), PathOf(instance));

    public Task RenameSnapshotAsync(InstanceRecord instance, string snapshot, string name, CancellationToken ct)
    {
        Directory.Move(PathOf(instance, snapshot), PathOf(instance, name));
        return Task.CompletedTask;
    }

    public Task DeleteSnapshotAsync(InstanceRecord instance, string snapshot, CancellationToken ct) => Remove(PathOf(instance, snapshot));

    public Task ResizeAsync(InstanceRecord instance, CancellationToken ct) => Task.CompletedTask;

    public string PathOf(InstanceRecord instance, string? snapshot = null) =>
        snapshot is null ? Path.Combine(root, "volumes", instance.DiskName) : Path.Combine(root, "volumes-snapshots", instance.DiskName, snapshot);

    public Task<(long Used, long Total)> UsageAsync(InstanceRecord instance, CancellationToken ct) => Task.FromResult((4096L, 0L));

    public void Protect(InstanceRecord instance, IdMap map)
    {
    }

    public Task CheckCustomAsync(InstanceRecord instance, string pool, string volume, string? snapshot, string path, CancellationToken ct) => throw ApiException.NotFound("Storage volume not found");

    public Task<(string Path, bool Shift)> AttachCustomAsync(InstanceRecord instance, IdMap map, string pool, string volume, string? snapshot, Func<long, CancellationToken, Task<IdMap>> mapOf, CancellationToken ct) =>
        throw ApiException.NotFound("Storage volume not found");

    private static Task Make(string path)
    {
        Directory.CreateDirectory(Path.Combine(path, "rootfs"));
        return Task.CompletedTask;
    }

    private static Task Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), true);
        }

        return Task.CompletedTask;
    }

    private static Task Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, true);
        }

        return Task.CompletedTask;
    }
}

internal sealed class FakeNetworks : IInstanceNetworks
{
    public INicLinks Links { get; } = new FakeLinks();

    public INicRules Rules { get; } = new FakeRules();

    public Task<NicNetwork?> FindAsync(string project, string name, CancellationToken ct) =>
        Task.FromResult(name == "lxdbr0" ? new NicNetwork(name, "bridge", name, new Dictionary<string, string> { ["ipv4.address"] = "10.1.2.1/24" }) : null);

    public Task LeasesChangedAsync(NicContext nic, CancellationToken ct) => Task.CompletedTask;

    public Task NicStartsAsync(NicContext nic, CancellationToken ct) => Task.CompletedTask;

    public Task<string?> ReserveAsync(NicContext nic, string family, CancellationToken ct) => Task.FromResult<string?>(family == "ipv4" ? "10.1.2.77" : null);

    public Task ReleaseAsync(NicContext nic, CancellationToken ct) => Task.CompletedTask;
}

internal sealed class FakeImages : IInstanceImages
{
    public Task<ResolvedImage> ResolveAsync(string project, InstanceSource source, string type, Action<string> progress, CancellationToken ct) =>
        source.Alias == "bb" ? Task.FromResult(new ResolvedImage(new string('a', 64), "container", "x86_64", new Dictionary<string, string> { ["os"] = "BusyBox" }, ["default"])) : throw ApiException.NotFound("Image not found");
}

internal sealed class FakeTemplates : IInstanceTemplates
{
    public List<string> Applied { get; } = [];

    public Task ApplyAsync(InstanceRecord instance, string volume, string trigger, CancellationToken ct)
    {
        Applied.Add($"{instance.Name} {trigger}");
        return Task.CompletedTask;
    }
}

internal sealed class FakeAddresses : IInstanceAddresses
{
    public Task<Dictionary<string, InstanceStateNetwork>> ReadAsync(int pid, CancellationToken ct) => Task.FromResult(new Dictionary<string, InstanceStateNetwork>());
}

/// <summary>A daemon whose instances are all fakes, with a root disk in the default profile.</summary>
internal sealed class InstanceLab : IAsyncDisposable
{
    private InstanceLab(TestDaemon daemon, FakeDriver driver, FakeVolumes volumes, FakeTemplates templates, FakeNetworks networks)
    {
        Networks = networks;
        Daemon = daemon;
        Driver = driver;
        Volumes = volumes;
        Templates = templates;
    }

    public TestDaemon Daemon { get; }
    public FakeNetworks Networks { get; }

    /// <summary>What was asked of the rules of the host.</summary>
    public List<string> Rules => ((FakeRules)Networks.Rules).Log;

    public FakeDriver Driver { get; }
    public FakeVolumes Volumes { get; }
    public FakeTemplates Templates { get; }

    public static async Task<InstanceLab> StartAsync()
    {
        var driver = new FakeDriver();
        var templates = new FakeTemplates();
        var networks = new FakeNetworks();
        FakeVolumes? volumes = null;
        var daemon = await TestDaemon.StartAsync(instances: c => new InstanceNeeds(driver, volumes = new FakeVolumes(c.Paths.Root), networks, new FakeImages(), templates, new FakeAddresses()));
        var (status, body) = await daemon.SendAsync("PUT", "/1.0/profiles/default", """{"devices":{"root":{"type":"disk","path":"/","pool":"default"}}}""");
        Assert.True(status == 202, body?["error"]?.ToString());
        return new InstanceLab(daemon, driver, volumes!, templates, networks);
    }

    /// <summary>Runs a request's operation, which must succeed.</summary>
    public async Task DoAsync(string method, string path, string json = "{}")
    {
        var operation = await Daemon.RunAsync(method, path, json);
        Assert.True((int)operation["status_code"]! == 200, $"{method} {path}: {operation["err"]}");
    }

    /// <summary>Runs a request that must fail, at once or in its operation; returns the words.</summary>
    public async Task<(int Status, string Error)> FailAsync(string method, string path, string json = "{}")
    {
        var (status, body) = await Daemon.SendAsync(method, path, json);
        if (status != 202)
        {
            return (status, (string)body!["error"]!);
        }

        var operation = (await Daemon.GetAsync((string)body!["operation"]! + "/wait"))!;
        Assert.Equal(400, (int)operation["status_code"]!);
        return ((int)operation["err_code"]!, (string)operation["err"]!);
    }

    public Task CreateAsync(string name, string more = "") => DoAsync("POST", "/1.0/instances", $$"""{"name":"{{name}}","source":{"type":"none"}{{more}}}""");

    public Task StateAsync(string name, string action, bool force = false) => DoAsync("PUT", $"/1.0/instances/{name}/state", $$"""{"action":"{{action}}","force":{{(force ? "true" : "false")}}}""");

    public async Task<string> StatusAsync(string name) => (string)(await Daemon.GetAsync($"/1.0/instances/{name}"))!["status"]!;

    public ValueTask DisposeAsync() => Daemon.DisposeAsync();
}
