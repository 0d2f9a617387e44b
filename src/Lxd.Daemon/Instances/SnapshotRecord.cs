using Lxd.Core;

namespace Lxd.Daemon.Instances;

/// <summary>A snapshot of an instance: its own configuration and devices, the profiles of the instance.</summary>
internal sealed record SnapshotRecord
{
    public long Id { get; init; }
    public long InstanceId { get; init; }
    public required string Name { get; init; }
    public DateTime CreatedAt { get; init; }
    public Moment ExpiresAt { get; init; }
    public bool Stateful { get; init; }
    public string Description { get; init; } = "";
    public Dictionary<string, string> Config { get; init; } = [];
    public Dictionary<string, Dictionary<string, string>> Devices { get; init; } = [];

    /// <summary>The instance's URL with the snapshot's name.</summary>
    public string UrlIn(InstanceRecord instance) => $"{instance.Url}/snapshots/{Uri.EscapeDataString(Name)}";
}
