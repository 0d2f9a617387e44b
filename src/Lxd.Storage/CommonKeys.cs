using Lxd.Core;
using Lxd.Core.Config;

namespace Lxd.Storage;

/// <summary>Keys every driver has.</summary>
internal static class CommonKeys
{
    public static readonly ConfigKey[] Pool =
    [
        new("source", Help: "Directory or block device of the host the pool lies on. Unset: the server makes a place of its own.") { Scope = "local" },
        new("source.recover", "bool", "false", "Whether a pool that already lies at the source is taken over.") { Scope = "local" },
        new("volatile.initial_source", Help: "The source that was given when the pool was made.") { Scope = "local" },
        new("user.*", Help: "Anything you want to keep with the pool. It does nothing."),
    ];

    public static readonly ConfigKey[] Rsync =
    [
        new("rsync.bwlimit", "string", "0", "Most bytes a second that copies with rsync may send, such as `50MiB`.", Checks.Bytes) { DefaultText = "`0` (no limit)" },
        new("rsync.compression", "bool", "true", "Whether rsync compresses what it sends to other servers."),
    ];

    private static readonly ConfigKey[] Volume =
    [
        new("size", Help: "Size of the volume, or the quota it is held to, such as `10GiB`. Unset: as large as the pool.", Check: Size) { DefaultText = "same as `volume.size`", Condition = "appropriate driver" },
        new("volatile.uuid", Help: "UUID of the volume, made with it.") { DefaultText = "random UUID" },
        new("volatile.devlxd.owner", Help: "Identity that made the volume from inside an instance.") { DefaultText = "DevLXD owner identity ID" },
        new("user.*", Help: "Anything you want to keep with the volume. It does nothing."),
    ];

    private static readonly ConfigKey[] Snapshots =
    [
        new("snapshots.expiry", Help: "How long new snapshots are kept: numbers with a unit, `2w 3d` (S, M, H, d, w, m, y). Unset: for ever.", Check: v => Expiry.After(v, DateTime.UnixEpoch))
            { DefaultText = "same as `volume.snapshots.expiry`", Condition = "custom volume" },
        new("snapshots.pattern", "string", "snap%d", "Names of snapshots that get none: a template, with `%d` for the next number.")
            { DefaultText = "same as `volume.snapshots.pattern` or `snap%d`", Condition = "custom volume" },
        new("snapshots.schedule", Help: "When snapshots are made: a cron expression of five fields, or aliases such as `@daily`, separated by commas. Unset: never.")
            { DefaultText = "same as `snapshots.schedule`", Condition = "custom volume" },
    ];

    private static readonly ConfigKey[] Filesystem =
    [
        new("security.shifted", "bool", "false", "Whether ids on the volume are shifted for each instance at its mount, so that isolated instances can share it.")
            { DefaultText = "same as `volume.security.shifted` or `false`", Condition = "custom volume" },
        new("security.unmapped", "bool", "false", "Whether ids on the volume stay as they are, without the id map of the instance.")
            { DefaultText = "same as `volume.security.unmapped` or `false`", Condition = "custom volume" },
        new("volatile.idmap.last", Help: "Id map the files of the volume are shifted by, as JSON.") { Condition = "filesystem", Scope = "" },
        new("volatile.idmap.next", Help: "Id map the files of the volume are to be shifted by, as JSON.") { Condition = "filesystem", Scope = "" },
    ];

    private static readonly ConfigKey[] Shared =
    [
        new("security.shared", "bool", "false", "Whether several instances may use the block volume at once. They have to keep out of each other's way.")
            { DefaultText = "same as `volume.security.shared` or `false`", Condition = "virtual-machine or custom block volume" },
    ];

    private static readonly ConfigKey RootSize = new("volatile.rootfs.size", Help: "Size of the root file system the image was unpacked to.");

    public static ConfigSchema ForVolume(VolumeType type, ContentType content)
    {
        IEnumerable<ConfigKey> keys = Volume;
        if (type == VolumeType.Custom)
        {
            keys = [.. keys, .. Snapshots, .. content == ContentType.Filesystem ? Filesystem : Shared];
        }
        else if (type is VolumeType.Container or VolumeType.VirtualMachine)
        {
            keys = [.. keys, .. Shared, RootSize];
        }
        else
        {
            keys = [.. keys, RootSize];
        }

        return new ConfigSchema("storage-volume", keys);
    }

    /// <summary>Pool keys of a driver: its own, the common ones, and the defaults of its volumes.</summary>
    public static ConfigSchema ForPool(string driver, params IEnumerable<ConfigKey> own)
    {
        var defaults = Volume.Where(k => !k.IsPattern && !k.Name.StartsWith("volatile.", StringComparison.Ordinal)).Concat(Snapshots).Concat(Filesystem[..2]).Concat(Shared)
            .Select(k => k with { Name = "volume." + k.Name });
        return new ConfigSchema("storage-" + driver, [.. Pool, .. own, .. defaults, new("volume.user.*", Help: "What new volumes keep of yours.")]);
    }

    private static void Size(string value)
    {
        if (Units.ParseBytes(value) < 0)
        {
            throw ApiException.BadRequest($"Invalid value: {value}");
        }
    }
}
