using System.Text;

namespace Lxd.Runtime.Lxc;

/// <summary>The system calls a container may not make, in liblxc's policy format.</summary>
internal static class SeccompPolicy
{
    /// <summary>Calls that reach the host's kernel itself: module loading, kexec, and opening files by handle, which ignores the container's root.</summary>
    private static readonly string[] Harmful = ["kexec_load", "kexec_file_load", "open_by_handle_at", "init_module", "finit_module", "delete_module"];

    public static string Build(InstanceSpec spec)
    {
        if (spec.RawSeccomp.Length > 0)
        {
            return spec.RawSeccomp;
        }

        var text = new StringBuilder();
        if (spec.SyscallsAllowed.Count > 0)
        {
            text.Append("2\nallowlist\n[all]\n");
            foreach (var call in spec.SyscallsAllowed)
            {
                text.Append(call).Append('\n');
            }

            return text.ToString();
        }

        text.Append("2\ndenylist\n");
        if (spec.DenyDefaultSyscalls)
        {
            text.Append("reject_force_umount\n");
        }

        text.Append("[all]\n");
        if (spec.DenyDefaultSyscalls)
        {
            foreach (var call in Harmful)
            {
                text.Append(call).Append(" errno 38\n");
            }
        }

        foreach (var call in spec.SyscallsDenied)
        {
            text.Append(call.Contains(' ') ? call : call + " errno 38").Append('\n');
        }

        return text.ToString();
    }
}
