using Lxd.Linux.Disks;
using Lxd.Linux.Mounts;
using Microsoft.Win32.SafeHandles;
using static Lxd.Linux.Disks.FileCalls;

namespace Lxd.Linux.Files;

/// <summary>Files below a directory whose content is not to be trusted: every symlink on the way is read as if the directory were <c>/</c>, so nothing outside is ever reached.
/// Paths are absolute or relative to the root alike. Failures are <see cref="LinuxError"/>.</summary>
/// <param name="directory">The root.</param>
/// <param name="rawNames">Whether names inside are strings of one char (0-255) a byte, for those that need not be text.</param>
public sealed class ConfinedRoot(string directory, bool rawNames = false) : IDisposable
{
    private const int Truncate = 0x200;
    private const int Append = 0x400;
    private readonly SafeFileHandle _root = At.OpenDirectory(directory);

    public void Dispose() => _root.Dispose();

    /// <summary>What is at a path, a symlink itself; null where nothing is.</summary>
    public FileEntry? Stat(string path)
    {
        try
        {
            using var parent = Parent(path, out var name);
            return name == "." ? Entry(At.Stat(parent)) : At.TryStat(parent, name) is { } stat ? Entry(stat) : null;
        }
        catch (LinuxError e) when (e.Errno is LinuxError.NoEntry or LinuxError.NotDirectory or LinuxError.Loop)
        {
            return null;
        }
    }

    /// <summary>What a path leads to, symlinks followed; null where that is nothing.</summary>
    public FileEntry? StatTarget(string path)
    {
        try
        {
            using var file = At.OpenInRoot(_root, Raw(path), OPath);
            return Entry(At.Stat(file));
        }
        catch (LinuxError e) when (e.Errno is LinuxError.NoEntry or LinuxError.NotDirectory or LinuxError.Loop)
        {
            return null;
        }
    }

    public FileStream OpenRead(string path) => new(Regular(At.OpenInRoot(_root, Raw(path), OReadOnly | ONonBlock), path), FileAccess.Read, 0);

    /// <summary>Opens for writing, made where it is missing and emptied where it is not.</summary>
    public FileStream Create(string path, uint mode = 0x1a4) => Write(path, OCreate | Truncate, mode);

    public FileStream OpenAppend(string path, uint mode = 0x1a4) => Write(path, OCreate | Append, mode);

    /// <summary>Opens a regular file to work on it at any place.</summary>
    public ConfinedFile OpenFile(string path, FileUses uses, uint mode = 0x1a4)
    {
        var access = (uses & (FileUses.Read | FileUses.Write)) switch { FileUses.Write => OWriteOnly, FileUses.Read or 0 => OReadOnly, _ => OReadWrite };
        var creating = uses.HasFlag(FileUses.Create);
        var flags = access | ONonBlock | (creating ? OCreate : 0) | (uses.HasFlag(FileUses.Append) ? Append : 0) | (uses.HasFlag(FileUses.Truncate) ? Truncate : 0)
            | (creating && uses.HasFlag(FileUses.Exclusive) ? OExclusive : 0);
        return new ConfinedFile(Regular(At.OpenInRoot(_root, Raw(path), flags, creating ? mode : 0), path));
    }

    /// <summary>Opens whatever is at a path to look at and change its attributes.</summary>
    /// <param name="path">Where.</param>
    /// <param name="follow">Whether a symlink there is followed, or the link itself is meant.</param>
    public ConfinedFile OpenAttributes(string path, bool follow) => new(At.OpenInRoot(_root, Raw(path), OPath | (follow ? 0 : ONoFollow)));

    /// <summary>Opens a directory to list it piece by piece.</summary>
    public ConfinedDirectory OpenDirectory(string path) => new(At.OpenInRoot(_root, Raw(path), OReadOnly | ODirectory), Out);

    /// <summary>The file system a path is on.</summary>
    public MountedFileSystem FileSystem(string path)
    {
        using var file = At.OpenInRoot(_root, Raw(path), OPath);
        return HostMounts.Describe(At.ProcPath(file));
    }

    /// <summary>Opens for reading and writing at any place.</summary>
    public FileStream OpenReadWrite(string path, bool create, bool truncate, bool exclusive, uint mode = 0x1a4) =>
        new(Regular(At.OpenInRoot(_root, Raw(path), OReadWrite | ONonBlock | (create ? OCreate : 0) | (truncate ? Truncate : 0) | (exclusive ? OExclusive : 0), create ? mode : 0), path), FileAccess.ReadWrite, 0);

    public IReadOnlyList<string> List(string path)
    {
        using var directory = At.OpenInRoot(_root, Raw(path), OReadOnly | ODirectory);
        return [.. At.List(directory).Select(Out).Order(StringComparer.Ordinal)];
    }

