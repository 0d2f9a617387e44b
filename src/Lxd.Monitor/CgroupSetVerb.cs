using Lxd.Linux.Lxc;

namespace Lxd.Monitor;

/// <summary><c>cgroup-set NAME PATH CONFIG KEY VALUE</c>: lets liblxc change a running container's cgroup (device rules are a BPF program on cgroup v2).</summary>
internal static class CgroupSetVerb
{
    public static int Run(string[] args)
    {
        using var container = new LxcContainer(args[0], args[1]);
        return container.Load(args[2]) && container.SetCgroupItem(args[3], args[4]) ? 0 : 1;
    }
}
