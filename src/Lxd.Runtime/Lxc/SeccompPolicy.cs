using System.Text;
using Lxd.Runtime.Interception;

namespace Lxd.Runtime.Lxc;

/// <summary>The system calls a container may not make, and those that are asked about, in liblxc's policy format.</summary>
internal static class SeccompPolicy
{
    /// <summary>Calls that reach the host's kernel itself: module loading, kexec, and opening files by handle, which ignores the container's root.</summary>
    private static readonly string[] Harmful = ["kexec_load", "kexec_file_load", "open_by_handle_at", "init_module", "finit_module", "delete_module"];

    /// <summary>The newer way to mount, in steps that nobody can judge one by one: programs fall back to <c>mount</c>.</summary>
    private static readonly string[] MountInSteps = ["fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "mount_setattr"];

    /// <summary>The policy; empty where the container may make any call, which takes no filter.</summary>
    public static string Build(InstanceSpec spec)
    {
        if (spec.RawSeccomp.Length > 0)
        {
            return spec.RawSeccomp;
        }

        if (spec is { SyscallsAllowed.Count: 0, SyscallsDenied.Count: 0, DenyDefaultSyscalls: false, DenyCompatSyscalls: false, Intercept: null })
        {
            return "";
        }

        var text = new StringBuilder();
        if (spec.SyscallsAllowed.Count > 0)
        {
            text.Append("2\nallowlist\n[all]\n");
            Lines(text, spec.SyscallsAllowed, "");
        }
        else
        {
            text.Append("2\ndenylist\n").Append(spec.DenyDefaultSyscalls ? "reject_force_umount\n" : "").Append("[all]\n");
            Lines(text, spec.DenyDefaultSyscalls ? Harmful : [], " errno 38");
            Lines(text, spec.SyscallsDenied, "");
        }

        if (spec.Intercept is { } intercept)
        {
            Lines(text, Intercepted(intercept), "");
        }

        if (spec.DenyCompatSyscalls)
        {
            CompatSyscalls.Deny(text);
        }

        return text.ToString();
    }

    /// <summary>Where the arguments tell already that it is none of ours, the kernel is not held up.</summary>
    private static IEnumerable<string> Intercepted(InterceptSettings intercept) =>
    [
        .. intercept.Mknod ? (string[])["mknod notify [1,8192,SCMP_CMP_MASKED_EQ,61440]", "mknodat notify [2,8192,SCMP_CMP_MASKED_EQ,61440]"] : [],
        .. intercept.Setxattr ? (string[])["setxattr notify [3,1,SCMP_CMP_EQ]"] : [],
        .. intercept.Mount ? MountInSteps.Select(c => c + " errno 38").Append("mount notify") : [],
        .. intercept.Scheduler ? (string[])["sched_setscheduler notify"] : [],
        .. intercept.Bpf ? (string[])["bpf notify"] : [],
        .. intercept.Sysinfo ? (string[])["sysinfo notify"] : [],
    ];

    private static void Lines(StringBuilder text, IEnumerable<string> calls, string action)
    {
        foreach (var call in calls)
        {
            text.Append(call).Append(action).Append('\n');
        }
    }
}
