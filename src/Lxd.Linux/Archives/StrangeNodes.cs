using Lxd.Linux.Disks;
using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Archives;

/// <summary>Device nodes in a tree that a tool made of what a stranger sent. An unprivileged container makes none itself, but opens those that are there.</summary>
public static class StrangeNodes
{
    private const int MaxDepth = 4096;

    /// <summary>Removes those that a policy does not allow.</summary>
    public static void Remove(string directory, DevicePolicy policy, CancellationToken ct)
    {
        if (policy == DevicePolicy.All)
        {
            return;
        }

        using var root = At.OpenDirectory(directory);
        Below(root, policy, 0, ct);
    }

    /// <summary>Removes one that is not allowed and says so.</summary>
    internal static bool Remove(SafeFileHandle dir, string name, FileStat stat, DevicePolicy policy)
    {
        if (stat.Type is not (FileStat.Block or FileStat.Character) || ConfinedTree.IsAllowed(policy, stat.Type == FileStat.Character, stat.Special.Major, stat.Special.Minor))
        {
            return false;
        }

        At.Unlink(dir, name);
        return true;
    }

    internal static void CheckDepth(int depth)
    {
        if (depth > MaxDepth)
        {
            throw BadArchive.Because("directories are nested too deeply");
        }
    }

    private static void Below(SafeFileHandle dir, DevicePolicy policy, int depth, CancellationToken ct)
    {
        CheckDepth(depth);
        foreach (var name in At.List(dir))
        {
            ct.ThrowIfCancellationRequested();
            var stat = At.Stat(dir, name);
            if (!Remove(dir, name, stat, policy) && stat.IsDirectory)
            {
                using var inner = At.OpenDirectory(dir, name);
                Below(inner, policy, depth + 1, ct);
            }
        }
    }
}
