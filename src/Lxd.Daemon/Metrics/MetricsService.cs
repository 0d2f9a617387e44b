using System.Diagnostics;
using Lxd.Core;
using Lxd.Daemon.Http;
using Lxd.Daemon.Instances;
using Lxd.Daemon.Operations;
using Lxd.Daemon.Projects;
using Lxd.Daemon.Warnings;

namespace Lxd.Daemon.Metrics;

/// <summary>What the instances and the server use, as samples. Those of instances are kept for some seconds, so that several who ask cost no more than one.</summary>
internal sealed class MetricsService(InstanceServices with, InstanceStateService states, ProjectService projects, OperationService operations, WarningService warnings, RequestRates rates)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(8);
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Dictionary<string, (long Read, MetricSet Samples)> _kept = [];

    /// <param name="project">Only instances of this project; empty for all that <paramref name="sees"/> says.</param>
    public async Task<string> ReadAsync(string project, Func<string, bool> sees, bool server, CancellationToken ct)
    {
        var named = (await projects.ListAsync(ct).ConfigureAwait(false)).Select(p => p.Name).Where(p => (project.Length == 0 || p == project) && sees(p)).ToList();
        if (project.Length > 0 && named.Count == 0)
        {
            throw ApiException.NotFound("Project not found");
        }

        var all = new MetricSet();
        await _reading.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            foreach (var name in named)
            {
                all.AddAll(await OfProjectAsync(name, ct).ConfigureAwait(false));
            }
        }
        finally
        {
            _reading.Release();
        }

        if (server)
        {
            await AddServerAsync(all, ct).ConfigureAwait(false);
        }

        return all.ToString();
    }

    private async Task<MetricSet> OfProjectAsync(string project, CancellationToken ct)
    {
        var instances = await with.Store.ListAsync(new InstanceFilter(project), ct).ConfigureAwait(false);
        if (!_kept.TryGetValue(project, out var kept) || Stopwatch.GetElapsedTime(kept.Read) > Kept)
        {
            kept = (Stopwatch.GetTimestamp(), new MetricSet());
            foreach (var instance in instances)
            {
                try
                {
                    await AddInstanceAsync(kept.Samples, instance, ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiException or IOException)
                {
                    // It stopped meanwhile.
                }
            }

            _kept[project] = kept;
        }

        var result = new MetricSet();
        result.AddAll(kept.Samples);
        foreach (var type in (string[])["container", "virtual-machine"])
        {
            result.Add("lxd_instances", instances.Count(i => i.Type == type), ("project", project), ("type", type));
        }

        return result;
    }

    private async Task AddInstanceAsync(MetricSet set, InstanceRecord instance, CancellationToken ct)
    {
        if (with.Driver.Pid(with.RefOf(instance)) is not (> 0 and var pid))
        {
            return;
        }

        var metrics = with.Driver.Live(with.RefOf(instance)).Metrics();
        (string, string)[] labels = [("name", instance.Name), ("project", instance.Project), ("type", instance.Type)];
        set.Add("lxd_cpu_effective_total", metrics.EffectiveCpus, labels);
        foreach (var (cpu, mode, seconds) in metrics.CpuSeconds)
        {
            set.Add("lxd_cpu_seconds_total", seconds, [.. labels, ("cpu", cpu), ("mode", mode)]);
        }

        foreach (var disk in metrics.Disks)
        {
            (string, string)[] named = [.. labels, ("device", disk.Device)];
            set.Add("lxd_disk_read_bytes_total", disk.ReadBytes, named);
            set.Add("lxd_disk_reads_completed_total", disk.Reads, named);
            set.Add("lxd_disk_written_bytes_total", disk.WrittenBytes, named);
            set.Add("lxd_disk_writes_completed_total", disk.Writes, named);
        }

        foreach (var mount in InstanceFileSystems.Read(instance, pid))
        {
            (string, string)[] named = [.. labels, ("device", mount.Device), ("fstype", mount.Type), ("mountpoint", mount.Path)];
            set.Add("lxd_filesystem_avail_bytes", mount.AvailableBytes, named);
            set.Add("lxd_filesystem_free_bytes", mount.FreeBytes, named);
            set.Add("lxd_filesystem_size_bytes", mount.TotalBytes, named);
        }

        foreach (var (name, bytes) in metrics.Memory)
        {
            set.Add($"lxd_memory_{name}_bytes", bytes, labels);
        }

        set.Add("lxd_memory_OOM_kills_total", metrics.OomKills, labels);
        set.Add("lxd_procs_total", metrics.Processes, labels);
        foreach (var (device, network) in (await states.ReadAsync(instance, ["state.network"], ct).ConfigureAwait(false)).Network ?? [])
        {
            var counters = network.Counters;
            (string, string)[] named = [.. labels, ("device", device)];
            set.Add("lxd_network_receive_bytes_total", counters.BytesReceived, named);
            set.Add("lxd_network_receive_drop_total", counters.PacketsDroppedInbound, named);
            set.Add("lxd_network_receive_errs_total", counters.ErrorsReceived, named);
            set.Add("lxd_network_receive_packets_total", counters.PacketsReceived, named);
            set.Add("lxd_network_transmit_bytes_total", counters.BytesSent, named);
            set.Add("lxd_network_transmit_drop_total", counters.PacketsDroppedOutbound, named);
            set.Add("lxd_network_transmit_errs_total", counters.ErrorsSent, named);
            set.Add("lxd_network_transmit_packets_total", counters.PacketsSent, named);
        }
    }

    private async Task AddServerAsync(MetricSet set, CancellationToken ct)
    {
        foreach (var kind in RequestRates.Kinds)
        {
            set.Add("lxd_api_requests_ongoing", rates.Ongoing(kind), ("entity_type", kind));
            foreach (var result in RequestRates.Results)
            {
                set.Add("lxd_api_requests_completed_total", rates.Completed(kind, result), ("entity_type", kind), ("result", result));
            }
        }

        set.Add("lxd_operations_total", operations.All.Count(o => !o.IsFinal));
        set.Add("lxd_warnings_total", (await warnings.ListAsync("", ct).ConfigureAwait(false)).Count(w => w.Status != "resolved"));
        set.Add("lxd_uptime_seconds", Stopwatch.GetElapsedTime(_started).TotalSeconds);
        var memory = GC.GetGCMemoryInfo();
        set.Add("lxd_go_alloc_bytes_total", GC.GetTotalAllocatedBytes());
        set.Add("lxd_go_alloc_bytes", GC.GetTotalMemory(false));
        set.Add("lxd_go_goroutines", ThreadPool.ThreadCount);
        set.Add("lxd_go_heap_alloc_bytes", GC.GetTotalMemory(false));
        set.Add("lxd_go_heap_idle_bytes", Math.Max(0, memory.TotalCommittedBytes - memory.HeapSizeBytes));
        set.Add("lxd_go_heap_inuse_bytes", memory.HeapSizeBytes);
        set.Add("lxd_go_heap_sys_bytes", memory.TotalCommittedBytes);
        set.Add("lxd_go_sys_bytes", Environment.WorkingSet);
    }
}
