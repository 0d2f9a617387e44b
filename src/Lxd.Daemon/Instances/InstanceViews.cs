using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Daemon.Operations;

namespace Lxd.Daemon.Instances;

/// <summary>Instances and snapshots as the API shows them.</summary>
internal static class InstanceViews
{
    public static Instance Render(InstanceRecord instance, RunStatus status) => new()
    {
        Architecture = instance.Architecture,
        Config = instance.Config,
        CreatedAt = instance.CreatedAt,
        Description = instance.Description,
        Devices = instance.Devices,
        Ephemeral = instance.Ephemeral,
        ExpandedConfig = instance.ExpandedConfig,
        ExpandedDevices = instance.ExpandedDevices,
        LastUsedAt = instance.LastUsedAt == default ? DateTime.UnixEpoch : instance.LastUsedAt,
        Location = "none",
        Name = instance.Name,
        Profiles = instance.Profiles,
        Project = instance.Project,
        Stateful = instance.Stateful,
        Status = StatusCodes.Name((int)status),
        StatusCode = (int)status,
        Type = instance.Type,
    };

    public static InstanceFull RenderFull(Instance instance, InstanceState state, List<InstanceSnapshot> snapshots, List<InstanceBackup> backups) => new()
    {
        Architecture = instance.Architecture,
        Backups = backups,
        Config = instance.Config,
        CreatedAt = instance.CreatedAt,
        Description = instance.Description,
        Devices = instance.Devices,
        Ephemeral = instance.Ephemeral,
        ExpandedConfig = instance.ExpandedConfig,
        ExpandedDevices = instance.ExpandedDevices,
        LastUsedAt = instance.LastUsedAt,
        Location = instance.Location,
        Name = instance.Name,
        Profiles = instance.Profiles,
        Project = instance.Project,
        Snapshots = snapshots,
        State = state,
        Stateful = instance.Stateful,
        Status = instance.Status,
        StatusCode = instance.StatusCode,
        Type = instance.Type,
    };

    /// <param name="size">Bytes, -1 where unknown.</param>
    public static InstanceSnapshot Render(InstanceRecord instance, SnapshotRecord snapshot, long size)
    {
        // The profiles are the instance's: what they give is what the instance has beyond its own.
        var config = new Dictionary<string, string>(instance.ExpandedConfig.Where(c => !instance.Config.ContainsKey(c.Key)).ToDictionary(), StringComparer.Ordinal);
        foreach (var (key, value) in snapshot.Config)
        {
            config[key] = value;
        }

        var devices = instance.ExpandedDevices.Where(d => !instance.Devices.ContainsKey(d.Key)).ToDictionary();
        foreach (var (key, value) in snapshot.Devices)
        {
            devices[key] = value;
        }

        return new InstanceSnapshot
        {
            Architecture = instance.Architecture,
            Config = snapshot.Config,
            CreatedAt = snapshot.CreatedAt,
            Devices = snapshot.Devices,
            Ephemeral = instance.Ephemeral,
            ExpandedConfig = config,
            ExpandedDevices = devices,
            ExpiresAt = snapshot.ExpiresAt,
            Name = snapshot.Name,
            Profiles = instance.Profiles,
            Size = size,
            Stateful = snapshot.Stateful,
        };
    }
}
