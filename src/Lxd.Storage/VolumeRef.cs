namespace Lxd.Storage;

/// <summary>A volume or, where the name has the form <c>VOLUME/SNAPSHOT</c>, a snapshot of one, within a pool.</summary>
/// <param name="Type">Decides the folder.</param>
/// <param name="Name">The name on disk, already prefixed <c>PROJECT_</c> where the project asks for it.</param>
/// <param name="Content">Filesystem volumes are directories; block and iso volumes have a disk, those of virtual machines with a few files beside it.</param>
public sealed record VolumeRef(VolumeType Type, string Name, ContentType Content = ContentType.Filesystem)
{
    /// <summary>Whether its data is a disk.</summary>
    public bool HasDisk => Content != ContentType.Filesystem;

    /// <summary>Whether it has files, if only those that describe the virtual machine whose disk it is.</summary>
    public bool HasFiles => !HasDisk || Type != VolumeType.Custom;

    public bool IsSnapshot => Name.Contains('/', StringComparison.Ordinal);

    /// <summary>The volume without the snapshot.</summary>
    public VolumeRef Parent => IsSnapshot ? this with { Name = Name[..Name.IndexOf('/', StringComparison.Ordinal)] } : this;

    /// <summary>The snapshot's own name, empty for a volume.</summary>
    public string SnapshotName => IsSnapshot ? Name[(Name.IndexOf('/', StringComparison.Ordinal) + 1)..] : "";

    public VolumeRef Snapshot(string snapshot) => this with { Name = Parent.Name + "/" + snapshot };

    public override string ToString() => $"{Type.Word()}/{Name}";
}
