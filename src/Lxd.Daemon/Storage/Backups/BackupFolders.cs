namespace Lxd.Daemon.Storage.Backups;

/// <summary>Where the server keeps backups: a folder for each instance or volume, a file for each backup.</summary>
internal sealed class BackupFolders(string root)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <param name="owner">The owner's name on disk, below its pool where it is a volume.</param>
    public string PathOf(string owner, string name) => Path.Combine(root, owner, name);

    public void Make(string owner) => Directory.CreateDirectory(Path.Combine(root, owner), Private);

    /// <summary>Removes a backup, and its owner's folder when it was the last; a repeat does nothing.</summary>
    public void Delete(string owner, string name)
    {
        if (Directory.Exists(Path.Combine(root, owner)))
        {
            File.Delete(PathOf(owner, name));
            DropEmpty(owner);
        }
    }

    /// <summary>At start: what a daemon that died was writing.</summary>
    public void Clean()
    {
        foreach (var file in Directory.GetFiles(root, ".*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        foreach (var parts in Directory.GetDirectories(root, ".*", SearchOption.AllDirectories))
        {
            Directory.Delete(parts, true);
        }
    }

    public void DropEmpty(string owner)
    {
        var folder = Path.Combine(root, owner);
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    public void DeleteAll(string owner)
    {
        if (Directory.Exists(Path.Combine(root, owner)))
        {
            Directory.Delete(Path.Combine(root, owner), true);
        }
    }

    /// <summary>The owner has another name.</summary>
    public void Move(string owner, string renamed)
    {
        if (Directory.Exists(Path.Combine(root, owner)))
        {
            DeleteAll(renamed);
            Directory.Move(Path.Combine(root, owner), Path.Combine(root, renamed));
        }
    }
}
