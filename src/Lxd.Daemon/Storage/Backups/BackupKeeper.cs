using System.Globalization;
using Lxd.Core;

namespace Lxd.Daemon.Storage.Backups;

/// <summary>Backups the server keeps: a row and a file each, of one kind of owner.</summary>
internal sealed class BackupKeeper(BackupStore store, BackupFolders folders)
{
    public BackupStore Store => store;

    public string PathOf(BackupOwner owner, string name) => folders.PathOf(owner, name);

    /// <summary>The name asked for, checked, or the next free one of <c>backup%d</c>.</summary>
    public async Task<string> NameAsync(BackupOwner owner, string asked, CancellationToken ct)
    {
        if (asked.Length > 0)
        {
            CheckName(asked);
            return asked;
        }

        var taken = (await store.ListAsync(owner.Id, ct).ConfigureAwait(false)).Select(b => b.Name).Where(n => n.StartsWith("backup", StringComparison.Ordinal));
        var last = taken.Select(n => long.TryParse(n["backup".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1).DefaultIfEmpty(-1).Max();
        return $"backup{(last + 1).ToString(CultureInfo.InvariantCulture)}";
    }

    public static void CheckName(string name)
    {
        if (name.Contains('/'))
        {
            throw ApiException.BadRequest("Backup names may not contain slashes");
        }

        // With a full stop begin the names of those that are being made.
        if (name.StartsWith('.'))
        {
            throw ApiException.BadRequest($"Invalid backup name \"{name}\"");
        }

        Names.CheckPathSegment(name, "backup");
    }

    /// <summary>Takes the name and has the file written; neither is left behind on failure, nor when the owner went meanwhile.</summary>
    public async Task CreateAsync(BackupOwner owner, BackupRecord wanted, Func<string, CancellationToken, Task> write, CancellationToken ct)
    {
        await using var undo = new Rollback();
        var backup = await store.InsertAsync(wanted, owner.Name, ct).ConfigureAwait(false);
        undo.Add(() => store.DeleteAsync(backup.Id, CancellationToken.None));
        folders.Make(owner);
        undo.Add(() => folders.DropEmpty(owner));
        var unfinished = folders.PathOf(owner, $".{Guid.NewGuid():N}");
        await write(unfinished, ct).ConfigureAwait(false);
        undo.Add(() => File.Delete(unfinished));
        await store.GetAsync(owner.Id, backup.Name, ct).ConfigureAwait(false);
        folders.Make(owner); // the place may have changed meanwhile
        File.Move(unfinished, PathOf(owner, backup.Name), true);
        undo.Commit();
    }

    public async Task RenameAsync(BackupOwner owner, BackupRecord backup, string name, CancellationToken ct)
    {
        CheckName(name);
        await using var undo = new Rollback();
        await store.RenameAsync(backup.Id, name, ct).ConfigureAwait(false);
        undo.Add(() => store.RenameAsync(backup.Id, backup.Name, CancellationToken.None));
        File.Move(PathOf(owner, backup.Name), PathOf(owner, name));
        undo.Commit();
    }

    public async Task DeleteAsync(BackupOwner owner, BackupRecord backup, CancellationToken ct)
    {
        folders.Delete(owner, backup.Name);
        await store.DeleteAsync(backup.Id, ct).ConfigureAwait(false);
    }

    /// <summary>The owner goes; its rows go with it.</summary>
    public void DeleteAll(BackupOwner owner) => folders.DeleteAll(owner);

    /// <summary>At start: removes what was half made.</summary>
    public void Clean() => folders.Clean();

    public void Move(BackupOwner owner, BackupOwner renamed) => folders.Move(owner, renamed);
}

/// <summary>What has backups.</summary>
/// <param name="Project">Whose backups they are: they may lie in a volume of the project.</param>
/// <param name="Folder">The name of its folder of backups.</param>
internal sealed record BackupOwner(long Id, string Name, string Project, string Folder);
