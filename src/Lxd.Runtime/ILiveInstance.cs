namespace Lxd.Runtime;

/// <summary>Changes of a running instance, and what it uses.</summary>
public interface ILiveInstance
{
    InstanceUsage Usage();

    /// <summary>All that is counted of it.</summary>
    InstanceMetrics Metrics();

    void Apply(ResourceLimits limits);

    Task MountAsync(MountSpec mount, CancellationToken ct);

    Task UnmountAsync(string target, CancellationToken ct);

    Task AddDeviceAsync(UnixDeviceSpec device, CancellationToken ct);

    Task RemoveDeviceAsync(UnixDeviceSpec device, CancellationToken ct);

    /// <summary>Gives it an interface while it runs.</summary>
    Task AddNicAsync(NicSpec nic, CancellationToken ct);

    /// <summary>Takes an interface away; a veth pair goes, a physical one comes back to the host under its own name.</summary>
    Task RemoveNicAsync(NicSpec nic, CancellationToken ct);

    /// <summary>The console: its terminal as a stream, and its size.</summary>
    Task<IConsoleSession> ConsoleAsync(CancellationToken ct);
}
