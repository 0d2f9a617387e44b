using System.Runtime.InteropServices;

namespace Lxd.Linux.Seccomp;

/// <summary><c>sched_setscheduler</c> for another process.</summary>
public static unsafe class SchedulerCall
{
    /// <summary>The error number, 0 where it worked.</summary>
    public static int Set(int pid, int policy, int priority)
    {
        var number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SeccompCalls.SchedSetSchedulerNumberArm : SeccompCalls.SchedSetSchedulerNumber;
        return SeccompCalls.syscall(number, pid, policy, (long)(nint)(&priority), 0) < 0 ? Marshal.GetLastPInvokeError() : 0;
    }
}
