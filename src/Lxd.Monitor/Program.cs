using Lxd.Monitor;

// Started by the daemon only; each verb does one thing with liblxc in a process that is small enough to fork fast.
return args is [var verb, .. var rest]
    ? verb switch
    {
        "start" => StartVerb.Run(rest),
        "exec" => ExecVerb.Run(rest),
        "console" => ConsoleVerb.Run(rest),
        "cgroup-set" => CgroupSetVerb.Run(rest),
        "version" => VersionVerb.Run(),
        _ => 2,
    }
    : 2;
