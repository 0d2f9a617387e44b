using Lxd.Core.Api;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

/// <summary>What instances use at the moment.</summary>
internal sealed class InstanceStateService(InstanceServices with, IInstanceAddresses addresses)
{
    /// <param name="fields">Which costly parts are wanted (<c>state.disk</c>, <c>state.network</c>); null for all.</param>
    public async Task<InstanceState> ReadAsync(InstanceRecord instance, IReadOnlyList<string>? fields, CancellationToken ct)
    {
        var status = with.StatusOf(instance);
        var state = new InstanceState
        {
            Status = StatusCodes.Name((int)status),
            StatusCode = (int)status,
            Disk = Wants(fields, "state.disk") ? await DisksAsync(instance, ct).ConfigureAwait(false) : null,
        };
        if (status == RunStatus.Stopped)
        {
            state.Processes = 0;
            return state;
        }

        var usage = with.Driver.Live(with.RefOf(instance)).Usage();
        state.Pid = usage.Pid;
        state.Processes = usage.Processes;
        state.Cpu = new InstanceStateCPU { Usage = usage.CpuNanoseconds };
        state.Memory = new InstanceStateMemory
        {
            Usage = usage.MemoryBytes,
            UsagePeak = usage.MemoryPeakBytes,
            Total = usage.MemoryTotalBytes,
            SwapUsage = usage.SwapBytes,
            SwapUsagePeak = usage.SwapPeakBytes,
        };
        state.Network = Wants(fields, "state.network") ? await NetworksAsync(instance, usage.Pid, ct).ConfigureAwait(false) : null;
        return state;
    }

    private static bool Wants(IReadOnlyList<string>? fields, string field) => fields is null || fields.Contains(field);

    private async Task<Dictionary<string, InstanceStateDisk>> DisksAsync(InstanceRecord instance, CancellationToken ct)
    {
        if (instance.RootDisk() is not { } root || !with.Volumes.IsThere(instance))
        {
            return [];
        }

        var (used, total) = await with.Volumes.UsageAsync(instance, ct).ConfigureAwait(false);
        return new() { [root.Key] = new() { Usage = Math.Max(0, used), Total = Math.Max(0, total) } };
    }

    private async Task<Dictionary<string, InstanceStateNetwork>> NetworksAsync(InstanceRecord instance, int pid, CancellationToken ct)
    {
        var result = await addresses.ReadAsync(pid, ct).ConfigureAwait(false);
        foreach (var (name, device) in instance.ExpandedDevices.Where(d => d.Value.GetValueOrDefault("type") == "nic"))
        {
            var hwaddr = instance.Config.GetValueOrDefault($"volatile.{name}.hwaddr", device.GetValueOrDefault("hwaddr", ""));
            var found = result.Values.FirstOrDefault(n => hwaddr.Length > 0 && string.Equals(n.Hwaddr, hwaddr, StringComparison.OrdinalIgnoreCase));
            if (found is not null)
            {
                found.HostName = instance.Config.GetValueOrDefault($"volatile.{name}.host_name", "");
            }
        }

        return result;
    }
}

/// <summary>The interfaces within a network namespace.</summary>
internal interface IInstanceAddresses
{
    /// <summary>Interfaces, addresses and counters of a process's namespace; empty where it went away.</summary>
    Task<Dictionary<string, InstanceStateNetwork>> ReadAsync(int pid, CancellationToken ct);
}
