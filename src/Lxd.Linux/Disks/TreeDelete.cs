using Lxd.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Disks;

/// <summary>Removes a tree, whatever names it has, without following symlinks or crossing into another place that is swapped in meanwhile.</summary>
public static class TreeDelete
{
    private const int MaxDepth = 8192;

    /// <summary>Removes the directory (or file) and everything below; a repeat does nothing.</summary>
    public static Task DeleteAsync(string path, CancellationToken ct) => Blocking.RunAsync(() => Delete(path, ct), ct);

    /// <inheritdoc cref="DeleteAsync"/>
    public static void Delete(string path, CancellationToken ct)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var parentPath = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parentPath))
        {
            return;
        }

        using var parent = At.OpenDirectory(parentPath);
        using var workers = new TreeWorkers();
        Entry(parent, RawName.FromText(Path.GetFileName(path)), 0, workers, ct);
    }

    /// <summary>Removes what is in a directory and keeps the directory.</summary>
    public static void Clear(string path, CancellationToken ct)
    {
        using var dir = At.OpenDirectory(path);
        using var workers = new TreeWorkers();
        Content(dir, 0, workers, ct);
    }

    private static void Content(SafeFileHandle dir, int depth, TreeWorkers workers, CancellationToken ct)
    {
        var beside = new List<TreeWorkers.Job>();
        try
        {
            foreach (var name in At.List(dir))
            {
                if (!Unlink(dir, name, ct))
                {
                    workers.Run(beside, depth, () => Tree(dir, name, depth, workers, ct));
                }
            }
        }
        finally
        {
            workers.Wait(beside);
        }
    }

    private static void Entry(SafeFileHandle dir, string name, int depth, TreeWorkers workers, CancellationToken ct)
    {
        if (!Unlink(dir, name, ct))
        {
            Tree(dir, name, depth, workers, ct);
        }
    }

    /// <summary>Removes what is no directory.</summary>
    /// <returns>False where it is one.</returns>
    private static bool Unlink(SafeFileHandle dir, string name, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (FileCalls.UnlinkAt(FdOf(dir), RawName.ToBytes(name), 0) == 0)
        {
            return true;
        }

        switch (LinuxError.LastErrno)
        {
            case LinuxError.NoEntry:
                return true;
            case LinuxError.IsDirectory:
                return false;
            default:
                var error = LinuxError.Last("remove", name);
                if (At.TryStat(dir, name) is not { IsDirectory: true })
                {
                    throw error;
                }

                return false;
        }
    }

    private static void Tree(SafeFileHandle dir, string name, int depth, TreeWorkers workers, CancellationToken ct)
    {
        if (depth > MaxDepth)
        {
            throw new IOException("Directories are nested too deeply");
        }

        using (var inner = At.OpenDirectory(dir, name))
        {
            Content(inner, depth + 1, workers, ct);
        }

        At.RemoveDirectory(dir, name);
    }

    private static int FdOf(SafeFileHandle handle) => At.Fd(handle);
}
