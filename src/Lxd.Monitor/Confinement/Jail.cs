using System.Runtime.InteropServices;
using Lxd.Linux.Mounts;

namespace Lxd.Monitor.Confinement;

/// <summary>A root directory in memory with nothing in it but the host's programs and what is asked for, each at its own path. What lies mounted below those is not seen.</summary>
internal static partial class Jail
{
    /// <summary>Where the root is put together: nothing that is shown lies below it.</summary>
    private const string Place = "/sys";

    private const MountFlags Harmless = MountFlags.NoSuid | MountFlags.NoDev;

    /// <summary>Where a linker that was told of other directories than the usual finds them.</summary>
    private const string LinkerCache = "/etc/ld.so.cache";

    private static readonly string[] Programs = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"];

    /// <summary>Makes it the root of this thread, which has a mount namespace of its own; the old one is gone then.</summary>
    /// <param name="paths">Outer ones first; whether they may be written to.</param>
    public static void Enter(IEnumerable<(string Path, bool Write)> paths)
    {
        HostMounts.Mount(null, "/", null, MountFlags.Private | MountFlags.Recursive);
        HostMounts.Mount("lxd", Place, "tmpfs", Harmless | MountFlags.NoExec, "size=1M,mode=755");
        foreach (var programs in Programs.Where(Directory.Exists))
        {
            if (new FileInfo(programs).LinkTarget is { } target)
            {
                File.CreateSymbolicLink(Place + programs, target);
            }
            else
            {
                Show(programs, Harmless | MountFlags.ReadOnly);
            }
        }

        Show("/dev/null", MountFlags.None);
        if (File.Exists(LinkerCache))
        {
            Show(LinkerCache, Harmless | MountFlags.NoExec | MountFlags.ReadOnly);
        }

        foreach (var (path, write) in paths)
        {
            Show(path, Harmless | MountFlags.NoExec | (write ? MountFlags.None : MountFlags.ReadOnly));
        }

        HostMounts.Mount(null, Place, null, MountFlags.Bind | MountFlags.Remount | MountFlags.ReadOnly | Harmless | MountFlags.NoExec);
        ConfineVerb.Need(chdir(Place), "enter the root");

        // The new root comes to lie on the old one, which is then taken away from below it.
        ConfineVerb.Need(pivot_root(".", "."), "change the root");
        HostMounts.Unmount(".", lazy: true);
        ConfineVerb.Need(chdir("/"), "enter the root");
    }

    private static void Show(string path, MountFlags flags)
    {
        var place = Place + path;
        if (Directory.Exists(path))
        {
            Directory.CreateDirectory(place);
        }
        else
        {
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            if (!File.Exists(place))
            {
                File.Create(place).Dispose();
            }
        }

        HostMounts.Bind(path, place);
        if (flags != MountFlags.None)
        {
            HostMounts.Mount(null, place, null, MountFlags.Bind | MountFlags.Remount | flags);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int chdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8, EntryPoint = "pivot_root")]
    private static partial int pivot_root(string root, string old);
}
