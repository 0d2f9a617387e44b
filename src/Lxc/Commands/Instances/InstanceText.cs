using System.Globalization;
using System.Text;
using Lxd.Core;
using Lxd.Core.Api;

namespace Lxc.Commands.Instances;

/// <summary>What a running instance uses, for people.</summary>
internal static class InstanceText
{
    public static void Resources(StringBuilder text, InstanceState state)
    {
        if (state.Pid <= 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"\nResources:\n  Processes: {state.Processes}\n");
        Disks(text, state);
        if (state.Cpu.Usage >= 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  CPU usage:\n    CPU usage (in seconds): {state.Cpu.Usage / 1_000_000_000}\n");
        }

        Memory(text, state.Memory);
        if (state.Network is not { Count: > 0 } network)
        {
            return;
        }

        text.Append("  Network usage:\n");
        foreach (var (name, nic) in network.OrderBy(n => n.Key, StringComparer.Ordinal))
        {
            Nic(text, name, nic);
        }
    }

    private static void Disks(StringBuilder text, InstanceState state)
    {
        var disks = (state.Disk ?? []).Where(d => d.Value.Usage > 0).OrderBy(d => d.Key, StringComparer.Ordinal).ToList();
        if (disks.Count > 0)
        {
            text.Append("  Disk usage:\n").AppendJoin("", disks.Select(d => $"    {d.Key}: {Units.FormatBytes((long)d.Value.Usage)}\n"));
        }

        var sized = (state.Disk ?? []).Where(d => d.Value.Total > 0).OrderBy(d => d.Key, StringComparer.Ordinal).ToList();
        if (sized.Count > 0)
        {
            text.Append("  Disk total:\n").AppendJoin("", sized.Select(d => $"    {d.Key}: {Units.FormatBytes(d.Value.Total)}\n"));
        }
    }

    private static void Memory(StringBuilder text, InstanceStateMemory memory)
    {
        var rows = ((string, long)[])[("Memory (current)", (long)memory.Usage), ("Memory (peak)", (long)memory.UsagePeak), ("Swap (current)", (long)memory.SwapUsage), ("Swap (peak)", (long)memory.SwapUsagePeak)];
        if (rows.Any(r => r.Item2 > 0))
        {
            text.Append("  Memory usage:\n").AppendJoin("", rows.Where(r => r.Item2 > 0).Select(r => $"    {r.Item1}: {Units.FormatBytes(r.Item2)}\n"));
        }
    }

    private static void Nic(StringBuilder text, string name, InstanceStateNetwork nic)
    {
        text.Append($"    {name}:\n      Type: {nic.Type}\n      State: {nic.State.ToUpperInvariant()}\n");
        foreach (var (label, value) in ((string, string)[])[("Host interface", nic.HostName), ("MAC address", nic.Hwaddr), ("MTU", nic.Mtu > 0 ? nic.Mtu.ToString(CultureInfo.InvariantCulture) : "")])
        {
            text.Append(value.Length > 0 ? $"      {label}: {value}\n" : "");
        }

        text.Append($"      Bytes received: {Units.FormatBytesSi((long)nic.Counters.BytesReceived)}\n      Bytes sent: {Units.FormatBytesSi((long)nic.Counters.BytesSent)}\n");
        text.Append(CultureInfo.InvariantCulture, $"      Packets received: {nic.Counters.PacketsReceived}\n      Packets sent: {nic.Counters.PacketsSent}\n      IP addresses:\n");
        foreach (var address in nic.Addresses)
        {
            text.Append($"        {(address.Family == "inet" ? "inet:  " : address.Family + ": ")}{address.Address}/{address.Netmask} ({address.Scope})\n");
        }
    }
}
