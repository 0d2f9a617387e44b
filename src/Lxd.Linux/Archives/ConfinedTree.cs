using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Archives;

/// <summary>Makes the entries of an archive below one directory. Every path is resolved by the kernel with that directory as root,
/// so neither names nor links of the archive lead out of it.</summary>
internal sealed class ConfinedTree(string destination, UnpackOptions options) : IDisposable
{
    private const uint NewFileMode = 0x180;
    private const int BufferSize = 1 << 20;

    private static readonly HashSet<(uint, uint)> HarmlessNodes = [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2), (0, 0)];

    private readonly SafeFileHandle _root = At.OpenDirectory(destination);
    /// <summary>Nothing else of an entry is kept: its attributes may be large.</summary>
    private readonly List<(string Path, (long, uint) Modified)> _directories = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private SafeFileHandle? _parent;
    private string? _parentPath;
    private long _bytes;
    private long _entries;
    private long _names;

    /// <summary>Makes one entry; <paramref name="path"/> is clean (<see cref="Clean"/>), <paramref name="link"/> is the clean target of a hard link.</summary>
    public void Add(string path, string? link, TarEntry entry, TarReader data)
    {
        if (++_entries > options.MaxEntries)
        {
            throw BadArchive.Because("too many entries");
        }

        if (path.Length == 0)
        {
            if (entry.Type == TarEntry.Directory)
            {
                Attributes(_root, ".", entry);
                Remember(".", entry);
            }

            return;
        }

        var slash = path.LastIndexOf('/');
        var name = path[(slash + 1)..];
        var parent = Parent(slash < 0 ? "" : path[..slash]);
        if (!Make(parent, name, link, entry, data))
        {
            return;
        }

        if (entry.Type != TarEntry.HardLink)
        {
            Attributes(parent, name, entry);
        }

        if (entry.Type == TarEntry.Directory)
        {
            Remember(path, entry);
        }
    }

    /// <summary>Sets the times of directories, which every entry made in them changed.</summary>
    public void Finish()
    {
        foreach (var (path, modified) in _directories)
        {
            SetTimes(path, modified);
        }
    }

    private void Remember(string path, TarEntry entry)
    {
        _names += path.Length + sizeof(long);
        if (_names > options.MaxNames)
        {
            throw BadArchive.Because("too many directories");
        }

        _directories.Add((path, (entry.Modified, entry.ModifiedNanoseconds)));
    }

    private void SetTimes(string path, (long, uint) modified)
    {
        try
        {
            using var dir = At.OpenInRoot(_root, path, FileCalls.OPath | FileCalls.ODirectory | FileCalls.ONoFollow);
            At.SetTimes(dir, ".", modified, modified);
        }
        catch (LinuxError e) when (e.Errno is LinuxError.NotDirectory or LinuxError.NoEntry)
        {
            // A later entry took its place.
        }
    }

    public void Dispose()
    {
        _parent?.Dispose();
        _root.Dispose();
    }

    /// <summary>A name without <c>/</c> at its ends, empty parts and <c>.</c>; one with <c>..</c> is refused.</summary>
    public static string Clean(string name)
    {
        if (!name.StartsWith('/') && !name.EndsWith('/') && !name.StartsWith('.') && !name.Contains("/.", StringComparison.Ordinal) && !name.Contains("//", StringComparison.Ordinal))
        {
            return name;
        }

        var parts = name.Split('/').Where(p => p is not ("" or ".")).ToArray();
        return parts.Contains("..") ? throw BadArchive.Because($"\"{RawName.ToText(name)}\" leads outside") : string.Join('/', parts);
    }

    public static bool IsAllowed(DevicePolicy policy, bool character, uint major, uint minor) =>
        policy == DevicePolicy.All || (policy == DevicePolicy.Harmless && character && HarmlessNodes.Contains((major, minor)));

    private bool Make(SafeFileHandle parent, string name, string? link, TarEntry entry, TarReader data)
    {
        switch (entry.Type)
        {
            case TarEntry.Directory:
                MakeDirectory(parent, name);
                return true;
            case TarEntry.File:
                WriteFile(parent, name, entry, data);
                return true;
            case TarEntry.HardLink:
                MakeLink(parent, name, link!);
                return true;
            case TarEntry.Symlink:
                Replacing(parent, name, () => At.Symlink(entry.LinkName, parent, name));
                return true;
            case TarEntry.Fifo:
                Replacing(parent, name, () => At.MakeNode(parent, name, FileStat.Fifo | NewFileMode, 0, 0));
                return true;
            default:
                return MakeDevice(parent, name, entry);
        }
    }

    private void MakeLink(SafeFileHandle parent, string name, string link)
    {
        var slash = link.LastIndexOf('/');
        using var targetDir = At.OpenInRoot(_root, slash < 0 ? "." : link[..slash], FileCalls.OPath | FileCalls.ODirectory);
        var target = link[(slash + 1)..];
        var known = At.TryStat(targetDir, target) ?? throw BadArchive.Because($"hard link to the missing \"{RawName.ToText(link)}\"");
        if (known.IsDirectory)
        {
            throw BadArchive.Because($"hard link to the directory \"{RawName.ToText(link)}\"");
        }

        if (At.TryStat(parent, name) is { } there && (there.Inode, there.Device) == (known.Inode, known.Device))
        {
            return;
        }

        Replacing(parent, name, () => At.Link(targetDir, target, parent, name));
    }

    private bool MakeDevice(SafeFileHandle parent, string name, TarEntry entry)
    {
        var character = entry.Type == TarEntry.Character;
        if (!IsAllowed(options.Devices, character, entry.DeviceMajor, entry.DeviceMinor))
        {
            return false;
        }

        var type = character ? FileStat.Character : FileStat.Block;
        Replacing(parent, name, () => At.MakeNode(parent, name, type | NewFileMode, entry.DeviceMajor, entry.DeviceMinor));
        return true;
    }

    private static void MakeDirectory(SafeFileHandle parent, string name)
    {
        if (At.TryStat(parent, name) is { IsDirectory: true })
        {
            return;
        }

        Replacing(parent, name, () => At.MakeDirectory(parent, name, 0x1c0));
    }

    private void WriteFile(SafeFileHandle parent, string name, TarEntry entry, TarReader data)
    {
        SafeFileHandle? made = null;
        Replacing(parent, name, () => made = At.Open(parent, name, FileCalls.OWriteOnly | FileCalls.OCreate | FileCalls.OExclusive, NewFileMode));
        using var file = made!;
        if (entry.Sparse is null)
        {
            WritePart(file, 0, entry.Size, data);
            return;
        }

        At.Check(FileCalls.Truncate(At.Fd(file), entry.Size), "set size of", name);
        foreach (var (offset, length) in entry.Sparse)
        {
            WritePart(file, offset, length, data);
        }
    }

    private void WritePart(SafeFileHandle file, long offset, long length, TarReader data)
    {
        _bytes += length;
        if (_bytes > options.MaxBytes)
        {
            throw BadArchive.Because("unpacked size is beyond the limit");
        }

        while (length > 0)
        {
            var filled = 0;
            var want = (int)Math.Min(_buffer.Length, length);
            while (filled < want)
            {
                var read = data.Read(_buffer.AsSpan(filled, want - filled));
                filled += read == 0 ? throw BadArchive.Because("unexpected end") : read;
            }

            RandomAccess.Write(file, _buffer.AsSpan(0, filled), offset);
            offset += filled;
            length -= filled;
        }
    }

    private void Attributes(SafeFileHandle parent, string name, TarEntry entry)
    {
        At.Chown(parent, name, options.Shift?.Uid(entry.Uid) ?? entry.Uid, options.Shift?.Gid(entry.Gid) ?? entry.Gid);
        if (entry.Type != TarEntry.Symlink)
        {
            FileModes.Set(parent, name, entry.Mode);
        }

        foreach (var (key, value) in entry.Xattrs)
        {
            if (Xattrs.IsPortable(key))
            {
                Xattrs.Set(parent, name, key, XattrShift.Apply(key, value, options.Shift));
            }
        }

        if (entry.Type != TarEntry.Directory)
        {
            At.SetTimes(parent, name, (entry.Modified, entry.ModifiedNanoseconds), (entry.Modified, entry.ModifiedNanoseconds));
        }
    }

    /// <summary>Makes something; what is in the way goes first: a file, a link, an empty directory.</summary>
    private static void Replacing(SafeFileHandle parent, string name, Action make)
    {
        try
        {
            make();
        }
        catch (LinuxError e) when (e.Errno == LinuxError.Exists)
        {
            if (At.Stat(parent, name).IsDirectory)
            {
                At.RemoveDirectory(parent, name);
            }
            else
            {
                At.Unlink(parent, name);
            }

            make();
        }
    }

    /// <summary>The directory an entry goes to, made where the archive has no entry for it. Entries come directory by directory: the last one is kept open.</summary>
    private SafeFileHandle Parent(string path)
    {
        if (path.Length == 0)
        {
            return _root;
        }

        if (_parentPath == path)
        {
            return _parent!;
        }

        _parent?.Dispose();
        _parent = null;
        _parentPath = null;
        _parent = OpenOrMake(path);
        _parentPath = path;
        return _parent;
    }

    /// <summary>A loop, not a recursion: an archive's path may have two thousand parts, and a stack that overflows takes the daemon with it.</summary>
    private SafeFileHandle OpenOrMake(string path)
    {
        var missing = new Stack<string>();
        var there = path;
        SafeFileHandle? directory;
        while ((directory = TryOpen(there)) is null)
        {
            var slash = there.LastIndexOf('/');
            missing.Push(there[(slash + 1)..]);
            there = slash < 0 ? "." : there[..slash];
        }

        while (missing.TryPop(out var name))
        {
            using (directory)
            {
                At.MakeDirectory(directory, name, 0x1ed);
            }

            there = there == "." ? name : there + "/" + name;
            directory = At.OpenInRoot(_root, there, FileCalls.OPath | FileCalls.ODirectory);
        }

        return directory;
    }

    /// <summary>Null where there is no such directory.</summary>
    private SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return At.OpenInRoot(_root, path, FileCalls.OPath | FileCalls.ODirectory);
        }
        catch (LinuxError e) when (e.Errno == LinuxError.NoEntry)
        {
            return null;
        }
    }
}
