using Lxd.Linux.Btrfs;
using Lxd.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Disks;

/// <summary>Copies a tree with everything that belongs to it: owners, modes, times, attributes, ACLs, capabilities, hard links, holes, devices, fifos.
/// Between file systems of btrfs a subvolume becomes a subvolume. Symlinks are copied, never followed, so a container that changes its tree meanwhile cannot lead the copy elsewhere.</summary>
public sealed class TreeCopy : IDisposable
{
    private const int MaxDepth = 4096;

    private readonly Dictionary<(ulong Inode, (uint, uint) Device), string> _links = [];
    private readonly TreeWorkers _workers = new();
    private readonly Lazy<ReadAhead> _ahead;
    private readonly Action<long>? _progress;
    private readonly CancellationToken _ct;
    private readonly SafeFileHandle _targetRoot;
    private readonly bool _subvolumes;
    private bool _tryClone = true;
    private long _bytes;

    private TreeCopy(SafeFileHandle sourceRoot, SafeFileHandle targetRoot, bool subvolumes, Action<long>? progress, CancellationToken ct)
    {
        _subvolumes = subvolumes;
        _targetRoot = targetRoot;
        _ahead = new Lazy<ReadAhead>(() => new ReadAhead(sourceRoot, sorted: false));
        _progress = progress;
        _ct = ct;
    }

    /// <summary>Copies what is below <paramref name="source"/>, and the attributes of the directory itself, into <paramref name="target"/>, an existing directory.</summary>
    /// <param name="progress">Gets the bytes of file content copied so far.</param>
    public static Task CopyAsync(string source, string target, Action<long>? progress, CancellationToken ct) => Blocking.RunAsync(() => Copy(source, target, null, progress, ct), ct);

    /// <summary>Copies as <see cref="CopyAsync"/> does, to take the place of a tree that nobody uses: files that are in it already, the same in all (<see cref="SameFile"/>), become further links
    /// to those, and are the copy's alone when that tree is removed.</summary>
    public static Task CopyOverAsync(string source, string target, string current, CancellationToken ct) => Blocking.RunAsync(
        () =>
        {
            using var now = At.OpenDirectory(current);
            Copy(source, target, now, null, ct);
        },
        ct);

    /// <summary>Whether copies of files in this directory share the blocks of the originals.</summary>
    public static bool SharesBlocks(string directory) => FileData.CanClone(directory);

    /// <summary>Copies one regular file to a path that does not exist.</summary>
    public static Task CopyFileAsync(string source, string target, CancellationToken ct) => Blocking.RunAsync(
        () =>
        {
            using var fromDir = At.OpenDirectory(Path.GetDirectoryName(source)!);
            using var toDir = At.OpenDirectory(Path.GetDirectoryName(target)!);
            using var copy = new TreeCopy(fromDir, toDir, false, null, ct);
            var name = RawName.FromText(Path.GetFileName(source));
            copy.File(fromDir, name, toDir, RawName.FromText(Path.GetFileName(target)), At.Stat(fromDir, name));
        },
        ct);

    public void Dispose()
    {
        _workers.Dispose();
        if (_ahead.IsValueCreated)
        {
            _ahead.Value.Dispose();
        }
    }

    private static void Copy(string source, string target, SafeFileHandle? now, Action<long>? progress, CancellationToken ct)
    {
        using var from = At.OpenDirectory(source);
        using var to = At.OpenDirectory(target);
        using var copy = new TreeCopy(from, to, Subvolumes.IsBtrfs(source) && Subvolumes.IsBtrfs(target), progress, ct);
        copy.Directory(from, to, now, "", 0);
        Attributes(from, to, At.Stat(from));
    }

    /// <param name="now">The directory whose place the copy is to take; null where there is none.</param>
    private void Directory(SafeFileHandle from, SafeFileHandle to, SafeFileHandle? now, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new IOException("Directories are nested too deeply");
        }

