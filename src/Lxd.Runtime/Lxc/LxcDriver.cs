using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Cgroups;
using Lxd.Linux.Processes;
using Lxd.Linux.Spawn;

namespace Lxd.Runtime.Lxc;

/// <summary>Containers on liblxc. All that forks happens in <c>lxd-monitor</c>, a small program beside the daemon; each running container has a monitor process that
/// needs no daemon, so containers outlive it.</summary>
public sealed class LxcDriver : IInstanceDriver
{
    private const int SigPower = 30;
    private const int SigInterrupt = 2;
    private const int SigKill = 9;
    private const int SigRealtimeMin = 34;
    private readonly string _directory;
    private readonly RunningContainers _running = new();

    /// <param name="directory">LXD_DIR: seccomp policies lie in <c>security/seccomp</c>, liblxc mounts roots on <c>devices/NAME</c>-like directories below it.</param>
    public LxcDriver(string directory)
    {
        _directory = directory;
    }

    /// <summary>The interfaces of running containers.</summary>
    internal LiveNics Nics { get; } = new();

    public (string Name, string Version) Version { get; private set; } = ("lxc", "");

    /// <summary>Finds out the version of liblxc; a host without liblxc fails here.</summary>
    public async Task ProbeAsync(CancellationToken ct) =>
        Version = ("lxc", (await ProcessRunner.RunAsync(MonitorProgram.Path, ["version"], ct).ConfigureAwait(false)).Trim());

