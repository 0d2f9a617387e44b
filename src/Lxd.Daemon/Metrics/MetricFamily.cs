namespace Lxd.Daemon.Metrics;

/// <summary>A metric: its name, whether it only grows, and what it tells.</summary>
internal sealed record MetricFamily(string Name, bool IsCounter, string Help)
{
    /// <summary>All of them, in the order they are told.</summary>
    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        Counter("lxd_api_requests_completed_total", "Requests to the API that are done, with the operations they started."),
        Gauge("lxd_api_requests_ongoing", "Requests to the API that are not done yet."),
        Gauge("lxd_cpu_effective_total", "Processors the instance may use."),
        Counter("lxd_cpu_seconds_total", "Processor time used, in seconds."),
        Counter("lxd_disk_read_bytes_total", "Bytes read from the disk."),
        Counter("lxd_disk_reads_completed_total", "Reads from the disk."),
        Counter("lxd_disk_written_bytes_total", "Bytes written to the disk."),
        Counter("lxd_disk_writes_completed_total", "Writes to the disk."),
        Gauge("lxd_filesystem_avail_bytes", "Bytes of the file system that can be used."),
        Gauge("lxd_filesystem_free_bytes", "Bytes of the file system that are free."),
        Gauge("lxd_filesystem_size_bytes", "Size of the file system in bytes."),
        Memory("Active_anon", "Anonymous memory used lately."),
        Memory("Active_file", "Memory of files used lately."),
        Memory("Active", "Memory used lately."),
        Memory("Cached", "Memory that holds files."),
        Memory("Dirty", "Memory that is to be written to disk."),
        Memory("HugepagesFree", "Huge pages that are left of the limit."),
        Memory("HugepagesTotal", "Limit of huge pages."),
        Memory("Inactive_anon", "Anonymous memory not used lately."),
        Memory("Inactive_file", "Memory of files not used lately."),
        Memory("Inactive", "Memory not used lately."),
        Memory("Mapped", "Memory of files that processes have mapped."),
        Memory("MemAvailable", "Memory the instance can have still."),
        Memory("MemFree", "Memory that is not used at all."),
        Memory("MemTotal", "The limit of memory, or the memory of the host."),
        Counter("lxd_memory_OOM_kills_total", "Processes killed for want of memory."),
        Memory("RSS", "Anonymous memory."),
        Memory("Shmem", "Memory that is shared or of a file system in memory."),
        Memory("SReclaimable", "Memory of the kernel for the instance that can be taken back."),
        Memory("Swap", "Swap used."),
        Memory("Unevictable", "Memory that cannot be taken away."),
        Memory("Writeback", "Memory that is being written to disk."),
        Counter("lxd_network_receive_bytes_total", "Bytes received."),
        Counter("lxd_network_receive_drop_total", "Packets dropped on arrival."),
        Counter("lxd_network_receive_errs_total", "Packets received with errors."),
        Counter("lxd_network_receive_packets_total", "Packets received."),
        Counter("lxd_network_transmit_bytes_total", "Bytes sent."),
        Counter("lxd_network_transmit_drop_total", "Packets dropped before they were sent."),
        Counter("lxd_network_transmit_errs_total", "Packets that could not be sent."),
        Counter("lxd_network_transmit_packets_total", "Packets sent."),
        Gauge("lxd_procs_total", "Processes that run."),
        Counter("lxd_operations_total", "Operations that run."),
        Counter("lxd_warnings_total", "Warnings that nobody has resolved."),
        Counter("lxd_uptime_seconds", "Seconds since the server started."),
        Gauge("lxd_instances", "Instances there are, running or not."),
        Counter("lxd_go_alloc_bytes_total", "Bytes of managed memory taken since the start, given back or not."),
        Gauge("lxd_go_alloc_bytes", "Bytes of managed memory in use."),
        Gauge("lxd_go_goroutines", "Threads of the server's pool."),
        Gauge("lxd_go_heap_alloc_bytes", "Bytes of the managed heap in use."),
        Gauge("lxd_go_heap_idle_bytes", "Bytes of the managed heap that wait for use."),
        Gauge("lxd_go_heap_inuse_bytes", "Bytes of the managed heap at the last collection."),
        Gauge("lxd_go_heap_sys_bytes", "Bytes of the managed heap taken from the system."),
        Gauge("lxd_go_sys_bytes", "Bytes of memory the server has of the system."),
    ];

    private static MetricFamily Counter(string name, string help) => new(name, true, help);

    private static MetricFamily Gauge(string name, string help) => new(name, false, help);

    private static MetricFamily Memory(string name, string help) => Gauge($"lxd_memory_{name}_bytes", help);
}
