using System.Buffers.Binary;
using System.Globalization;
using Lxd.Linux.Namespaces;
using Lxd.Linux.Seccomp;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Interception;

/// <summary><c>sched_setscheduler</c> of a process of the container, by one who may do it within.</summary>
internal static class SchedulingCall
{
    private const int NotPermitted = 1;
    private const int NoSuchProcess = 3;
    private const int Fault = 14;

    public static Answer Answer(Notification call, Caller caller)
    {
        if (!caller.MaySchedule)
        {
            return Linux.Seccomp.Answer.Kernel;
        }

        if (call.Read(call.Arguments[2], sizeof(int)) is not { } parameter)
        {
            return Linux.Seccomp.Answer.Error(Fault);
        }

        var asked = (int)call.Arguments[0];
        var pid = asked == 0 ? call.Pid : Find(call.Pid, asked);
        if (pid == 0)
        {
            return Linux.Seccomp.Answer.Error(NoSuchProcess);
        }

        // Nobody outside, though a process of the host may be in the container's namespace of processes.
        if (ProcessNamespaces.Of(pid, "user") != ProcessNamespaces.Of(call.Init, "user") || !call.IsValid)
        {
            return Linux.Seccomp.Answer.Error(NotPermitted);
        }

        var errno = SchedulerCall.Set(pid, (int)call.Arguments[1], BinaryPrimitives.ReadInt32LittleEndian(parameter));
        return errno == 0 ? Linux.Seccomp.Answer.Success : Linux.Seccomp.Answer.Error(errno);
    }

    /// <summary>The host's id of the process that has an id in the caller's namespace; 0 where there is none.</summary>
    private static int Find(int callerPid, int inner)
    {
        var space = ProcessNamespaces.Of(callerPid, "pid");
        return Processes.All().FirstOrDefault(pid => ProcessNamespaces.Of(pid, "pid") == space && Innermost(pid) == inner);
    }

    private static int Innermost(int pid)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("NSpid:", StringComparison.Ordinal));
            return line is not null && int.TryParse(line.Split('\t')[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
