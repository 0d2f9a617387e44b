using Lxd.Core;
using Lxd.Core.Api;

namespace Lxd.Daemon.Images;

/// <summary>An image as the database has it.</summary>
internal sealed record ImageRecord(long Id, string Project, string Fingerprint)
{
    public string Filename { get; init; } = "";
    public long Size { get; init; }
    public bool Public { get; init; }
    public string Architecture { get; init; } = "";
    public DateTime CreatedAt { get; init; }
    public DateTime ExpiresAt { get; init; }
    public DateTime UploadedAt { get; init; }
    public DateTime LastUsedAt { get; init; }

    /// <summary>Fetched for an instance, not asked for by a user: goes again when unused for long.</summary>
    public bool Cached { get; init; }
    public bool AutoUpdate { get; init; }

    /// <summary><c>container</c> or <c>virtual-machine</c>.</summary>
    public string Type { get; init; } = "container";
    public Dictionary<string, string> Properties { get; init; } = [];
    public List<ImageAlias> Aliases { get; init; } = [];
    public List<string> Profiles { get; init; } = [];

    /// <summary>Where it came from and is updated from; null for an upload.</summary>
    public ImageSource? Source { get; init; }

    public string Url => Names.Url(Project, "1.0", "images", Fingerprint);

    public ImagePut Editable() => new() { AutoUpdate = AutoUpdate, ExpiresAt = ExpiresAt, Profiles = Profiles, Properties = Properties, Public = Public };

    public Image Render() => new()
    {
        Fingerprint = Fingerprint,
        Project = Project,
        Filename = Filename,
        Size = Size,
        Public = Public,
        Architecture = Architecture,
        CreatedAt = CreatedAt,
        ExpiresAt = ExpiresAt,
        UploadedAt = UploadedAt,
        LastUsedAt = LastUsedAt,
        Cached = Cached,
        AutoUpdate = AutoUpdate,
        Type = Type,
        Properties = Properties,
        Aliases = Aliases,
        Profiles = Profiles,
        UpdateSource = Source ?? new(),
    };
}
