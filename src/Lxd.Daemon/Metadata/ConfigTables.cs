using Lxd.Core.Config;
using Lxd.Core.Config.Schemas;
using Lxd.Storage;

namespace Lxd.Daemon.Metadata;

/// <summary>The tables of the reference: those of everything this server serves.</summary>
internal static class ConfigTables
{
    private static readonly (VolumeType Type, ContentType Content)[] Volumes =
    [
        (VolumeType.Custom, ContentType.Filesystem), (VolumeType.Custom, ContentType.Block), (VolumeType.Container, ContentType.Filesystem), (VolumeType.VirtualMachine, ContentType.Block),
    ];

    /// <summary>In the order of the reference. An entity may come twice: once for the keys of its pools, once for those of its volumes.</summary>
    public static IReadOnlyList<ConfigSchema> All { get; } =
    [
        DeviceKeys.Disk, DeviceKeys.GpuPhysical, DeviceKeys.NicBridged, DeviceKeys.NicIpvlan, DeviceKeys.NicMacvlan, DeviceKeys.NicP2p, DeviceKeys.NicPhysical, DeviceKeys.NicRouted, DeviceKeys.NicSriov,
        DeviceKeys.Proxy, DeviceKeys.UnixBlock, DeviceKeys.UnixChar, DeviceKeys.UnixUsb,
        InstanceKeys.Schema, PropertyKeys.Instance, NetworkKeys.Bridge, NetworkKeys.Macvlan, NetworkKeys.Physical, NetworkKeys.Sriov, NetworkKeys.Zone, PropertyKeys.ZoneRecord, ProjectKeys.Schema, ServerKeys.Schema,
        .. StorageDrivers.All.OrderBy(d => d.Name, StringComparer.Ordinal).SelectMany(Of),
    ];

    /// <summary>A driver's keys of pools without the defaults of volumes, and its keys of volumes of any type.</summary>
    private static IEnumerable<ConfigSchema> Of(IStorageDriverFactory driver) =>
    [
        new($"storage-{driver.Name}", driver.PoolKeys.Keys.Where(k => !k.Name.StartsWith("volume.", StringComparison.Ordinal))) { Group = "pool-conf", Scope = "global" },
        new($"storage-{driver.Name}", Volumes.SelectMany(v => driver.VolumeKeys(v.Type, v.Content).Keys).DistinctBy(k => k.Name)) { Group = "volume-conf", Scope = "global" },
    ];
}
