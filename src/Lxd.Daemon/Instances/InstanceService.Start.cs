using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Core.Config;
using Lxd.Daemon.Instances.Devices;
using Lxd.Linux.IdMaps;
using Lxd.Runtime;
using Lxd.Runtime.Lxc;

namespace Lxd.Daemon.Instances;

internal sealed partial class InstanceService
{
    /// <summary>Starts an instance; conflict while another verb runs on it, bad request where it runs already.</summary>
    public async Task StartAsync(InstanceRecord instance, OperationRequestor? requestor, CancellationToken ct)
    {
        using var lease = await with.Locks.TakeAsync(instance.Id, "start", ct).ConfigureAwait(false);
        var started = await StartHeldAsync(instance, ct).ConfigureAwait(false);
        Tell("instance-started", started, requestor);
    }

    /// <summary>The start itself, while the caller holds the instance.</summary>
    private async Task<InstanceRecord> StartHeldAsync(InstanceRecord asked, CancellationToken ct)
    {
        var instance = await ReloadAsync(asked, ct).ConfigureAwait(false);
        if (instance.IsTrue("security.protection.start"))
        {
            throw ApiException.BadRequest("Instance is protected from being started");
        }

        if (IsRunning(instance))
        {
            throw ApiException.BadRequest("The instance is already running");
        }

        if (!instance.IsContainer)
        {
            throw ApiException.BadRequest($"Instance type \"{instance.Type}\" is not supported on this server: There is no driver that runs it");
        }

        CheckRequirements(instance);
        await with.Volumes.CheckPoolAsync(instance.Pool, ct).ConfigureAwait(false);
        Backups.BackupFiles.CheckConfined(with.Volumes.PathOf(instance));
        await with.Devices.CheckAsync(instance, ct).ConfigureAwait(false);
        await BeforeStart(instance, ct).ConfigureAwait(false);
        await using var undo = Undo("start");
        (instance, var map) = await with.IdMaps.AssignAsync(instance, ct).ConfigureAwait(false);
        instance = await ShiftAsync(instance, map, ct).ConfigureAwait(false);
        Directory.CreateDirectory(LogDirectory(instance), PrivateDirectory);
        var run = await with.Devices.StartAllAsync(instance, map, ct).ConfigureAwait(false);
        var started = instance.With(run.Volatile);
        undo.Add(() => CleanAsync(started, "STOPPED"));
        with.Volumes.Protect(instance, map);
        await ApplyTemplatesAsync(instance, ct).ConfigureAwait(false);
        instance = await RecordStartAsync(instance, run, ct).ConfigureAwait(false);
        await with.Driver.StartAsync(Spec(instance, map, run), ct).ConfigureAwait(false);
        undo.Add(async () =>
        {
            with.Driver.Kill(with.RefOf(started));
            await with.Driver.WaitStoppedAsync(with.RefOf(started), CancellationToken.None).ConfigureAwait(false);
        });
        ct.ThrowIfCancellationRequested();
        var live = run.AfterStart.Count > 0 ? with.Driver.Live(with.RefOf(instance)) : null;
        foreach (var after in run.AfterStart)
        {
            await after(live!, ct).ConfigureAwait(false);
        }

        undo.Commit();
        await with.BackupFiles.WriteAsync(instance.Id, CancellationToken.None).ConfigureAwait(false);
        Watch(instance);
        return instance;
    }

    /// <summary>Throws where the image needs what the host or the configuration does not give: <c>requirements.*</c> among its properties.</summary>
    private static void CheckRequirements(InstanceRecord instance)
    {
        if (instance.Get("image.requirements.cgroup") == "v1" && CgroupControllers.IsUnified)
        {
            throw ApiException.BadRequest("The image used by this instance requires a CGroupV1 host system");
        }

        if (instance.IsTrue("image.requirements.nesting") && !instance.IsTrue("security.nesting"))
        {
            throw ApiException.BadRequest("The image used by this instance requires nesting. Please set security.nesting=true on the instance");
        }
    }

    /// <summary>What follows a start's checks and comes before it (snapshots at startup), while the instance is held; set by the domain.</summary>
    public Func<InstanceRecord, CancellationToken, Task> BeforeStart { get; set; } = (_, _) => Task.CompletedTask;

    private async Task ApplyTemplatesAsync(InstanceRecord instance, CancellationToken ct)
    {
        var volume = with.Volumes.PathOf(instance);
        if (instance.Config.GetValueOrDefault("volatile.apply_template", "") is { Length: > 0 } trigger)
        {
            await with.Templates.ApplyAsync(instance, volume, trigger, ct).ConfigureAwait(false);
        }

        await with.Templates.ApplyAsync(instance, volume, "start", ct).ConfigureAwait(false);
    }

    private async Task<InstanceRecord> RecordStartAsync(InstanceRecord instance, DeviceRun run, CancellationToken ct)
    {
        await with.Store.TouchAsync(instance.Id, DateTime.UtcNow, ct).ConfigureAwait(false);
        return await with.Store.SetConfigAsync(instance.Id, new Dictionary<string, string?>(run.Volatile)
        {
            ["volatile.last_state.power"] = "RUNNING",
            ["volatile.last_state.ready"] = null,
            ["volatile.apply_template"] = null,
        }, ct).ConfigureAwait(false);
    }

    private InstanceSpec Spec(InstanceRecord instance, IdMap map, DeviceRun run) => new(with.RefOf(instance))
    {
        Hostname = instance.Name,
        RootFs = Files.VolumeFiles.Rootfs(with.Volumes.PathOf(instance)),
        IdMap = map,
        IdmappedRoot = IdMap.FromJson(instance.Config.GetValueOrDefault("volatile.last_state.idmap", "")).IsEmpty,
        Nesting = instance.IsTrue("security.nesting"),
        Architecture = instance.Architecture,
        Mounts = Checks.IsFalse(instance.Get("security.devlxd")) ? run.Mounts : [GuestMount(), .. run.Mounts],
        Nics = run.Nics,
        UnixDevices = run.Nodes,
        Limits = Limits.Of(instance),
        Environment = Limits.Suffixed(instance, "environment."),
        KernelLimits = Limits.Kernel(instance),
        Sysctls = Limits.Suffixed(instance, "linux.sysctl."),
        RawSeccomp = instance.Get("raw.seccomp"),
        RawAppArmor = instance.Get("raw.apparmor"),
        SyscallsDenied = Lines(instance.Get("security.syscalls.deny") is { Length: > 0 } deny ? deny : instance.Get("security.syscalls.blacklist")),
        SyscallsAllowed = Lines(instance.Get("security.syscalls.allow") is { Length: > 0 } allow ? allow : instance.Get("security.syscalls.whitelist")),
        DenyDefaultSyscalls = !Checks.IsFalse(instance.Get("security.syscalls.deny_default")) && !Checks.IsFalse(instance.Get("security.syscalls.blacklist_default")),
        DenyCompatSyscalls = instance.IsTrue("security.syscalls.deny_compat") || instance.IsTrue("security.syscalls.blacklist_compat"),
        Intercept = Interception.Of(instance),
        Cookie = Interception.Cookie(instance),
        RawLxc = instance.Get("raw.lxc"),
    };

    private const string GuestSocket = "/dev/lxd";

    /// <summary>The directory with the socket that instances reach the daemon by: a new daemon's socket shows in it too.</summary>
    private MountSpec GuestMount() => new(with.Paths.DevLxd, GuestSocket);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
