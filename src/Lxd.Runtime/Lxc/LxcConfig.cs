using System.Globalization;
using System.Text;

namespace Lxd.Runtime.Lxc;

/// <summary>The configuration file of a container in liblxc's keys.</summary>
/// <param name="seccompFile">The policy of system calls; empty for none.</param>
internal sealed class LxcConfig(InstanceSpec spec, string seccompFile, string seccompSocket, string rootMount)
{
    /// <summary>What a container does not need of its host, when its root is the host's root.</summary>
    private const string DroppedPrivileged = "mac_admin mac_override sys_time sys_module sys_rawio";

    private static readonly string[] LxcfsFiles = ["cpuinfo", "diskstats", "loadavg", "meminfo", "slabinfo", "stat", "swaps", "uptime"];
    private readonly StringBuilder _text = new();

    public string Build()
    {
        Basics();
        Security();
        IdMap();
        Mounts();
        Devices();
        Nics();
        Limits();
        foreach (var (name, value) in spec.Environment)
        {
            Add("lxc.environment", $"{name}={value}");
        }

        foreach (var (name, value) in spec.KernelLimits)
        {
            Add("lxc.prlimit." + name, value);
        }

        foreach (var (name, value) in spec.Sysctls)
        {
            Add("lxc.sysctl." + name, value);
        }

        Add("lxc.rootfs.path", "dir:" + spec.RootFs);
        Add("lxc.rootfs.mount", rootMount);
        if (!spec.IdMap.IsEmpty && spec.IdmappedRoot)
        {
            Add("lxc.rootfs.options", "idmap=container");
        }

        if (spec.RawLxc.Length > 0)
        {
            _text.Append(spec.RawLxc).Append('\n');
        }

        return _text.ToString();
    }

    private void Basics()
    {
        Add("lxc.log.file", spec.Instance.LogFile);
        Add("lxc.log.level", "warn");
        Add("lxc.console.buffer.size", "auto");
        Add("lxc.console.size", "auto");
        Add("lxc.console.logfile", spec.Instance.ConsoleLog);
        Add("lxc.mount.auto", "proc:rw sys:rw cgroup:mixed");
        Add("lxc.autodev", "1");
        Add("lxc.pty.max", "1024");
        Add("lxc.tty.max", "0");
        Add("lxc.uts.name", spec.Hostname);
        Add("lxc.arch", spec.Architecture == "i686" ? "linux32" : "linux64");
    }

    private void Security()
    {
        if (AppArmor.Usable)
        {
            Add("lxc.apparmor.profile", "generated");
            Add("lxc.apparmor.allow_nesting", spec.Nesting ? "1" : "0");
            foreach (var line in spec.RawAppArmor.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                Add("lxc.apparmor.raw", line);
            }
        }
        else if (AppArmor.Enforced)
        {
            Add("lxc.apparmor.profile", "unconfined");
        }

        if (seccompFile.Length > 0)
        {
            Add("lxc.seccomp.profile", seccompFile);
        }

        if (spec.Intercept is not null)
        {
            Add("lxc.seccomp.notify.proxy", "unix:" + seccompSocket);
            Add("lxc.seccomp.notify.cookie", spec.Cookie);
        }

        if (spec.IdMap.IsEmpty)
        {
            Add("lxc.cap.drop", DroppedPrivileged);
        }

        // On cgroup v1 the list works by file, on v2 liblxc compiles it. A user namespace keeps an unprivileged container from device nodes anyway, unless file systems that
        // may hold any are mounted for it.
        if (spec.IdMap.IsEmpty || spec.Intercept is { Mount: true })
        {
            Devices("lxc.cgroup.devices");
            Devices("lxc.cgroup2.devices");
        }
    }

