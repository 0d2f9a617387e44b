using Lxd.Linux.Cgroups;
using Lxd.Linux.Seccomp;
using Lxd.Runtime.Lxc;

namespace Lxd.Runtime.Interception;

/// <summary><c>sysinfo</c> with the container's limits and use.</summary>
internal static class SysinfoCall
{
    private const int Fault = 14;
    private const int TicksPerSecond = 100;

    public static Answer Answer(Notification call)
    {
        var info = SystemInfo.OfHost();
        var usage = ContainerUsage.Of(Cgroup.OfInit(call.Init), call.Init);
        info.TotalMemory = (ulong)usage.MemoryTotalBytes;
        info.FreeMemory = (ulong)Math.Max(0, usage.MemoryTotalBytes - usage.MemoryBytes);
        info.SharedMemory = (ulong)usage.SharedMemoryBytes;
        info.BufferMemory = 0;
        info.TotalSwap = Math.Min(info.TotalSwap, (ulong)usage.SwapTotalBytes);
        info.FreeSwap = info.TotalSwap - Math.Min(info.TotalSwap, (ulong)Math.Max(0, usage.SwapBytes));
        info.Processes = (ushort)Math.Min(ushort.MaxValue, usage.Processes);
        if (Processes.Stat(call.Init) is { } init)
        {
            info.Uptime = Math.Max(0, info.Uptime - init.Started / TicksPerSecond);
        }

        return call.IsValid && info.WriteTo(call, call.Arguments[0]) ? Linux.Seccomp.Answer.Success : Linux.Seccomp.Answer.Error(Fault);
    }
}
