using Lxd.Runtime;

namespace Lxd.Daemon.Instances.Devices;

/// <summary>What a device consists of while its instance runs.</summary>
internal sealed record DeviceRun
{
    public static DeviceRun Empty { get; } = new();

    public IReadOnlyList<MountSpec> Mounts { get; init; } = [];
    public IReadOnlyList<NicSpec> Nics { get; init; } = [];
    public IReadOnlyList<UnixDeviceSpec> Nodes { get; init; } = [];

    /// <summary>Keys to record on the instance (<c>volatile.eth0.host_name</c>); null removes.</summary>
    public IReadOnlyDictionary<string, string?> Volatile { get; init; } = new Dictionary<string, string?>();

    /// <summary>What remains to be done once the instance runs: addresses of the host side, forwarders.</summary>
    public IReadOnlyList<Func<ILiveInstance, CancellationToken, Task>> AfterStart { get; init; } = [];

    public DeviceRun With(DeviceRun other) => new()
    {
        Mounts = [.. Mounts, .. other.Mounts],
        Nics = [.. Nics, .. other.Nics],
        Nodes = [.. Nodes, .. other.Nodes],
        Volatile = Volatile.Concat(other.Volatile).ToDictionary(p => p.Key, p => p.Value),
        AfterStart = [.. AfterStart, .. other.AfterStart],
    };
}
