using Lxd.Core;
using Lxd.Core.Config;
using Lxd.Linux.Processes;

namespace Lxd.Storage.Btrfs;

/// <summary>The driver <c>btrfs</c>.</summary>
internal sealed class BtrfsFactory : IStorageDriverFactory
{
    private readonly Lazy<string> _version = new(ReadVersion);

    public string Name => "btrfs";

    public string Version => _version.Value;

    public bool Available => PipedTool.Find("mkfs.btrfs") is not null && KernelModules.HasFileSystem("btrfs");

    public ConfigSchema PoolKeys { get; } = CommonKeys.ForPool(
        "btrfs",
        [.. CommonKeys.Rsync,
        new ConfigKey("size", Help: "Size of the file the pool is made in where no source is given, such as `20GiB`.", Check: Checks.Bytes)
            { DefaultText = "auto (20% of free disk space, >= 5 GiB and <= 30 GiB)", Scope = "local" },
        new ConfigKey("source.wipe", "bool", "false", "Whether what lies on the block device is erased first.") { Scope = "local" },
        new ConfigKey("btrfs.mount_options", "string", "user_subvol_rm_allowed", "Options the file system of a block device or loop file is mounted with.")]);

    public ConfigSchema VolumeKeys(VolumeType type, ContentType content) => CommonKeys.ForVolume(type, content);

    public IStorageDriver Open(PoolSpec pool) => new BtrfsDriver(pool, this);

    /// <summary>The version of the tools, read out of their program file: no process is started for it.</summary>
    private static string ReadVersion()
    {
        const string Status = "/var/lib/dpkg/info/btrfs-progs.list";
        if (!File.Exists(Status) || !File.Exists("/var/lib/dpkg/status"))
        {
            return "1";
        }

        var found = false;
        foreach (var line in File.ReadLines("/var/lib/dpkg/status"))
        {
            found = line.Length == 0 ? false : found || line == "Package: btrfs-progs";
            if (found && line.StartsWith("Version: ", StringComparison.Ordinal))
            {
                var version = line["Version: ".Length..];
                return version.Split('-')[0];
            }
        }

        return "1";
    }
}
