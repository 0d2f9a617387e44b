using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Daemon.Instances.Devices;

namespace Lxd.Daemon.Instances;

/// <summary>What a project with <c>restricted</c> set does not allow its instances.</summary>
internal static class ProjectRestrictions
{
    /// <summary>Calls whose arguments the host's kernel sees only after they were judged, and which give nobody more of the host.</summary>
    private static readonly string[] SafeInterception = ["bpf", "bpf.devices", "mknod", "mount", "mount.fuse", "setxattr", "sysinfo"];

    private static readonly string[] LowLevel =
        ["boot.host_shutdown_timeout", "linux.kernel_modules", "raw.apparmor", "raw.lxc", "raw.seccomp", "security.devlxd.images", "security.idmap.base", "security.idmap.size"];

    private static readonly string[] MachineLowLevel = ["raw.apparmor", "raw.qemu", "raw.qemu.conf", "limits.memory.hugepages"];

    private static readonly Dictionary<string, string> Devices = new()
    {
        ["gpu"] = "GPU", ["infiniband"] = "Infiniband", ["pci"] = "PCI", ["proxy"] = "Proxy", ["tpm"] = "TPM", ["unix-block"] = "Unix block", ["unix-char"] = "Unix character", ["unix-hotplug"] = "Unix hotplug", ["usb"] = "USB",
    };

    /// <param name="doing">What the message says is not allowed: <c>creation</c>.</param>
    public static void Check(InstanceRecord instance, IReadOnlyDictionary<string, string> project, string doing)
    {
        try
        {
            Check(instance, project);
        }
        catch (ApiException e) when (e.Status == 403)
        {
            throw ApiException.Forbidden($"Failed checking if instance {doing} allowed: {e.Message}");
        }
    }

    /// <summary>Throws forbidden for the first thing the project blocks.</summary>
    public static void Check(InstanceRecord instance, IReadOnlyDictionary<string, string> project)
    {
        if (!Checks.IsTrue(project.GetValueOrDefault("restricted")))
        {
            return;
        }

        // A profile may serve both.
        if (instance.Type != "virtual-machine")
        {
            CheckContainer(instance, project);
        }

        if (!instance.IsContainer)
        {
            CheckLowLevel(instance, project, "restricted.virtual-machines.lowlevel", MachineLowLevel);
        }

        foreach (var (name, device) in instance.ExpandedDevices)
        {
            CheckDevice(instance, name, device, project);
        }
    }

    private static void CheckContainer(InstanceRecord instance, IReadOnlyDictionary<string, string> project)
    {
        var privilege = Rule(project, "restricted.containers.privilege", "unprivileged");
        if (privilege != "allow" && instance.IsTrue("security.privileged"))
        {
            throw Config(instance, "security.privileged", "Privileged containers are forbidden");
        }

        // A profile that says nothing of it leaves it to the instance.
        if (privilege == "isolated" && (instance.Type != "profile" || instance.ExpandedConfig.ContainsKey("security.idmap.isolated")) && !instance.IsTrue("security.idmap.isolated"))
        {
            throw Config(instance, "security.idmap.isolated", "Non-isolated containers are forbidden");
        }

        if (Rule(project, "restricted.containers.nesting", "block") != "allow" && instance.IsTrue("security.nesting"))
        {
            throw Config(instance, "security.nesting", "Container nesting is forbidden");
        }

        CheckLowLevel(instance, project, "restricted.containers.lowlevel", LowLevel);
        CheckIdMap(instance, project);
        var interception = Rule(project, "restricted.containers.interception", "block");
        if (interception != "full" && instance.ExpandedConfig.FirstOrDefault(c => c.Key.StartsWith("security.syscalls.intercept.", StringComparison.Ordinal) && !Checks.IsFalse(c.Value)
            && (interception != "allow" || !SafeInterception.Contains(c.Key["security.syscalls.intercept.".Length..]))).Key is { } syscall)
        {
            throw Config(instance, syscall, $"Container syscall interception \"{syscall}\" is forbidden");
        }
    }

    private static void CheckLowLevel(InstanceRecord instance, IReadOnlyDictionary<string, string> project, string rule, string[] keys)
    {
        if (Rule(project, rule, "block") != "allow" && instance.ExpandedConfig.Keys.FirstOrDefault(k => keys.Contains(k)) is { } low)
        {
            throw Config(instance, low, $"Use of low-level config \"{low}\" is forbidden");
        }
    }

