using Lxd.Core;
using Lxd.Core.Api;
using Lxd.Storage;

namespace Lxd.Daemon.Storage;

/// <summary>A volume as the database has it.</summary>
/// <param name="Project">The project that owns it, not the one that asks.</param>
internal sealed record VolumeRecord(long Id, string Pool, string Project, string Name, VolumeType Type, ContentType Content, string Description, DateTime Created)
{
    public Dictionary<string, string> Config { get; init; } = [];

    public List<string> UsedBy { get; init; } = [];

    public string Url => UrlOf(Pool, Type, Name, Project);

    /// <summary>The volume on disk: custom volumes always have their project's name before theirs.</summary>
    public VolumeRef Ref => new(Type, Type switch
    {
        VolumeType.Custom => $"{Project}_{Name}",
        VolumeType.Image => Name,
        _ => Names.OnDisk(Project, Name),
    }, Content);

    public StorageVolumePut Editable() => new() { Config = Config, Description = Description };

    public StorageVolume ToApi() => new()
    {
        Name = Name,
        Type = Type.Word(),
        ContentType = Content.Word(),
        Description = Description,
        Config = Config,
        Location = "none",
        Pool = Pool,
        Project = Project,
        CreatedAt = Created,
        UsedBy = UsedBy,
    };

    public static string UrlOf(string pool, VolumeType type, string name, string project) => Names.Url(project, "1.0", "storage-pools", pool, "volumes", type.Word(), name);

    /// <summary>What a volume belongs to: the instance, the image, or itself; of <c>NAME/SNAPSHOT</c> the snapshot of it.</summary>
    public static string UserUrl(string pool, VolumeType type, string name, string project)
    {
        var (parent, snapshot) = Names.SplitSnapshot(name);
        string[] owner = type switch
        {
            VolumeType.Image => ["1.0", "images", parent],
            VolumeType.Custom => ["1.0", "storage-pools", pool, "volumes", type.Word(), parent],
            _ => ["1.0", "instances", parent],
        };
        return Names.Url(project, snapshot is null ? owner : [.. owner, "snapshots", snapshot]);
    }
}

/// <summary>A snapshot of a volume as the database has it.</summary>
internal sealed record VolumeSnapshotRecord(long Id, long VolumeId, string Name, string Description, DateTime Created, Moment Expires)
{
    public Dictionary<string, string> Config { get; init; } = [];

    /// <summary>Whether it is a copy of the other, or the other of it.</summary>
    public bool IsSame(VolumeSnapshotRecord other) => Name == other.Name && Created == other.Created;

    public StorageVolumeSnapshotPut Editable() => new() { Description = Description, ExpiresAt = Expires };

    public StorageVolumeSnapshot ToApi(VolumeRecord volume) => new()
    {
        Name = Name,
        Description = Description,
        CreatedAt = Created,
        ExpiresAt = Expires,
        Config = Config,
        ContentType = volume.Content.Word(),
    };

    public string Url(VolumeRecord volume) => Names.Url(volume.Project, "1.0", "storage-pools", volume.Pool, "volumes", volume.Type.Word(), volume.Name, "snapshots", Name);
}
