using System.Runtime.InteropServices;

namespace Lxd.Linux.Seccomp;

/// <summary>The kernel's <c>struct sysinfo</c> of a 64-bit machine.</summary>
[StructLayout(LayoutKind.Sequential, Size = 112)]
public struct SystemInfo
{
    public long Uptime;
    public ulong Load1;
    public ulong Load5;
    public ulong Load15;
    public ulong TotalMemory;
    public ulong FreeMemory;
    public ulong SharedMemory;
    public ulong BufferMemory;
    public ulong TotalSwap;
    public ulong FreeSwap;
    public ushort Processes;
    public ulong TotalHigh;
    public ulong FreeHigh;
    public uint Unit;

    /// <summary>Of the host, in bytes.</summary>
    public static unsafe SystemInfo OfHost()
    {
        SystemInfo info = default;
        _ = SeccompCalls.sysinfo(&info);
        var unit = info.Unit;
        info.TotalMemory *= unit;
        info.FreeMemory *= unit;
        info.SharedMemory *= unit;
        info.BufferMemory *= unit;
        info.TotalSwap *= unit;
        info.FreeSwap *= unit;
        info.TotalHigh = info.FreeHigh = 0;
        info.Unit = 1;
        return info;
    }

    /// <summary>Writes it where the caller wants it.</summary>
    public readonly bool WriteTo(Notification call, ulong address) => call.Write(address, MemoryMarshal.AsBytes(new ReadOnlySpan<SystemInfo>(in this)));
}
