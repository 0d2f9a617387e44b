using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Descriptions of instances and volumes that came from outside: of both versions, and not to be trusted.</summary>
internal static class BackupConfigs
{
    /// <summary>The description in the shape of version 2; a bad request for one with holes in its lists.</summary>
    public static BackupConfig Upgrade(this BackupConfig config)
    {
        NoHoles(config.Snapshots, "snapshots");
        NoHoles(config.Pools, "pools");
        NoHoles(config.Profiles, "profiles");
        NoHoles(config.Volumes, "volumes");
        NoHoles(config.VolumeSnapshots, "volume_snapshots");
        foreach (var volume in config.Volumes.Append(config.Volume))
        {
            NoHoles(volume?.Snapshots ?? [], "snapshots");
        }

        if (config.Container is null && config.Volume is null)
        {
            return config with { Version = 2 };
        }

        var pools = config.Pool is null ? config.Pools : [config.Pool];
        return new BackupConfig
        {
            Version = 2,
            Instance = config.Instance ?? config.Container,
            Snapshots = config.Snapshots,
            Pools = pools,
            Profiles = config.Profiles,
            Volumes = config.Volume is null
                ? config.Volumes
                : [config.Volume with { Snapshots = config.VolumeSnapshots, Pool = config.Volume.Pool.Length > 0 ? config.Volume.Pool : pools.FirstOrDefault()?.Name ?? "" }],
        };
    }

    /// <summary>The volume of the instance itself, or the custom volume a backup is of; null where it is not described.</summary>
    public static BackupVolume? Own(this BackupConfig config) => config.Instance is { } instance
        ? config.Volumes.FirstOrDefault(v => v!.Type == Kind(instance) && v.Name == instance.Name) ?? config.Volumes.FirstOrDefault(v => v!.Type == Kind(instance))
        : config.Volumes.FirstOrDefault();

    private static string Kind(Instance instance) => instance.Type.Length > 0 ? instance.Type : "container";

    private static void NoHoles<T>(List<T?> list, string name)
        where T : class
    {
        if (list.Contains(null))
        {
            throw ApiException.BadRequest($"Invalid backup config: Empty entry in \"{name}\"");
        }
    }
}
