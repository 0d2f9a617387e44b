using System.Globalization;
using Lxd.Core;
using Lxd.Linux.Cgroups;
using Lxd.Linux.Mounts;
using Lxd.Linux.Spawn;

namespace Lxd.Runtime.Lxc;

/// <summary>Changes of a running container, made from outside.</summary>
internal sealed class LiveContainer(LxcDriver driver, InstanceRef instance, int init) : ILiveInstance
{
    private readonly Cgroup _cgroup = Cgroup.OfInit(init);

    public InstanceUsage Usage() => ContainerUsage.Of(_cgroup, init);

    public InstanceMetrics Metrics() => ContainerMetrics.Of(_cgroup, init);

    public void Apply(ResourceLimits limits)
    {
        foreach (var (key, value, set) in CgroupLimits.All(limits, _cgroup.IsV2))
        {
            // The limit of memory and swap together may not be below that of memory, so it is lifted before it is set.
            var written = key == "cpuset.cpus" && !set ? WriteAllCpus() : _cgroup.Write(key[..key.IndexOf('.')], key, value);
            if (!written && set)
            {
                throw ApiException.Internal($"Failed setting {key} to {value}");
            }
        }
    }

    public async Task MountAsync(MountSpec mount, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (mount.FileSystem.Length > 0)
        {
            throw ApiException.BadRequest("A block device with a file system cannot be attached to a running container");
        }

        await InsideMounts.MountAsync(init, mount.Source, mount.Target, mount.IsFile, mount.ReadOnly, mount.Recursive, mount.Shift, RootUid()).ConfigureAwait(false);
    }

    public async Task UnmountAsync(string target, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        // What else the mount hid stays as it was; in /dev the place was made for it.
        await InsideMounts.UnmountAsync(init, target, target.StartsWith("/dev/", StringComparison.Ordinal)).ConfigureAwait(false);
    }

    public async Task AddDeviceAsync(UnixDeviceSpec device, CancellationToken ct)
    {
        await AllowAsync("devices.allow", device, ct).ConfigureAwait(false);
        await InsideMounts.MountAsync(init, device.HostPath, device.Path, true, false, false, false, RootUid()).ConfigureAwait(false);
    }

    public async Task RemoveDeviceAsync(UnixDeviceSpec device, CancellationToken ct)
    {
        await InsideMounts.UnmountAsync(init, device.Path, device.Path.StartsWith("/dev/", StringComparison.Ordinal)).ConfigureAwait(false);
        await AllowAsync("devices.deny", device, ct).ConfigureAwait(false);
    }

    public async Task AddNicAsync(NicSpec nic, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await LiveNics.AddAsync(init, nic).ConfigureAwait(false);
        if (nic.Returns)
        {
            await driver.Nics.KeepAsync(instance, init).ConfigureAwait(false);
        }
    }

    public Task RemoveNicAsync(NicSpec nic, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        return LiveNics.RemoveAsync(init, nic);
    }

    public async Task<IConsoleSession> ConsoleAsync(CancellationToken ct)
    {
        var (ours, theirs) = Descriptors.SocketPair();
        var nothing = File.OpenHandle("/dev/null");
        var fd = (int)nothing.DangerousGetHandle();
        var helper = ChildProcess.Start(MonitorProgram.Path, ["console", instance.Name, driver.LxcPath, instance.ConfigFile], MonitorProgram.Environment, [(fd, 0), (fd, 1), (fd, 2), ((int)theirs.DangerousGetHandle(), 3)], session: true);
        theirs.Dispose();
        nothing.Dispose();
        var terminal = await Task.Run(() => Descriptors.Receive(ours), ct).ConfigureAwait(false);
        if (terminal is null)
        {
            ours.Dispose();
            await helper.Exit.WaitAsync(ct).ConfigureAwait(false);
            throw ApiException.BadRequest("The console is in use or the instance has none");
        }

        return new LxcConsoleSession(helper, ours, terminal);
    }

    private async Task AllowAsync(string file, UnixDeviceSpec device, CancellationToken ct)
    {
        var rule = $"{(device.Block ? 'b' : 'c')} {device.Major}:{device.Minor} rwm";
        if (!_cgroup.Write("devices", file, rule))
        {
            await driver.RunHelperAsync(["cgroup-set", instance.Name, driver.LxcPath, instance.ConfigFile, file, rule], ct).ConfigureAwait(false);
        }
    }

    private bool WriteAllCpus() => File.Exists("/sys/devices/system/cpu/online") && _cgroup.Write("cpuset", "cpuset.cpus", File.ReadAllText("/sys/devices/system/cpu/online").Trim());

    private uint RootUid() => uint.TryParse(File.ReadLines($"/proc/{init}/uid_map").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], out var uid) ? uid : 0;
}
