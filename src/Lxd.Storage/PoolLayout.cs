
namespace Lxd.Storage;

/// <summary>Where things lie in a pool.</summary>
internal sealed class PoolLayout(string root)
{
    private const string Disk = "root.img";
    private const string IsoDisk = "root.iso";
    private const string TemporaryPrefix = Core.Names.Temporary;
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The roots of containers are reached by their own users; nobody but the daemon reaches anything else.</summary>
    private const UnixFileMode PrivateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Marks what this process is building, apart from leftovers of a process that died.</summary>
    private static readonly string Mine = TemporaryPrefix + Guid.NewGuid().ToString("N")[..12] + "-";

    private static readonly string[] Folders =
    [
        "containers", "containers-snapshots", "custom", "custom-snapshots", "images", "virtual-machines", "virtual-machines-snapshots",
    ];

    private static long _last;

    public string Root { get; } = root;

    public static string FolderOf(VolumeType type) => type switch
    {
        VolumeType.Container => "containers",
        VolumeType.Image => "images",
        VolumeType.Custom => "custom",
        _ => "virtual-machines",
    };

    public string PathOf(VolumeRef volume) => volume.IsSnapshot
        ? Path.Combine(SnapshotsOf(volume), volume.SnapshotName)
        : Path.Combine(Root, FolderOf(volume.Type), volume.Name);

    /// <summary>The folder with all snapshots of a volume.</summary>
    public string SnapshotsOf(VolumeRef volume) => Path.Combine(Root, FolderOf(volume.Type) + "-snapshots", volume.Parent.Name);

    /// <summary>Where the content of a volume is while it has this path.</summary>
    public static VolumePlace PlaceOf(VolumeRef volume, string path) => new(path, volume.HasDisk ? DiskIn(path, volume.Content) : "");

    public static string DiskIn(string path, ContentType content) => Path.Combine(path, content == ContentType.Iso ? IsoDisk : Disk);

    /// <summary>A new name beside a path, so that a rename puts it in its place at once.</summary>
    public static string TemporaryBeside(string path) => Path.Combine(Path.GetDirectoryName(path)!, $"{Mine}{Interlocked.Increment(ref _last)}");

    /// <summary>Makes the folders that are missing.</summary>
    public void MakeFolders()
    {
        File.SetUnixFileMode(Root, FolderMode);
        foreach (var folder in Folders)
        {
            var path = Directory.CreateDirectory(Path.Combine(Root, folder)).FullName;
            File.SetUnixFileMode(path, folder.StartsWith("containers", StringComparison.Ordinal) ? FolderMode : PrivateMode);
        }
    }

    public static void MakeFolder(string path) => Directory.CreateDirectory(path, FolderMode);

    public bool HasFolders() => Directory.Exists(Path.Combine(Root, Folders[0]));

    /// <summary>The volumes that lie here; a custom volume's content is told by its one file.</summary>
    public IEnumerable<VolumeRef> Volumes()
    {
        foreach (var type in (VolumeType[])[VolumeType.Container, VolumeType.VirtualMachine, VolumeType.Custom])
        {
            var folder = new DirectoryInfo(Path.Combine(Root, FolderOf(type)));
            if (!folder.Exists)
            {
                continue;
            }

            foreach (var directory in folder.EnumerateDirectories().Where(d => !d.Name.StartsWith('.') && d.LinkTarget is null).OrderBy(d => d.Name, StringComparer.Ordinal))
            {
                yield return new VolumeRef(type, directory.Name, type == VolumeType.Custom ? ContentOf(directory.FullName) : VolumeWords.ContentFor(type == VolumeType.Container));
            }
        }
    }

    public IReadOnlyList<string> SnapshotNames(VolumeRef volume)
    {
        var folder = new DirectoryInfo(SnapshotsOf(volume));
        return folder.Exists ? [.. folder.EnumerateDirectories().Where(d => !d.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal)).OrderBy(d => d.CreationTimeUtc).Select(d => d.Name)] : [];
    }

    private static ContentType ContentOf(string path) => Directory.EnumerateFileSystemEntries(path).Take(2).ToList() is not [var only] ? ContentType.Filesystem
        : only == DiskIn(path, ContentType.Block) ? ContentType.Block
        : only == DiskIn(path, ContentType.Iso) ? ContentType.Iso
        : ContentType.Filesystem;

    /// <summary>Things half made or half removed by a process that is gone.</summary>
    public IEnumerable<string> Leftovers()
    {
        foreach (var folder in Folders.Select(f => Path.Combine(Root, f)).Where(Directory.Exists))
        {
            var places = folder.EndsWith("-snapshots", StringComparison.Ordinal) ? Directory.GetDirectories(folder) : [folder];
            // A folder for snapshots is made with the first one.
            foreach (var empty in places.Where(p => p != folder && !Directory.EnumerateFileSystemEntries(p).Any()))
            {
                yield return empty;
            }

            foreach (var path in places.Append(folder).Distinct().SelectMany(p => Directory.EnumerateDirectories(p, TemporaryPrefix + "*")))
            {
                if (!Path.GetFileName(path).StartsWith(Mine, StringComparison.Ordinal))
                {
                    yield return path;
                }
            }
        }
    }
}