    /// <summary>Ids of the host that <c>raw.idmap</c> names have to be among those the project may use.</summary>
    private static void CheckIdMap(InstanceRecord instance, IReadOnlyDictionary<string, string> project)
    {
        if (instance.Get("raw.idmap") is not { Length: > 0 } raw || Rule(project, "restricted.containers.lowlevel", "block") == "allow")
        {
            return;
        }

        var (users, groups) = (Ranges(project, "restricted.idmap.uid"), Ranges(project, "restricted.idmap.gid"));
        if (users.Count + groups.Count == 0)
        {
            throw Config(instance, "raw.idmap", "Use of low-level config \"raw.idmap\" is forbidden");
        }

        foreach (var entry in Linux.IdMaps.IdMap.Empty.With(raw).Entries)
        {
            if (entry.Users && !users.Exists(r => r.First <= entry.HostId && entry.HostId + entry.Count - 1 <= r.Last) || entry.Groups && !groups.Exists(r => r.First <= entry.HostId && entry.HostId + entry.Count - 1 <= r.Last))
            {
                throw Config(instance, "raw.idmap", $"Host id {entry.HostId} is not allowed");
            }
        }
    }

    private static List<(long First, long Last)> Ranges(IReadOnlyDictionary<string, string> project, string key) =>
        [.. project.GetValueOrDefault(key, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('-'))
            .Where(r => long.TryParse(r[0], out _) && long.TryParse(r[^1], out _)).Select(r => (long.Parse(r[0], System.Globalization.CultureInfo.InvariantCulture), long.Parse(r[^1], System.Globalization.CultureInfo.InvariantCulture)))];

    private static void CheckDevice(InstanceRecord instance, string name, Dictionary<string, string> device, IReadOnlyDictionary<string, string> project)
    {
        var type = device.GetValueOrDefault("type", "");
        switch (type)
        {
            case "none":
                return;
            case "nic":
                Managed(Rule(project, "restricted.devices.nic", "managed"), device.GetValueOrDefault("network", "").Length > 0, "Only managed network devices are allowed", "Network devices are forbidden");
                var network = device.GetValueOrDefault("network", "") is { Length: > 0 } managed ? managed : device.GetValueOrDefault("parent", "");
                if (network.Length > 0 && !Networks.NetworkAccess.IsListed(project, network))
                {
                    throw Device(instance, name, $"Network \"{network}\" is not allowed");
                }

                return;
            case "disk" when InstanceRecord.IsRoot(device):
                return;
            case "disk":
                Managed(Rule(project, "restricted.devices.disk", "managed"), device.GetValueOrDefault("pool", "").Length > 0, "Attaching disks not backed by a pool is forbidden", "Disk devices are forbidden");
                if (device.GetValueOrDefault("pool", "").Length == 0 && !DiskPaths.IsAllowed(project, device.GetValueOrDefault("source", "")))
                {
                    throw Device(instance, name, $"Disk source path \"{device.GetValueOrDefault("source", "")}\" not allowed");
                }

                return;
            default:
                if (Rule(project, $"restricted.devices.{type}", "block") != "allow")
                {
                    throw Device(instance, name, $"{Devices.GetValueOrDefault(type, type)} devices are forbidden");
                }

                return;
        }

        void Managed(string rule, bool isManaged, string unmanaged, string none)
        {
            if (rule == "block")
            {
                throw Device(instance, name, none);
            }

            if (rule == "managed" && !isManaged)
            {
                throw Device(instance, name, unmanaged);
            }
        }
    }

    private static string Rule(IReadOnlyDictionary<string, string> project, string key, string fallback) => project.GetValueOrDefault(key, "") is { Length: > 0 } value ? value : fallback;

    private static ApiException Config(InstanceRecord instance, string key, string why) =>
        ApiException.Forbidden($"Invalid value \"{instance.Get(key)}\" for config \"{key}\" on {instance.Type} \"{instance.Name}\" of project \"{instance.Project}\": {why}");

    private static ApiException Device(InstanceRecord instance, string name, string why) =>
        ApiException.Forbidden($"Invalid device \"{name}\" on {instance.Type} \"{instance.Name}\" of project \"{instance.Project}\": {why}");
}
