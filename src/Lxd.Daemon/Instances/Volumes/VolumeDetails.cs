using Lxd.Core;
using Lxd.Storage;

namespace Lxd.Daemon.Instances.Volumes;

/// <summary>What the row of an instance's volume says beside its name.</summary>
internal sealed record VolumeDetails(string Description, Dictionary<string, string> Config)
{
    private const string Uuid = "volatile.uuid";

    public ContentType Content { get; init; }

    /// <summary>When it was made.</summary>
    public DateTime Created { get; init; }

    /// <summary>When a snapshot is over.</summary>
    public Moment Expires { get; init; }

    /// <summary>A volume nobody has configured.</summary>
    public static VolumeDetails New(ContentType content) => new VolumeDetails("", []) { Content = content }.Anew();

    /// <summary>The same for another volume: with a UUID of its own.</summary>
    public VolumeDetails Anew() => With(Guid.NewGuid().ToString());

    public VolumeDetails With(string uuid) => this with { Config = new Dictionary<string, string>(Config, StringComparer.Ordinal) { [Uuid] = uuid } };
}

/// <summary>What tells the row of a volume of an instance or an image.</summary>
internal sealed record VolumeKey(string Pool, string Project, VolumeType Type, string Name);
