namespace Lxd.Daemon.Storage.Backups;

/// <summary>The names under which a backup of some type has its volume and its snapshots, below <see cref="Root"/>.</summary>
internal sealed record BackupLayout(string Volume, string Snapshots)
{
    public const string Root = "backup/";
    public const string Index = Root + "index.yaml";
    public const string StreamsHeader = Root + "optimized_header.yaml";

    public static BackupLayout? Of(string type) => type switch
    {
        "container" => new("container", "snapshots"),
        "virtual-machine" => new("virtual-machine", "virtual-machine-snapshots"),
        "custom" => new("volume", "volume-snapshots"),
        _ => null,
    };

    /// <summary>The directory of the volume or of a snapshot; with <c>.img</c> a block volume's file.</summary>
    public string PathOf(string snapshot) => Root + (snapshot.Length == 0 ? Volume : $"{Snapshots}/{snapshot}");

    /// <summary>The file with a part in the driver's own form; nested parts have their path in its name.</summary>
    public string StreamOf(string snapshot, string path) => PathOf(snapshot) + (path == "/" ? "" : "_" + path.TrimStart('/').Replace('/', '-')) + ".bin";
}