    private void Devices(string prefix)
    {
        Add(prefix + ".deny", "a");
        foreach (var rule in (string[])["b *:* m", "c *:* m", "c 136:* rwm", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm", "c 10:229 rwm", "c 10:200 rwm"])
        {
            Add(prefix + ".allow", rule);
        }

        foreach (var device in spec.UnixDevices)
        {
            Add(prefix + ".allow", $"{(device.Block ? 'b' : 'c')} {device.Major}:{device.Minor} rwm");
        }
    }

    private void IdMap()
    {
        foreach (var entry in spec.IdMap.Entries)
        {
            if (entry.Users)
            {
                Add("lxc.idmap", $"u {entry.InnerId} {entry.HostId} {entry.Count}");
            }

            if (entry.Groups)
            {
                Add("lxc.idmap", $"g {entry.InnerId} {entry.HostId} {entry.Count}");
            }
        }
    }

    private void Mounts()
    {
        Entry("/dev/fuse", "dev/fuse", "bind,create=file,optional");
        Entry("/dev/net/tun", "dev/net/tun", "bind,create=file,optional");
        foreach (var directory in (string[])["proc/sys/fs/binfmt_misc", "sys/fs/fuse/connections", "sys/fs/pstore", "sys/kernel/debug", "sys/kernel/security", "sys/kernel/tracing"])
        {
            Entry("/" + directory, directory, "rbind,create=dir,optional");
        }

        if (File.Exists("/var/lib/lxcfs/proc/meminfo"))
        {
            foreach (var file in LxcfsFiles.Where(f => File.Exists("/var/lib/lxcfs/proc/" + f)))
            {
                Entry("/var/lib/lxcfs/proc/" + file, "proc/" + file, "bind,optional");
            }

            Entry("/var/lib/lxcfs", "var/lib/lxcfs", "rbind,create=dir,optional");
        }

        if (spec.Nesting)
        {
            Entry("proc", "dev/.lxc/proc", "create=dir,optional", "proc");
            Entry("sysfs", "dev/.lxc/sys", "create=dir,optional", "sysfs");
        }

        foreach (var mount in spec.Mounts)
        {
            var options = new List<string>();
            if (mount.FileSystem.Length == 0)
            {
                options.Add(mount.Recursive ? "rbind" : "bind");
            }

            options.Add(mount.IsFile ? "create=file" : "create=dir");
            options.AddRange(mount.ReadOnly ? ["ro"] : []);
            options.AddRange(mount.Optional ? ["optional"] : []);
            options.AddRange(mount.Shift && !spec.IdMap.IsEmpty ? ["idmap=container"] : []);
            options.AddRange(mount.Propagation.Length > 0 ? [mount.Propagation] : []);
            options.AddRange(mount.Options.Length > 0 ? [mount.Options] : []);
            Entry(mount.Source, mount.Target.TrimStart('/'), string.Join(',', options), mount.FileSystem.Length > 0 ? mount.FileSystem : "none");
        }
    }

    private void Devices()
    {
        foreach (var device in spec.UnixDevices)
        {
            Entry(device.HostPath, device.Path.TrimStart('/'), "bind,create=file");
        }
    }

    private void Nics()
    {
        if (spec.Nics.Count == 0)
        {
            Add("lxc.net.0.type", "empty");
        }

        for (var i = 0; i < spec.Nics.Count; i++)
        {
            var nic = spec.Nics[i];
            var prefix = $"lxc.net.{i.ToString(CultureInfo.InvariantCulture)}.";
            Add(prefix + "type", "phys");
            Add(prefix + "link", nic.Link);
            Add(prefix + "name", nic.Name);
            Add(prefix + "flags", "up");
            foreach (var address in nic.Addresses)
            {
                // Without a broadcast address of its own it would get one made up.
                Add(prefix + (address.Contains(':') ? "ipv6.address" : "ipv4.address"), address.Contains(':') ? address : address + " 0.0.0.0");
            }

            foreach (var gateway in nic.Gateways)
            {
                Add(prefix + (gateway == "dev6" || gateway.Contains(':') ? "ipv6.gateway" : "ipv4.gateway"), gateway.StartsWith("dev", StringComparison.Ordinal) ? "dev" : gateway);
            }
        }
    }

    private void Limits()
    {
        var v2 = CgroupControllers.IsUnified;
        var hugePages = CgroupControllers.Has("hugetlb");
        foreach (var (key, value) in CgroupLimits.Lines(spec.Limits, v2).Where(l => hugePages || !l.Key.StartsWith("hugetlb.", StringComparison.Ordinal)))
        {
            Add((v2 ? "lxc.cgroup2." : "lxc.cgroup.") + key, value);
        }
    }

    private void Entry(string source, string target, string options, string type = "none") =>
        Add("lxc.mount.entry", $"{Escape(source)} {Escape(target)} {type} {options} 0 0");

    /// <summary>As in fstab: a space would end the field.</summary>
    private static string Escape(string path) => path.Replace("\\", "\\134", StringComparison.Ordinal).Replace(" ", "\\040", StringComparison.Ordinal).Replace("\t", "\\011", StringComparison.Ordinal).Replace("\n", "\\012", StringComparison.Ordinal);

    /// <summary>A line of its own: a name or a value with a line break would smuggle in another key.</summary>
    private void Add(string key, string value)
    {
        if (key.Any(char.IsControl) || value.Contains('\n') || value.Contains('\0'))
        {
            throw Core.ApiException.BadRequest($"{key.Split('\n')[0]} has a line break");
        }

        _text.Append(key).Append(" = ").Append(value).Append('\n');
    }
}
