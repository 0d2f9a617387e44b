using System.Runtime.InteropServices;
using Lxd.Linux.Spawn;

namespace Lxd.Linux.Watching;

/// <summary>Tells when something appears at a path or vanishes from it, wherever on the way the change is. It listens to the deepest directory of each path that exists.</summary>
/// <param name="changed">Called with the path, one after the other.</param>
public sealed partial class PathWatcher(Action<string> changed) : IDisposable
{
    private const int NonBlockingCloseOnExec = 0x80800;
    private const uint Interesting = 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800;
    private const uint OnlyDirectories = 0x01000000;
    private const uint Ignored = 0x8000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Users, bool Exists)> _paths = [];
    private readonly Dictionary<int, string> _watches = [];
    private int _inotify = -1;

    /// <summary>A path may be added several times and goes when it was removed as often.</summary>
    public void Add(string path)
    {
        lock (_lock)
        {
            if (_inotify < 0)
            {
                _inotify = inotify_init1(NonBlockingCloseOnExec);
                if (_inotify < 0)
                {
                    throw new IOException($"Failed watching for devices: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                _ = RunAsync(_inotify);
            }

            _paths[path] = _paths.TryGetValue(path, out var known) ? known with { Users = known.Users + 1 } : (1, File.Exists(path));
            Arm();
        }
    }

    public void Remove(string path)
    {
        lock (_lock)
        {
            if (_paths.TryGetValue(path, out var known) && known.Users > 1)
            {
                _paths[path] = known with { Users = known.Users - 1 };
            }
            else
            {
                _paths.Remove(path);
            }

            Arm();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _paths.Clear();
            if (_inotify >= 0)
            {
                FdEvents.Wake(_inotify);
                _ = close(_inotify);
                _inotify = -1;
            }
        }
    }

    private async Task RunAsync(int fd)
    {
        while (_inotify == fd)
        {
            await FdEvents.WaitAsync(fd, Tmds.Linux.LibC.EPOLLIN).ConfigureAwait(false);
            foreach (var path in Look(fd))
            {
                changed(path);
            }
        }
    }

    /// <summary>Reads what happened and returns the paths for which it made a difference.</summary>
    private List<string> Look(int fd)
    {
        lock (_lock)
        {
            if (_inotify != fd)
            {
                return [];
            }

            Drain(fd);
            Arm();
            var different = _paths.Where(p => File.Exists(p.Key) != p.Value.Exists).Select(p => p.Key).ToList();
            foreach (var path in different)
            {
                _paths[path] = _paths[path] with { Exists = !_paths[path].Exists };
            }

            return different;
        }
    }

    private unsafe void Drain(int fd)
    {
        var buffer = stackalloc byte[8192];
        nint count;
        while ((count = read(fd, buffer, 8192)) > 0)
        {
            for (var p = buffer; p < buffer + count; p += 16 + *(uint*)(p + 12))
            {
                if ((*(uint*)(p + 4) & Ignored) != 0)
                {
                    _watches.Remove(*(int*)p);
                }
            }
        }
    }

    /// <summary>Listens where it has to, and nowhere else. What is made while a new watch is set shows when the paths are looked at after.</summary>
    private void Arm()
    {
        var needed = _paths.Keys.Select(Deepest).ToHashSet();
        foreach (var (watch, _) in _watches.Where(w => !needed.Contains(w.Value)).ToList())
        {
            _ = inotify_rm_watch(_inotify, watch);
            _watches.Remove(watch);
        }

        foreach (var directory in needed.Where(d => !_watches.ContainsValue(d)).ToList())
        {
            var watch = inotify_add_watch(_inotify, directory, Interesting | OnlyDirectories);
            if (watch >= 0)
            {
                _watches[watch] = directory;
            }
        }
    }

    private static string Deepest(string path)
    {
        var directory = Path.GetDirectoryName(path) ?? "/";
        while (!Directory.Exists(directory))
        {
            directory = Path.GetDirectoryName(directory) ?? "/";
        }

        return directory;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_rm_watch(int fd, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int fd);
}