    public async Task StartAsync(InstanceSpec spec, CancellationToken ct)
    {
        var instance = spec.Instance;
        var seccomp = SeccompFile(instance);
        var rootMount = Path.Combine(_directory, "rootmount");
        Directory.CreateDirectory(Path.GetDirectoryName(seccomp)!);
        Directory.CreateDirectory(rootMount);
        Directory.CreateDirectory(LxcPath);
        var policy = SeccompPolicy.Build(spec);
        await File.WriteAllTextAsync(seccomp, policy, ct).ConfigureAwait(false);
        await File.WriteAllTextAsync(instance.ConfigFile, new LxcConfig(spec, policy.Length > 0 ? seccomp : "", SeccompSocket(_directory), rootMount).Build(), ct).ConfigureAwait(false);
        File.Delete(instance.LogFile);
        // Not to be cancelled from here on: a container would come up that nobody knows. Who cancels kills it when it is there.
        var (code, output, error) = await RunHelperAsync(["start", instance.Name, LxcPath, instance.ConfigFile], CancellationToken.None).ConfigureAwait(false);
        if (code != 0 || !int.TryParse(output.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid <= 0)
        {
            MonitorCgroups.RemoveNamed(instance.Name);
            throw ApiException.Internal($"Failed to run: lxd-monitor start {instance.Name}: exit status {code}{Why(instance, error)}");
        }

        try
        {
            _running.Add(instance, pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next daemon would not know it.
            Kill(instance);
            await WaitStoppedAsync(instance, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where containers' monitors bring intercepted system calls.</summary>
    public static string SeccompSocket(string directory) => Path.Combine(directory, "seccomp.socket");

    private string SeccompFile(InstanceRef instance) => Path.Combine(_directory, "security", "seccomp", instance.Name);

    public int Pid(InstanceRef instance) => _running.InitPid(instance);

    public bool IsFrozen(InstanceRef instance)
    {
        if (Pid(instance) is not (> 0 and var pid) || Cgroup.FindOfInit(pid) is not { } cgroup)
        {
            return false;
        }

        return cgroup.IsV2 ? cgroup.Read("", "cgroup.freeze") == "1" : cgroup.Read("freezer", "freezer.state") is "FROZEN" or "FREEZING";
    }

    public void RequestShutdown(InstanceRef instance, bool reboot)
    {
        var pid = Pid(instance);
        if (pid > 0)
        {
            Processes.Kill(pid, reboot ? SigInterrupt : ShutdownSignal(pid));
        }
    }

    public void Kill(InstanceRef instance)
    {
        if (Pid(instance) is > 0 and var pid)
        {
            var frozen = IsFrozen(instance);
            Processes.Kill(pid, SigKill);
            if (frozen)
            {
                // The frozen do not die on cgroup v1.
                SetFrozen(pid, false);
            }
        }
    }

    public Task WaitStoppedAsync(InstanceRef instance, CancellationToken ct) => _running.EndedAsync(instance, EndAsync).WaitAsync(ct);

    private static async Task EndAsync(int monitor, int init)
    {
        var left = MonitorCgroups.Of(monitor);
        var payload = MonitorCgroups.OfPayload(init);
        await Pidfd.WaitExitAsync(monitor).ConfigureAwait(false);
        MonitorCgroups.Remove(left);
        await MonitorCgroups.RemoveDyingAsync(payload).ConfigureAwait(false);
    }

    public void Adopt(IReadOnlyList<InstanceRef> instances)
    {
        var monitors = Processes.All().Select(pid => (Pid: pid, Line: Processes.CommandLine(pid))).Where(p => p.Line.StartsWith("[lxc monitor] " + LxcPath + " ", StringComparison.Ordinal))
            .ToLookup(p => p.Line.TrimEnd()[("[lxc monitor] " + LxcPath + " ").Length..], p => p.Pid);
        foreach (var instance in instances.Where(i => _running.MonitorPid(i) == 0))
        {
            if (monitors[instance.Name].SelectMany(Processes.Children).FirstOrDefault() is > 0 and var init)
            {
                _running.Add(instance, init);
            }
            else
            {
                MonitorCgroups.RemoveNamed(instance.Name);
            }
        }
    }

    /// <summary>Forgets what a start wrote; an instance that never started has nothing.</summary>
    public void Remove(InstanceRef instance)
    {
        if (File.Exists(SeccompFile(instance)))
        {
            File.Delete(SeccompFile(instance));
        }
    }

    public async Task SetFrozenAsync(InstanceRef instance, bool frozen, CancellationToken ct)
    {
        var pid = Pid(instance);
        if (pid <= 0)
        {
            throw ApiException.BadRequest("The instance is not running");
        }

        SetFrozen(pid, frozen);
        // Freezing is not done at once for a busy container; the kernel has no event for it on v1.
        for (var i = 0; i < 1000 && IsFrozenState(pid) != (frozen ? "FROZEN" : "THAWED"); i++)
        {
            await Task.Delay(5, ct).ConfigureAwait(false);
        }
    }

    public Task<IExecSession> ExecAsync(InstanceRef instance, ExecRequest request, CancellationToken ct) => LxcExecSession.StartAsync(this, instance, request, ct);

    public async Task KeepNetworkAsync(InstanceRef instance, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (Pid(instance) is > 0 and var pid)
        {
            await Nics.KeepAsync(instance, pid).ConfigureAwait(false);
        }
    }

    public void TakeBackNics(InstanceRef instance, IReadOnlyList<NicSpec> nics) => Nics.TakeBack(instance, nics);

    public ILiveInstance Live(InstanceRef instance) => new LiveContainer(this, instance, Pid(instance) is > 0 and var pid ? pid : throw ApiException.BadRequest("The instance is not running"));

    /// <summary>Where liblxc believes its containers to be; it names the command sockets, so it is part of every call.</summary>
    internal string LxcPath => Path.Combine(_directory, "containers");

    internal async Task<(int Code, string Output, string Error)> RunHelperAsync(string[] arguments, CancellationToken ct)
    {
        using var output = new Pipe();
        var errors = Path.GetTempFileName();
        try
        {
            using var error = File.OpenHandle(errors, FileMode.Create, FileAccess.Write);
            using var nothing = File.OpenHandle("/dev/null");
            var child = ChildProcess.Start(MonitorProgram.Path, arguments, MonitorProgram.Environment, [((int)nothing.DangerousGetHandle(), 0), ((int)output.Write.DangerousGetHandle(), 1), ((int)error.DangerousGetHandle(), 2)], session: true);
            output.Write.Dispose();
            var code = await child.Exit.WaitAsync(ct).ConfigureAwait(false);
            await using var stream = new PollStream(output.Read);
            stream.EndWhenEmpty();
            using var reader = new StreamReader(stream);
            return (code, await reader.ReadToEndAsync(ct).ConfigureAwait(false), await File.ReadAllTextAsync(errors, ct).ConfigureAwait(false));
        }
        finally
        {
            File.Delete(errors);
        }
    }

    /// <summary>systemd shuts down on SIGRTMIN+3, which it blocks and reads from a descriptor; others on SIGPWR.</summary>
    private static int ShutdownSignal(int pid)
    {
        var masks = File.ReadLines($"/proc/{pid}/status").Where(l => l.StartsWith("SigBlk:", StringComparison.Ordinal) || l.StartsWith("SigCgt:", StringComparison.Ordinal))
            .Select(l => ulong.TryParse(l[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var bits) ? bits : 0);
        return masks.Any(mask => (mask >> (SigRealtimeMin + 3 - 1) & 1) == 1) ? SigRealtimeMin + 3 : SigPower;
    }

    private static void SetFrozen(int pid, bool frozen)
    {
        var cgroup = Cgroup.OfInit(pid);
        if (cgroup.IsV2)
        {
            cgroup.Write("", "cgroup.freeze", frozen ? "1" : "0");
        }
        else
        {
            cgroup.Write("freezer", "freezer.state", frozen ? "FROZEN" : "THAWED");
        }
    }

    private static string IsFrozenState(int pid)
    {
        if (Cgroup.FindOfInit(pid) is not { } cgroup)
        {
            return "THAWED";
        }

        return cgroup.IsV2
            ? cgroup.Read("", "cgroup.events")?.Contains("frozen 1", StringComparison.Ordinal) == true ? "FROZEN" : "THAWED"
            : cgroup.Read("freezer", "freezer.state") ?? "THAWED";
    }

    /// <summary>The helper's errors and the first errors in the log: the first is the cause, the rest its consequences.</summary>
    private static string Why(InstanceRef instance, string error)
    {
        var log = File.Exists(instance.LogFile) ? File.ReadLines(instance.LogFile).Where(l => l.Contains("ERROR", StringComparison.Ordinal)).Take(3).Select(l => l.Split(" - ", 3)[^1]) : [];
        var text = string.Join("; ", error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Concat(log));
        return text.Length > 0 ? $" ({text})" : "";
    }
}
