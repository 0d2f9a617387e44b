using Lxd.Daemon.Storage.DaemonFiles;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Where the server keeps backups of one kind of owner: a folder for each instance or volume, a file for each backup.</summary>
/// <param name="kind">The folder of the kind: <c>instances</c> or <c>custom</c>.</param>
internal sealed class BackupFolders(DaemonFolder backups, string kind)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string PathOf(BackupOwner owner, string name) => Path.Combine(Of(owner), name);

    public void Make(BackupOwner owner) => Directory.CreateDirectory(Of(owner), Private);

    /// <summary>Removes a backup, and its owner's folder when it was the last; a repeat does nothing.</summary>
    public void Delete(BackupOwner owner, string name)
    {
        if (Directory.Exists(Of(owner)))
        {
            File.Delete(PathOf(owner, name));
            DropEmpty(owner);
        }
    }

    /// <summary>At start: what a daemon that died was writing.</summary>
    public void Clean()
    {
        foreach (var root in backups.All.Select(b => Path.Combine(b, kind)).Where(Directory.Exists))
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
    }

    public void DropEmpty(BackupOwner owner)
    {
        var folder = Of(owner);
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    public void DeleteAll(BackupOwner owner)
    {
        if (Directory.Exists(Of(owner)))
        {
            Directory.Delete(Of(owner), true);
        }
    }

    /// <summary>The owner has another name.</summary>
    public void Move(BackupOwner owner, BackupOwner renamed)
    {
        if (Directory.Exists(Of(owner)))
        {
            DeleteAll(renamed);
            Directory.CreateDirectory(Path.GetDirectoryName(Of(renamed))!, Private);
            Directory.Move(Of(owner), Of(renamed));
        }
    }

    private string Of(BackupOwner owner) => Path.Combine(backups.Of(owner.Project), kind, owner.Folder);
}