        var beside = new List<TreeWorkers.Job>();
        try
        {
            foreach (var name in At.List(from))
            {
                _ct.ThrowIfCancellationRequested();
                if (!_tryClone)
                {
                    _ahead.Value.Passed();
                }

                if (At.TryStat(from, name) is not { } stat)
                {
                    continue;
                }

                var below = path.Length == 0 ? name : path + "/" + name;
                if (stat.IsDirectory)
                {
                    _workers.Run(beside, depth, () => Entry(from, to, now, name, below, stat, depth));
                }
                else
                {
                    Entry(from, to, now, name, below, stat, depth);
                }
            }
        }
        finally
        {
            _workers.Wait(beside);
        }
    }

    private void Entry(SafeFileHandle from, SafeFileHandle to, SafeFileHandle? now, string name, string path, FileStat stat, int depth)
    {
        if (stat.IsDirectory || stat.Links == 1)
        {
            Make(from, to, now, name, path, stat, depth);
            return;
        }

        // Whoever makes a further link needs the first one to be there.
        lock (_links)
        {
            if (!LinkToKnown(to, name, path, stat))
            {
                Make(from, to, now, name, path, stat, depth);
            }
        }
    }

    private void Make(SafeFileHandle from, SafeFileHandle to, SafeFileHandle? now, string name, string path, FileStat stat, int depth)
    {
        switch (stat.Type)
        {
            case FileStat.Directory when _subvolumes && Subvolumes.IsRoot(stat):
                Subvolume(from, to, name, path, stat, depth);
                return;
            case FileStat.Directory:
                At.MakeDirectory(to, name, 0x1c0);
                using (var innerFrom = At.OpenDirectory(from, name))
                using (var innerTo = At.OpenDirectory(to, name))
                using (var innerNow = now is not null && At.TryStat(now, name) is { IsDirectory: true } ? At.OpenDirectory(now, name) : null)
                {
                    Directory(innerFrom, innerTo, innerNow, path, depth + 1);
                    Attributes(innerFrom, innerTo, stat);
                }

                return;
            case FileStat.Regular when now is not null && SameFile.Is(from, stat, now, name) && At.TryLink(now, name, to, name):
                return;
            case FileStat.Regular:
                File(from, name, to, name, stat);
                return;
            case FileStat.Link:
                At.Symlink(At.ReadLink(from, name), to, name);
                break;
            case FileStat.Socket:
            case FileStat.Fifo:
                At.MakeNode(to, name, stat.Type | 0x180, 0, 0);
                break;
            default:
                At.MakeNode(to, name, stat.Type | 0x180, stat.Special.Major, stat.Special.Minor);
                break;
        }

        At.Chown(to, name, stat.Uid, stat.Gid);
        if (!stat.IsLink)
        {
            FileModes.Set(to, name, stat.Permissions);
        }

        foreach (var (key, value) in Xattrs.Read(from, name).Where(a => Belongs(a.Name)))
        {
            Xattrs.Set(to, name, key, value);
        }

        At.SetTimes(to, name, stat.Accessed, stat.Modified);
    }

    private void Subvolume(SafeFileHandle from, SafeFileHandle to, string name, string path, FileStat stat, int depth)
    {
        BtrfsCalls.CreateSubvolume(to, name);
        using var innerFrom = At.OpenDirectory(from, name);
        using var innerTo = At.OpenDirectory(to, name);
        Directory(innerFrom, innerTo, null, path, depth + 1);
        Attributes(innerFrom, innerTo, stat);
        if (Subvolumes.IsReadOnly(innerFrom))
        {
            Subvolumes.SetReadOnly(innerTo, true);
        }
    }

    private bool LinkToKnown(SafeFileHandle to, string name, string path, FileStat stat)
    {
        if (_links.TryGetValue((stat.Inode, stat.Device), out var first))
        {
            At.Link(_targetRoot, first, to, name);
            return true;
        }

        _links.Add((stat.Inode, stat.Device), path);
        return false;
    }

    private void File(SafeFileHandle from, string name, SafeFileHandle to, string newName, FileStat stat)
    {
        using var source = At.Open(from, name, FileCalls.OReadOnly | FileCalls.ONonBlock);
        using var target = At.Open(to, newName, FileCalls.OReadWrite | FileCalls.OCreate | FileCalls.OExclusive, 0x180);
        FileData.Copy(source, target, stat.Size, ref _tryClone, _ct);
        Attributes(source, target, stat);
        _progress?.Invoke(Interlocked.Add(ref _bytes, stat.Size));
    }

    /// <summary>Of open files and directories. Owner first (it clears set-id bits and capabilities), then mode, attributes, times.</summary>
    private static void Attributes(SafeFileHandle from, SafeFileHandle to, FileStat stat)
    {
        At.Chown(to, stat.Uid, stat.Gid);
        At.SetMode(to, stat.Permissions);
        if (!Xattrs.None(from))
        {
            foreach (var (key, value) in Xattrs.Read(from).Where(a => Belongs(a.Name)))
            {
                Xattrs.Set(to, key, value);
            }
        }

        At.SetTimes(to, stat.Accessed, stat.Modified);
    }

    private static bool Belongs(string attribute) => Xattrs.IsPortable(attribute) || attribute.StartsWith("security.", StringComparison.Ordinal);
}
