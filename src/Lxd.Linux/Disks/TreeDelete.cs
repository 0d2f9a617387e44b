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
        Entry(parent, RawName.FromText(Path.GetFileName(path)), 0, ct);
    }

    /// <summary>Removes what is in a directory and keeps the directory.</summary>
    public static void Clear(string path, CancellationToken ct)
    {
        using var dir = At.OpenDirectory(path);
        foreach (var name in At.List(dir))
        {
            Entry(dir, name, 0, ct);
        }
    }

    private static void Entry(SafeFileHandle dir, string name, int depth, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (depth > MaxDepth)
        {
            throw new IOException("Directories are nested too deeply");
        }

        if (FileCalls.UnlinkAt(FdOf(dir), RawName.ToBytes(name), 0) == 0)
        {
            return;
        }

        switch (LinuxError.LastErrno)
        {
            case LinuxError.NoEntry:
                return;
            case LinuxError.IsDirectory:
                break;
            default:
                var error = LinuxError.Last("remove", name);
                if (At.TryStat(dir, name) is not { IsDirectory: true })
                {
                    throw error;
                }

                break;
        }

        using (var inner = At.OpenDirectory(dir, name))
        {
            foreach (var child in At.List(inner))
            {
                Entry(inner, child, depth + 1, ct);
            }
        }

        At.RemoveDirectory(dir, name);
    }

    private static int FdOf(SafeFileHandle handle) => At.Fd(handle);
}
