using Lxd.Monitor;
using Lxd.Monitor.Confinement;
using Lxd.Monitor.Syscalls;

// Started by the daemon only; each verb does one thing in a process of its own: with liblxc in one that is small enough to fork fast, or within an instance's namespaces.
return args is [var verb, .. var rest]
    ? verb switch
    {
        "start" => StartVerb.Run(rest),
        "exec" => ExecVerb.Run(rest),
        "console" => ConsoleVerb.Run(rest),
        "proxy" => ProxyVerb.Run(rest),
        "cgroup-set" => CgroupSetVerb.Run(rest),
        "mknod" => MknodVerb.Run(rest),
        "setxattr" => SetxattrVerb.Run(rest),
        "mount" => MountVerb.Run(rest),
        "inside" => InsideVerb.Run(rest),
        "confine" => ConfineVerb.Run(rest),
        "confined" => ConfineVerb.RunInside(rest),
        "version" => VersionVerb.Run(),
        _ => 2,
    }
    : 2;
