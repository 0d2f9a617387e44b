using Microsoft.Win32.SafeHandles;

namespace Lxd.Linux.Disks;

/// <summary>Sets permission bits without following a symlink (fchmodat cannot do that by itself on older kernels).</summary>
internal static class FileModes
{
    public static void Set(SafeFileHandle dir, string name, uint permissions)
    {
        using var file = At.Open(dir, name, FileCalls.OPath);
        if (!At.Stat(file).IsLink)
        {
            At.Chmod(file, permissions);
        }
    }
}
