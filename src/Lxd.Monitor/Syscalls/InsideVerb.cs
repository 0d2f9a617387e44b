using System.Runtime.InteropServices;

namespace Lxd.Monitor.Syscalls;

/// <summary><c>inside CGROUPS UID GID COMMAND...</c>: runs a program in a container, in the root, working directory and namespaces of descriptors 3 to 10 and in the container's
/// cgroups. Only a process of one thread may enter a user namespace, so <c>nsenter</c> does that.</summary>
internal static unsafe partial class InsideVerb
{
    private static readonly string[] Spaces = ["--root", "--wd", "--user", "--mount", "--pid", "--net", "--ipc", "--uts"];

    public static int Run(string[] args)
    {
        foreach (var cgroup in args[0].Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                File.WriteAllText(Path.Combine(cgroup, "cgroup.procs"), "0");
            }
            catch (IOException)
            {
                // One that this kernel lets nobody join: the others count it.
            }
        }

        Signals.RestoreSigpipe();
        string[] command = ["nsenter", .. Spaces.Select((s, i) => $"{s}=/proc/self/fd/{3 + i}"), "--setuid", args[1], "--setgid", args[2], "--", .. args.AsSpan(3)];
        var words = stackalloc byte*[command.Length + 1];
        for (var i = 0; i < command.Length; i++)
        {
            words[i] = (byte*)Marshal.StringToCoTaskMemUTF8(command[i]);
        }

        words[command.Length] = null;
        var environment = stackalloc byte*[2];
        environment[0] = (byte*)Marshal.StringToCoTaskMemUTF8("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment[1] = null;
        return execve("/usr/bin/nsenter", words, environment) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execve(string path, byte** arguments, byte** environment);
}