    public string ReadLink(string path)
    {
        using var parent = Parent(path, out var name);
        return Out(At.ReadLink(parent, name));
    }

    /// <summary>Removes a file, a symlink or an empty directory.</summary>
    public void Delete(string path)
    {
        using var parent = Parent(path, out var name);
        if (At.Stat(parent, name).IsDirectory)
        {
            At.RemoveDirectory(parent, name);
        }
        else
        {
            At.Unlink(parent, name);
        }
    }

    /// <summary>Removes anything but a directory.</summary>
    public void Unlink(string path)
    {
        using var parent = Parent(path, out var name);
        At.Unlink(parent, name);
    }

    public void RemoveDirectory(string path)
    {
        using var parent = Parent(path, out var name);
        At.RemoveDirectory(parent, name);
    }

    public void MakeDirectory(string path, uint mode)
    {
        using var parent = Parent(path, out var name);
        At.MakeDirectory(parent, name, mode);
        SetMode(path, mode);
    }

    /// <summary>Makes the directories above a path that are missing.</summary>
    public void MakeParents(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i < parts.Length; i++)
        {
            var above = string.Join('/', parts[..i]);
            if (StatTarget(above) is null)
            {
                MakeDirectory(above, 0x1ed);
            }
        }
    }

    public void Symlink(string target, string path)
    {
        using var parent = Parent(path, out var name);
        At.Symlink(In(target), parent, name);
    }

    /// <summary>A second name for a file.</summary>
    public void Link(string path, string next)
    {
        using var from = Parent(path, out var name);
        using var to = Parent(next, out var newName);
        At.Link(from, name, to, newName);
    }

    /// <param name="path">What.</param>
    /// <param name="next">The new path.</param>
    /// <param name="replace">Whether what is there gives way.</param>
    public void Rename(string path, string next, bool replace = true)
    {
        using var from = Parent(path, out var name);
        using var to = Parent(next, out var newName);
        if (RenameAt2(At.Fd(from), RawName.ToBytes(name), At.Fd(to), RawName.ToBytes(newName), replace ? 0u : RenameNoReplace) != 0)
        {
            throw LinuxError.Last("rename", name);
        }
    }

    /// <summary>Of the path itself, also of a symlink. <see cref="uint.MaxValue"/> keeps an id.</summary>
    public void SetOwner(string path, uint uid, uint gid)
    {
        using var parent = Parent(path, out var name);
        At.Chown(parent, name, uid, gid);
    }

    public void SetMode(string path, uint mode)
    {
        using var file = At.OpenInRoot(_root, Raw(path), OPath);
        At.Chmod(file, mode & 0xfff);
    }

    public void SetTimes(string path, DateTime accessed, DateTime modified)
    {
        using var parent = Parent(path, out var name);
        At.SetTimes(parent, name, Split(accessed), Split(modified));
    }

    internal static (long Seconds, uint Nanoseconds) Split(DateTime time)
    {
        var ticks = (time - DateTime.UnixEpoch).Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        return (rest < 0 ? seconds - 1 : seconds, (uint)((rest < 0 ? rest + TimeSpan.TicksPerSecond : rest) * 100));
    }

    private string Raw(string path) => path.Trim('/') is { Length: > 0 } trimmed ? In(trimmed) : ".";

    private string In(string text) => rawNames ? text : RawName.FromText(text);

    private string Out(string raw) => rawNames ? raw : RawName.ToText(raw);

    private static SafeFileHandle Regular(SafeFileHandle file, string path)
    {
        if (At.Stat(file).IsRegular)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"\"{path}\" is not a regular file");
    }

    internal static FileEntry Entry(FileStat stat) => new(stat.Mode, stat.Uid, stat.Gid, stat.Size, Time(stat.Modified), Time(stat.Accessed), stat.Mount);

    private static DateTime Time((long Seconds, uint Nanoseconds) time) =>
        DateTime.UnixEpoch.AddTicks((Math.Clamp(time.Seconds, -62135596800, 253402300799) * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100));

    private FileStream Write(string path, int flags, uint mode) => new(Regular(At.OpenInRoot(_root, Raw(path), OWriteOnly | ONonBlock | flags, mode), path), FileAccess.Write, 0);

    /// <summary>The directory a path stands in and its name there; <c>.</c> for the root itself.</summary>
    private SafeFileHandle Parent(string path, out string name)
    {
        var trimmed = path.Trim('/');
        var slash = trimmed.LastIndexOf('/');
        name = trimmed.Length == 0 ? "." : In(trimmed[(slash + 1)..]);
        if (name is "..")
        {
            throw new IOException($"Invalid path \"{path}\"");
        }

        return At.OpenInRoot(_root, slash < 0 ? "." : In(trimmed[..slash]), OPath | ODirectory);
    }
}
